using System;
using System.Linq;

namespace Dsl.Eager;

/// <summary>Parts of tensors and tensors side by side, executed as they stand.</summary>
internal static class EagerShapes
{
    public static Tensor Concat(int axis, Tensor[] parts)
    {
        if (parts.Length == 0)
        {
            throw new ArgumentException("There is nothing to join.", nameof(parts));
        }

        int at = Shapes.Axis(axis, parts[0].Extents);
        int[] shape = parts[0].Extents.ToArray();
        foreach (Tensor part in parts)
        {
            if (part.Rank != shape.Length || Enumerable.Range(0, shape.Length).Any(i => i != at
                && part.Shape[i] != shape[i]))
            {
                throw new ArgumentException(
                    $"{Shapes.Print(part.Extents)} does not fit beside {Shapes.Print(parts[0].Extents)} along axis {at}.", nameof(parts));
            }
        }

        shape[at] = parts.Sum(p => p.Shape[at]);
        float[] result = new float[Shapes.LengthOf(shape)];
        int row = Shapes.LengthOf(shape.AsSpan(at));
        int start = 0;
        foreach (Tensor part in parts)
        {
            int own = Shapes.LengthOf(part.Extents[at..]);
            for (int i = 0; own > 0 && i < part.Length / own; i++)
            {
                part.Values.Slice(i * own, own).CopyTo(result.AsSpan((i * row) + start));
            }

            start += own;
        }

        return new Tensor(result, shape);
    }

