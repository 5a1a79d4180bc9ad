using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>
/// A tensor of floats, row-major. What <c>Forward</c> computes with when it is executed as it stands; compiled models
/// use the type only as a notation.
/// </summary>
public sealed class Tensor
{
    private readonly int[] _shape;
    private readonly float[] _data;

    /// <summary>Wraps an array, which becomes the tensor's own: the caller must not write to it afterwards.</summary>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The extents, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements than the array.</exception>
    public Tensor(float[] data, params int[] shape)
    {
        int length = Shapes.LengthOf(shape);
        if (length != data.Length)
        {
            throw new ArgumentException(
                $"Shape {Shapes.Print(shape)} has {length} elements, the array has {data.Length}.", nameof(data));
        }

        _shape = (int[])shape.Clone();
        _data = data;
    }

    /// <summary>The extents, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The number of axes.</summary>
    public int Rank => _shape.Length;

    /// <summary>The number of elements.</summary>
    public int Length => _data.Length;

    /// <summary>The elements in row-major order.</summary>
    public ReadOnlySpan<float> Values => _data;

    /// <summary>The value of a tensor with one element, for example a loss.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
    public float Scalar => _data.Length == 1
        ? _data[0]
        : throw new InvalidOperationException($"A tensor of shape {Shapes.Print(_shape)} is not a scalar.");

    internal ReadOnlySpan<int> Extents => _shape;

    internal float[] Data => _data;

    /// <summary>One element.</summary>
    /// <param name="index">One position per axis.</param>
    /// <exception cref="ArgumentException">The index has another number of axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the shape.</exception>
    public float this[params ReadOnlySpan<int> index] => _data[Shapes.Offset(index, _shape)];

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(params int[] shape) => new(new float[Shapes.LengthOf(shape)], shape);

    /// <summary>The same elements under another shape.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public Tensor Reshape(params int[] shape) => Shapes.LengthOf(shape) == Length
        ? new Tensor(_data, shape)
        : throw new ArgumentException(
            $"Shape {Shapes.Print(_shape)} cannot become {Shapes.Print(shape)}: {Length} elements against "
            + $"{Shapes.LengthOf(shape)}.");

    /// <summary>A copy of the elements.</summary>
    public float[] ToArray() => (float[])_data.Clone();

    /// <summary>Sum, with numpy's broadcasting.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor operator +(Tensor a, Tensor b) => Zip(a, b, static (x, y) => x + y);

    /// <summary>Difference, with numpy's broadcasting.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor operator -(Tensor a, Tensor b) => Zip(a, b, static (x, y) => x - y);

    /// <summary>Elementwise product, with numpy's broadcasting.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor operator *(Tensor a, Tensor b) => Zip(a, b, static (x, y) => x * y);

    /// <summary>Elementwise quotient, with numpy's broadcasting.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor operator /(Tensor a, Tensor b) => Zip(a, b, static (x, y) => x / y);

    /// <summary>Adds a number to every element.</summary>
    public static Tensor operator +(Tensor a, float b) => a.Map(x => x + b);

    /// <summary>Adds every element to a number.</summary>
    public static Tensor operator +(float a, Tensor b) => b.Map(x => a + x);

    /// <summary>Subtracts a number from every element.</summary>
    public static Tensor operator -(Tensor a, float b) => a.Map(x => x - b);

    /// <summary>Subtracts every element from a number.</summary>
    public static Tensor operator -(float a, Tensor b) => b.Map(x => a - x);

    /// <summary>Multiplies every element by a number.</summary>
    public static Tensor operator *(Tensor a, float b) => a.Map(x => x * b);

    /// <summary>Multiplies a number by every element.</summary>
    public static Tensor operator *(float a, Tensor b) => b.Map(x => a * x);

    /// <summary>Divides every element by a number.</summary>
    public static Tensor operator /(Tensor a, float b) => a.Map(x => x / b);

    /// <summary>Divides a number by every element.</summary>
    public static Tensor operator /(float a, Tensor b) => b.Map(x => a / x);

    /// <summary>Changes every sign.</summary>
    public static Tensor operator -(Tensor a) => a.Map(static x => -x);

    /// <summary>Shape and first values: <c>Tensor [2, 3] { 1, 2, 3, 4, 5, 6 }</c>.</summary>
    public override string ToString() => $"Tensor {Shapes.Print(_shape)} {Shapes.Preview<float>(_data)}";

    internal Tensor Map(Func<float, float> f) => new(Array.ConvertAll(_data, x => f(x)), _shape);

    internal static Tensor Zip(Tensor a, Tensor b, Func<float, float, float> f)
    {
        int[] shape = Shapes.Broadcast(a._shape, b._shape);
        float[] result = new float[Shapes.LengthOf(shape)];
        int[] aStrides = Shapes.BroadcastStrides(a._shape, shape.Length);
        int[] bStrides = Shapes.BroadcastStrides(b._shape, shape.Length);
        int[] aIndex = new int[shape.Length];
        int[] bIndex = new int[shape.Length];
        int aOffset = 0;
        int bOffset = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = f(a._data[aOffset], b._data[bOffset]);
            Shapes.Advance(aIndex, shape, aStrides, ref aOffset);
            Shapes.Advance(bIndex, shape, bStrides, ref bOffset);
        }

        return new Tensor(result, shape);
    }
}
