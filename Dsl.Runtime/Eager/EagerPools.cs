using System;
using System.Collections.Generic;

namespace Dsl.Eager;

/// <summary>Pooling of images [b, c, h, w], executed as it stands.</summary>
internal static class EagerPools
{
    public static Tensor Max(Tensor x, int size, int stride, int padding) =>
        Pool(x, size, stride, padding, static (taps, _) =>
    {
        float largest = float.NegativeInfinity;
        foreach (float tap in taps)
        {
            // MathF.Max lets NaN win, as the compiled kernels do.
            largest = MathF.Max(largest, tap);
        }

        return largest;
    });

    public static Tensor Average(Tensor x, int size, int stride, int padding, bool countPadding) =>
        Pool(x, size, stride, padding, (taps, window) =>
        {
            double sum = 0;
            foreach (float tap in taps)
            {
                sum += tap;
            }

            return (float)(sum / (countPadding ? window : taps.Count));
        });

    /// <summary>Reduces the taps of every window that lie inside the image; the second argument is the whole window's
    /// size.</summary>
    private static Tensor Pool(Tensor x, int size, int stride, int padding, Func<List<float>, int, float> reduce)
    {
        if (x.Rank != 4)
        {
            throw new ArgumentException(
                $"Pooling expects [b, c, h, w] but the input is {Shapes.Print(x.Extents)}.", nameof(x));
        }

        if (padding > size / 2)
        {
            throw new ArgumentException(
                $"Padding {padding} is more than half the window {size}: a window could lie outside the image.",
                nameof(padding));
        }

        var y = new Window(x.Shape[2], size, stride, padding, 1);
        var z = new Window(x.Shape[3], size, stride, padding, 1);
        int[] shape = [x.Shape[0], x.Shape[1], y.Count, z.Count];
        float[] result = new float[Shapes.LengthOf(shape)];
        var taps = new List<float>();
        int at = 0;
        for (int plane = 0; plane < shape[0] * shape[1]; plane++)
        {
            for (int i = 0; i < y.Count; i++)
            {
                for (int j = 0; j < z.Count; j++)
                {
                    taps.Clear();
                    for (int tap = 0; tap < size * size; tap++)
                    {
                        if (y.TryRead(i, tap / size, out int row) && z.TryRead(j, tap % size, out int column))
                        {
                            taps.Add(x.Values[(((plane * x.Shape[2]) + row) * x.Shape[3]) + column]);
                        }
                    }

                    result[at++] = reduce(taps, size * size);
                }
            }
        }

        return new Tensor(result, shape);
    }
}