    public static Tensor Unsqueeze(Tensor x, int axis)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(axis, -(x.Rank + 1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(axis, x.Rank);
        int at = axis < 0 ? axis + x.Rank + 1 : axis;
        return x.Reshape([.. x.Extents[..at], 1, .. x.Extents[at..]]);
    }

    public static Tensor Squeeze(Tensor x, int axis)
    {
        int at = Shapes.Axis(axis, x.Extents);
        return x.Extents[at] == 1
            ? x.Reshape([.. x.Extents[..at], .. x.Extents[(at + 1)..]])
            : throw new ArgumentException($"Axis {axis} of {Shapes.Print(x.Extents)} has {x.Extents[at]} elements, not one.", nameof(axis));
    }

    public static Tensor Unflatten(Tensor x, int axis, int[] extents)
    {
        int at = Shapes.Axis(axis, x.Extents);
        int product = extents.Where(static e => e != -1).Aggregate(1, static (all, e) => all * Math.Max(e, 0));
        int open = Array.IndexOf(extents, -1);
        int rest = product == 0 ? 0 : x.Extents[at] / product;
        if (Array.LastIndexOf(extents, -1) != open || (open < 0 ? product : rest * product) != x.Extents[at])
        {
            throw new ArgumentException(
                $"Axis {axis} of {Shapes.Print(x.Extents)} cannot become {Shapes.Print(extents)}.", nameof(extents));
        }

        int[] own = Array.ConvertAll(extents, e => e == -1 ? rest : e);
        return x.Reshape([.. x.Extents[..at], .. own, .. x.Extents[(at + 1)..]]);
    }

    public static Tensor Slice(Tensor x, int axis, int start, int length)
    {
        int at = Shapes.Axis(axis, x.Extents);
        int first = start < 0 ? start + x.Shape[at] : start;
        if (first < 0 || length < 0 || first + length > x.Shape[at])
        {
            throw new ArgumentException(
                $"{length} from {start} is no part of axis {at} of {Shapes.Print(x.Extents)}.", nameof(start));
        }

        int[] shape = x.Extents.ToArray();
        shape[at] = length;
        float[] result = new float[Shapes.LengthOf(shape)];
        int inner = Shapes.LengthOf(shape.AsSpan(at + 1));
        int own = length * inner;
        for (int i = 0; own > 0 && i < result.Length / own; i++)
        {
            x.Values.Slice(((i * x.Shape[at]) + first) * inner, own).CopyTo(result.AsSpan(i * own));
        }

        return new Tensor(result, shape);
    }

    public static Tensor[] Split(Tensor x, int parts, int axis)
    {
        int extent = x.Shape[Shapes.Axis(axis, x.Extents)];
        return parts > 0 && extent % parts == 0
            ? Split(x, [.. Enumerable.Repeat(extent / parts, parts)], axis)
            : throw new ArgumentException($"An axis of {extent} has no {parts} equal parts.", nameof(parts));
    }

    public static Tensor[] Split(Tensor x, int[] sizes, int axis)
    {
        int extent = x.Shape[Shapes.Axis(axis, x.Extents)];
        if (sizes.Sum() != extent)
        {
            throw new ArgumentException($"The sizes {Shapes.Print(sizes)} do not add up to {extent}.", nameof(sizes));
        }

        int start = 0;
        return [.. sizes.Select(size =>
        {
            start += size;
            return Slice(x, axis, start - size, size);
        })];
    }

    public static Tensor Pad(Tensor x, int top, int bottom, int left, int right, float value)
    {
        RequireImages(x, nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        Tensor rows = Concat(2, [Rows(top), x, Rows(bottom)]);
        return Concat(3, [Columns(left), rows, Columns(right)]);

        Tensor Rows(int count) => Filled(x.Shape[0], x.Shape[1], count, x.Shape[3]);
        Tensor Columns(int count) => Filled(x.Shape[0], x.Shape[1], rows.Shape[2], count);
        Tensor Filled(params int[] shape) => Tensor.Zeros(shape).Map(_ => value);
    }

    public static Tensor Crop(Tensor x, int top, int bottom, int left, int right)
    {
        RequireImages(x, nameof(x));
        return Slice(Slice(x, 2, top, x.Shape[2] - top - bottom), 3, left, x.Shape[3] - left - right);
    }

    public static Tensor PadTo(Tensor x, Tensor like)
    {
        (int y, int z) = Missing(x, like);
        return Pad(x, y / 2, y - (y / 2), z / 2, z - (z / 2), 0);
    }

    public static Tensor CropTo(Tensor x, Tensor like)
    {
        (int y, int z) = Missing(like, x);
        return Crop(x, y / 2, y - (y / 2), z / 2, z - (z / 2));
    }

    public static Tensor PixelShuffle(Tensor x, int factor)
    {
        RequireImages(x, nameof(x));
        return x.Shape[1] % (factor * factor) == 0
            ? Permute(x, [x.Shape[0], x.Shape[1] / (factor * factor), x.Shape[2] * factor, x.Shape[3] * factor],
                factor, true)
            : throw new ArgumentException($"{x.Shape[1]} channels are no multiple of {factor}·{factor}.", nameof(x));
    }

    public static Tensor PixelUnshuffle(Tensor x, int factor)
    {
        RequireImages(x, nameof(x));
        return x.Shape[2] % factor == 0 && x.Shape[3] % factor == 0
            ? Permute(x, [x.Shape[0], x.Shape[1] * factor * factor, x.Shape[2] / factor, x.Shape[3] / factor], factor,
                false)
            : throw new ArgumentException($"An image of {x.Shape[2]}x{x.Shape[3]} is no multiple of {factor}.", nameof(x));
    }

    /// <summary>Walks the pixels of the larger image.</summary>
    private static Tensor Permute(Tensor x, int[] shape, int r, bool shuffle)
    {
        int[] large = shuffle ? shape : x.Extents.ToArray();
        float[] result = new float[x.Length];
        for (int at = 0; at < result.Length; at++)
        {
            int j = at % large[3];
            int i = at / large[3] % large[2];
            int plane = at / large[3] / large[2];
            int channel = (plane * r * r) + (i % r * r) + (j % r);
            int small = (((channel * (large[2] / r)) + (i / r)) * (large[3] / r)) + (j / r);
            result[shuffle ? at : small] = x.Values[shuffle ? small : at];
        }

        return new Tensor(result, shape);
    }

    private static (int Y, int X) Missing(Tensor small, Tensor large)
    {
        RequireImages(small, "x");
        RequireImages(large, "like");
        return small.Shape[2] <= large.Shape[2] && small.Shape[3] <= large.Shape[3]
            ? (large.Shape[2] - small.Shape[2], large.Shape[3] - small.Shape[3])
            : throw new ArgumentException($"{Shapes.Print(small.Extents)} is larger than {Shapes.Print(large.Extents)}.");
    }

    private static void RequireImages(Tensor x, string name)
    {
        if (x.Rank != 4)
        {
            throw new ArgumentException($"[b, c, h, w] is expected but the input is {Shapes.Print(x.Extents)}.", name);
        }
    }
}
