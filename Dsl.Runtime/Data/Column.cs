using System;
using System.Collections.Generic;

namespace Dsl.Data;

/// <summary>A named part of every sample of a <see cref="Dataset"/>: floats or ints, stored or computed.</summary>
public sealed class Column
{
    private readonly Array? _stored;
    private readonly Delegate? _reader;
    private readonly int[] _shape;

    /// <summary>Of a computed column, which samples of the first data set these are; null: all.</summary>
    private readonly int[]? _samples;

    /// <summary>A stored column.</summary>
    internal Column(string name, ReadOnlySpan<int> shape, Array stored, bool isConstant = false)
        : this(name, shape, stored is int[])
    {
        (_stored, IsConstant) = (stored, isConstant);
    }

    private Column(string name, ReadOnlySpan<int> shape, bool integers)
    {
        (Name, _shape, Integers) = (name, shape.ToArray(), integers);
        RowLength = Shapes.LengthOf(shape);
    }

    /// <summary>A computed column.</summary>
    private Column(string name, ReadOnlySpan<int> shape, Delegate reader, int[]? samples)
        : this(name, shape, reader is SampleReader<int>)
    {
        (_reader, _samples) = (reader, samples);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether all samples have the same values, which are stored once and have no axis for samples.</summary>
    public bool IsConstant { get; }

    /// <summary>The shape of one sample.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The number of elements of one sample.</summary>
    public int RowLength { get; }

    /// <summary>Whether the elements are ints.</summary>
    public bool Integers { get; }

    /// <summary>Whether samples are computed when they are needed, and not stored.</summary>
    public bool Computed => _reader is not null;

    /// <summary>The floats of all samples, row-major; of a constant column those of one.</summary>
    /// <exception cref="InvalidOperationException">The column holds ints, or is computed.</exception>
    public ReadOnlySpan<float> Floats => Stored<float>();

    /// <summary>The ints of all samples, row-major; of a constant column those of one.</summary>
    /// <exception cref="InvalidOperationException">The column holds floats, or is computed.</exception>
    public ReadOnlySpan<int> Ints => Stored<int>();

    internal static Column Of<T>(string name, ReadOnlySpan<int> shape, SampleReader<T> reader) => new(name, shape, reader, null);

    /// <summary>Reads one sample, for instance in a column that is computed of this one.</summary>
    /// <param name="sample">Which.</param>
    /// <param name="random">What a computed column draws from; a stored one draws nothing.</param>
    /// <param name="values">Receives the values; of a stored column the first ones where it is shorter.</param>
    /// <typeparam name="T">Float or int, as the column has.</typeparam>
    /// <exception cref="InvalidOperationException">The column holds elements of the other type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample, or more values are asked for than one has.</exception>
    public void Read<T>(int sample, ref SampleRandom random, Span<T> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(values.Length, RowLength);
        if (_reader is SampleReader<T> reader)
        {
            reader(_samples is null ? sample : _samples[sample], ref random, values);
        }
        else
        {
            Stored<T>().Slice(IsConstant ? 0 : sample * RowLength, values.Length).CopyTo(values);
        }
    }

    /// <summary>The column of some of the samples: copied, or still to be computed.</summary>
    internal Column Take(ReadOnlySpan<int> rows)
    {
        if (_reader is not null)
        {
            int[] samples = rows.ToArray();
            return new Column(Name, _shape, _reader, _samples is null ? samples : Array.ConvertAll(samples, i => _samples[i]));
        }

        if (IsConstant)
        {
            return this;
        }

        Array taken = Integers ? new int[rows.Length * RowLength] : new float[rows.Length * RowLength];
        for (int i = 0; i < rows.Length; i++)
        {
            Array.Copy(_stored!, rows[i] * RowLength, taken, i * RowLength, RowLength);
        }

        return new Column(Name, _shape, taken);
    }

    private ReadOnlySpan<T> Stored<T>() => _stored as T[] ?? throw new InvalidOperationException(
        Computed ? $"Column '{Name}' is computed sample by sample, not stored."
        : $"Column '{Name}' holds {(Integers ? "ints, not floats" : "floats, not ints")}.");
}
