using System;
using Dsl.Kernels;

namespace Dsl.Eager;

/// <summary>Images [b, c, h, w] at another size, executed as it stands.</summary>
internal static class EagerResampling
{
    public static Tensor Scale(Tensor x, UpsampleMode mode, bool alignCorners, Ratio scale, bool recompute = false)
    {
        EagerPools.Images(x);
        int Scaled(int pixels) => checked((int)((long)pixels * scale.Numerator / scale.Denominator));
        return Resample(
            x,
            ModeOf(mode, alignCorners),
            alignCorners,
            recompute ? default : scale,
            Scaled(x.Shape[2]),
            Scaled(x.Shape[3]));
    }

    public static Tensor Resample(Tensor x, ResampleMode mode, bool alignCorners, Ratio scale, int height, int width)
    {
        EagerPools.Images(x);
        if (height < 1 || width < 1)
        {
            throw new ArgumentException($"Images of {height}x{width} pixels have no pixels.", nameof(height));
        }

        ResampleAxis down = ResampleAxis.Of(mode, alignCorners, x.Shape[2], height, scale);
        ResampleAxis across = ResampleAxis.Of(mode, alignCorners, x.Shape[3], width, scale);
        int[] shape = [x.Shape[0], x.Shape[1], height, width];
        float[] result = new float[Shapes.LengthOf(shape)];
        for (int at = 0; at < result.Length; at++)
        {
            int column = at % width;
            int row = at / width % height;
            int plane = at / (width * height) * x.Shape[2] * x.Shape[3];
            double sum = 0;
            for (int i = down.First(row); i < down.End(row); i++)
            {
                for (int j = across.First(column); j < across.End(column); j++)
                {
                    sum += (double)down.Weight(row, i) * across.Weight(column, j)
                        * x.Values[plane + (i * x.Shape[3]) + j];
                }
            }

            result[at] = (float)sum;
        }

        return new Tensor(result, shape);
    }

    public static ResampleMode ModeOf(UpsampleMode mode, bool alignCorners) => mode switch
    {
        UpsampleMode.Bilinear => ResampleMode.Linear,
        UpsampleMode.Bicubic => ResampleMode.Cubic,
        _ when alignCorners => throw new ArgumentException(
            $"{mode} reads one pixel, so no corners can be aligned.", nameof(alignCorners)),
        UpsampleMode.Nearest => ResampleMode.Nearest,
        UpsampleMode.NearestExact => ResampleMode.NearestExact,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode."),
    };
}
