using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Graphs;

/// <summary>A dense row-major array of doubles: what the interpreter computes with.</summary>
internal sealed class NdArray
{
    public NdArray(double[] data, params int[] shape)
    {
        if (data.Length != LengthOf(shape))
        {
            throw new ArgumentException($"{data.Length} elements do not fill the shape {string.Join(", ", shape)}.", nameof(data));
        }

        Data = data;
        Shape = shape;
    }

    public double[] Data { get; }

    public int[] Shape { get; }

    public int Rank => Shape.Length;

    /// <summary>An array of zeros.</summary>
    public static NdArray Zeros(params int[] shape) => new(new double[LengthOf(shape)], shape);

    public static NdArray Scalar(double value) => new(new[] { value });

    public static int LengthOf(IEnumerable<int> shape) => shape.Aggregate(1, static (product, extent) => product * extent);

    /// <summary>Distances between neighbours along each axis of a row-major array.</summary>
    public static int[] StridesOf(IReadOnlyList<int> shape)
    {
        var strides = new int[shape.Count];
        int stride = 1;
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    /// <summary>Visits every index of a box in row-major order with two offsets, each linear in the index.</summary>
    public static void Walk(IReadOnlyList<int> extents, int[] firstStrides, int[] secondStrides, Action<int, int> visit)
    {
        if (extents.Any(static e => e == 0))
        {
            return;
        }

        var index = new int[extents.Count];
        int first = 0;
        int second = 0;
        while (true)
        {
            visit(first, second);
            int axis = index.Length - 1;
            while (axis >= 0 && ++index[axis] == extents[axis])
            {
                index[axis] = 0;
                first -= firstStrides[axis] * (extents[axis] - 1);
                second -= secondStrides[axis] * (extents[axis] - 1);
                axis--;
            }

            if (axis < 0)
            {
                return;
            }

            first += firstStrides[axis];
            second += secondStrides[axis];
        }
    }

    /// <summary>An array whose element at an index is this array's element at the offset that is linear in the
    /// index.</summary>
    public NdArray View(int[] shape, int[] strides)
    {
        var result = Zeros(shape);
        Walk(shape, StridesOf(shape), strides, (to, from) => result.Data[to] = Data[from]);
        return result;
    }

    public override string ToString() => $"[{string.Join(", ", Shape)}] {string.Join(" ", Data.Take(16))}";
}
