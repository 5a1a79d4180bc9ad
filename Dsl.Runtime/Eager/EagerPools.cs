using System;
using System.Collections.Generic;

namespace Dsl.Eager;

/// <summary>Pooling of images [b, c, h, w], executed as it stands.</summary>
internal static class EagerPools
{
    public static Tensor Max(Tensor x, PoolWindow window) => Pool(x, window, static (taps, _) =>
    {
        float largest = float.NegativeInfinity;
        foreach (var (_, value) in taps)
        {
            // MathF.Max lets NaN win, as the compiled kernels do.
            largest = MathF.Max(largest, value);
        }

        return largest;
    });

    /// <summary>The number of the first maximum in its window.</summary>
    public static Tensor MaxIndex(Tensor x, PoolWindow window) => Pool(x, window, static (taps, _) =>
    {
        (int tap, float largest) = (-1, float.NegativeInfinity);
        foreach (var (number, value) in taps)
        {
            if (value > largest || (float.IsNaN(value) && !float.IsNaN(largest)))
            {
                (tap, largest) = (number, value);
            }
        }

        return tap;
    });

    public static Tensor Average(Tensor x, PoolWindow window, bool countPadding) => Pool(x, window, (taps, counted) =>
    {
        double sum = 0;
        foreach (var (_, value) in taps)
        {
            sum += value;
        }

        return (float)(sum / (countPadding ? counted : taps.Count));
    });

    /// <summary>The largest of each bin.</summary>
    public static Tensor AdaptiveMax(Tensor x, int height, int width)
    {
        Images(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (int h, int w) = (x.Shape[2], x.Shape[3]);
        float[] result = new float[x.Shape[0] * x.Shape[1] * height * width];
        for (int at = 0; at < result.Length; at++)
        {
            (int plane, int i, int j) = (at / (height * width), at / width % height, at % width);
            float largest = float.NegativeInfinity;
            for (int row = i * h / height; row < (((i + 1) * h) + height - 1) / height; row++)
            {
                for (int column = j * w / width; column < (((j + 1) * w) + width - 1) / width; column++)
                {
                    largest = MathF.Max(largest, x.Values[(((plane * h) + row) * w) + column]);
                }
            }

            result[at] = largest;
        }

        return new Tensor(result, x.Shape[0], x.Shape[1], height, width);
    }

    /// <summary>Each value at the pixel of its window's chosen tap.</summary>
    public static Tensor Unpool(Tensor x, Tensor index, PoolWindow window, int height, int width)
    {
        Images(x);
        if (!index.Extents.SequenceEqual(x.Extents))
        {
            throw new ArgumentException(
                $"The index has shape {Shapes.Print(index.Extents)}, the values have {Shapes.Print(x.Extents)}.",
                nameof(index));
        }

        if (window.Stride.Y < window.Size.Y || window.Stride.X < window.Size.X)
        {
            throw new ArgumentException(
                "Windows that overlap may choose the same pixel: take a stride of at least the window.", nameof(window));
        }

        int rows = Unpooled(x.Shape[2], window.Size.Y, window.Stride.Y, window.Padding.Y, height);
        int columns = Unpooled(x.Shape[3], window.Size.X, window.Stride.X, window.Padding.X, width);
        float[] result = new float[x.Shape[0] * x.Shape[1] * rows * columns];
        for (int at = 0; at < x.Length; at++)
        {
            int plane = at / (x.Shape[2] * x.Shape[3]);
            int tap = (int)index.Values[at];
            int row = (at / x.Shape[3] % x.Shape[2] * window.Stride.Y) - window.Padding.Y + (tap / window.Size.X);
            int column = (at % x.Shape[3] * window.Stride.X) - window.Padding.X + (tap % window.Size.X);
            if (tap >= 0 && row >= 0 && row < rows && column >= 0 && column < columns)
            {
                result[(((plane * rows) + row) * columns) + column] = x.Values[at];
            }
        }

        return new Tensor(result, x.Shape[0], x.Shape[1], rows, columns);
    }

    /// <summary>Requires rank 4.</summary>
    public static Tensor Images(Tensor x) => x.Rank == 4
        ? x
        : throw new ArgumentException(
            $"Images [b, c, h, w] are expected but the input is {Shapes.Print(x.Extents)}.", nameof(x));

    private static int Unpooled(int windows, int size, int stride, int padding, int given)
    {
        if (given == 0)
        {
            return ((windows - 1) * stride) - (2 * padding) + size;
        }

        int first = ((windows - 1) * stride) - padding + 1;
        int last = (windows * stride) + size - 1 - padding;
        return given >= first && given <= last
            ? given
            : throw new ArgumentException(
                $"{given} pixels do not have {windows} such windows; {first} to {last} have.", nameof(given));
    }

    /// <summary>Reduces the taps of every window that lie inside the image, with their numbers; the second argument is
    /// how many lie in the image or its padding.</summary>
    private static Tensor Pool(Tensor x, PoolWindow window, Func<List<(int Number, float Value)>, int, float> reduce)
    {
        Images(x);
        Window y = window.Down(x.Shape[2]);
        Window z = window.Across(x.Shape[3]);
        int[] shape = [x.Shape[0], x.Shape[1], y.Count, z.Count];
        float[] result = new float[Shapes.LengthOf(shape)];
        var taps = new List<(int Number, float Value)>();
        for (int at = 0; at < result.Length; at++)
        {
            int plane = at / (y.Count * z.Count);
            (int i, int j) = (at / z.Count % y.Count, at % z.Count);
            taps.Clear();
            for (int tap = 0; tap < window.Size.Y * window.Size.X; tap++)
            {
                if (y.TryRead(i, tap / window.Size.X, out int row) && z.TryRead(j, tap % window.Size.X, out int column))
                {
                    taps.Add((tap, x.Values[(((plane * x.Shape[2]) + row) * x.Shape[3]) + column]));
                }
            }

            result[at] = reduce(taps, y.Counted(i) * z.Counted(j));
        }

        return new Tensor(result, shape);
    }
}
