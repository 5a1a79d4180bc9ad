using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>A tensor of 32-bit ints, row-major: class labels and other indices.</summary>
public sealed class IntTensor
{
    private readonly int[] _shape;
    private readonly int[] _data;

    /// <summary>Wraps an array, which becomes the tensor's own: the caller must not write to it afterwards.</summary>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The extents, outermost first; when none are given, one axis with all elements.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements than the array.</exception>
    public IntTensor(int[] data, params int[] shape)
    {
        _shape = shape.Length == 0 ? [data.Length] : (int[])shape.Clone();
        int length = Shapes.LengthOf(_shape);
        if (length != data.Length)
        {
            throw new ArgumentException(
                $"Shape {Shapes.Print(_shape)} has {length} elements, the array has {data.Length}.", nameof(data));
        }

        _data = data;
    }

    /// <summary>The extents, outermost first.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The number of axes.</summary>
    public int Rank => _shape.Length;

    /// <summary>The number of elements.</summary>
    public int Length => _data.Length;

    /// <summary>The elements in row-major order.</summary>
    public ReadOnlySpan<int> Values => _data;

    internal ReadOnlySpan<int> Extents => _shape;

    internal int[] Data => _data;

    /// <summary>One element.</summary>
    /// <param name="index">One position per axis.</param>
    /// <exception cref="ArgumentException">The index has another number of axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the shape.</exception>
    public int this[params ReadOnlySpan<int> index] => _data[Shapes.Offset(index, _shape)];

    /// <summary>A copy of the elements.</summary>
    public int[] ToArray() => (int[])_data.Clone();

    /// <summary>Shape and first values: <c>IntTensor [3] { 7, 2, 1 }</c>.</summary>
    public override string ToString() => $"IntTensor {Shapes.Print(_shape)} {Shapes.Preview<int>(_data)}";
}
