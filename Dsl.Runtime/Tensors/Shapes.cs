using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>Arithmetic on concrete shapes, for the eager path.</summary>
internal static class Shapes
{
    /// <summary>The number of elements; 1 for a scalar's empty shape.</summary>
    public static int LengthOf(ReadOnlySpan<int> shape)
    {
        int length = 1;
        foreach (int extent in shape)
        {
            if (extent < 0)
            {
                throw new ArgumentException($"Shape {Print(shape)} has a negative extent.");
            }

            length = checked(length * extent);
        }

        return length;
    }

    /// <summary>The form <c>[2, 3]</c>.</summary>
    public static string Print(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>The shape of an elementwise result by numpy's rule: axes are matched from the last one, and an extent
    /// of 1 stretches.</summary>
    /// <exception cref="ArgumentException">Two extents differ and neither is 1.</exception>
    public static int[] Broadcast(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        int[] shape = new int[Math.Max(a.Length, b.Length)];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            int left = Extent(a, shape.Length, axis);
            int right = Extent(b, shape.Length, axis);
            if (left != right && left != 1 && right != 1)
            {
                throw new ArgumentException(
                    $"Shapes {Print(a)} and {Print(b)} do not broadcast: {left} against {right} on axis {axis} "
                    + "of the result. Extents must be equal or 1.");
            }

            shape[axis] = left == 1 ? right : left;
        }

        return shape;
    }

    /// <summary>Strides with which a tensor of <paramref name="shape"/> is read over a broadcast result: 0 along
    /// stretched axes.</summary>
    public static int[] BroadcastStrides(ReadOnlySpan<int> shape, int rank)
    {
        int[] strides = new int[rank];
        int stride = 1;
        for (int axis = rank - 1; axis >= rank - shape.Length; axis--)
        {
            int extent = Extent(shape, rank, axis);
            strides[axis] = extent == 1 ? 0 : stride;
            stride *= extent;
        }

        return strides;
    }

    /// <summary>An axis counted from the front; negative ones count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static int Axis(int axis, ReadOnlySpan<int> shape)
    {
        int counted = axis < 0 ? axis + shape.Length : axis;
        return counted >= 0 && counted < shape.Length
            ? counted
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"Shape {Print(shape)} has no axis {axis}.");
    }

    /// <summary>The offset of an index into a row-major tensor.</summary>
    /// <exception cref="ArgumentException">The index has another rank.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the shape.</exception>
    public static int Offset(ReadOnlySpan<int> index, ReadOnlySpan<int> shape)
    {
        if (index.Length != shape.Length)
        {
            throw new ArgumentException(
                $"Index {Print(index)} has {index.Length} axes; shape {Print(shape)} has {shape.Length}.");
        }

        int offset = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if ((uint)index[axis] >= (uint)shape[axis])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(index), $"Index {Print(index)} is outside shape {Print(shape)} on axis {axis}.");
            }

            offset = (offset * shape[axis]) + index[axis];
        }

        return offset;
    }

    /// <summary>Moves to the next index in row-major order and keeps an offset in step.</summary>
    public static void Advance(Span<int> index, ReadOnlySpan<int> shape, ReadOnlySpan<int> strides, ref int offset)
    {
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++index[axis] < shape[axis])
            {
                return;
            }

            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }

    /// <summary>The first values of a tensor, for <c>ToString</c>.</summary>
    public static string Preview<T>(ReadOnlySpan<T> values)
        where T : IFormattable
    {
        const int Shown = 8;
        var texts = new List<string>();
        foreach (T value in values[..Math.Min(Shown, values.Length)])
        {
            texts.Add(value.ToString(null, System.Globalization.CultureInfo.InvariantCulture));
        }

        return $"{{ {string.Join(", ", texts)}{(values.Length > Shown ? ", …" : "")} }}";
    }

    private static int Extent(ReadOnlySpan<int> shape, int rank, int axis)
    {
        int own = axis - (rank - shape.Length);
        return own < 0 ? 1 : shape[own];
    }
}
