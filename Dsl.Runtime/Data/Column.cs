using System;
using System.Collections.Generic;

namespace Dsl.Data;

/// <summary>A named part of every sample of a <see cref="Dataset"/>: floats or ints.</summary>
public sealed class Column
{
    private readonly float[]? _floats;
    private readonly int[]? _ints;
    private readonly int[] _shape;

    internal Column(string name, ReadOnlySpan<int> shape, float[]? floats, int[]? ints)
    {
        (Name, _floats, _ints, _shape) = (name, floats, ints, shape.ToArray());
        RowLength = Shapes.LengthOf(shape);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The shape of one sample.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The number of elements of one sample.</summary>
    public int RowLength { get; }

    /// <summary>Whether the elements are ints.</summary>
    public bool Integers => _ints is not null;

    /// <summary>The floats of all samples, row-major.</summary>
    /// <exception cref="InvalidOperationException">The column holds ints.</exception>
    public ReadOnlySpan<float> Floats =>
        _floats ?? throw new InvalidOperationException($"Column '{Name}' holds ints, not floats.");

    /// <summary>The ints of all samples, row-major.</summary>
    /// <exception cref="InvalidOperationException">The column holds floats.</exception>
    public ReadOnlySpan<int> Ints =>
        _ints ?? throw new InvalidOperationException($"Column '{Name}' holds floats, not ints.");

    /// <summary>The column of some of the samples, copied.</summary>
    internal Column Take(ReadOnlySpan<int> rows)
    {
        float[]? floats = _floats is null ? null : new float[rows.Length * RowLength];
        int[]? ints = _ints is null ? null : new int[rows.Length * RowLength];
        for (int i = 0; i < rows.Length; i++)
        {
            _floats?.AsSpan(rows[i] * RowLength, RowLength).CopyTo(floats.AsSpan(i * RowLength));
            _ints?.AsSpan(rows[i] * RowLength, RowLength).CopyTo(ints.AsSpan(i * RowLength));
        }

        return new Column(Name, _shape, floats, ints);
    }
}
