using System;

namespace Samples.Imaging;

/// <summary>
/// Resizes pictures by cubic convolution with a = -0.5 (Keys 1981). Made smaller, the kernel is stretched by the scale,
/// so that it also removes what the smaller grid cannot hold (antialiasing).
/// </summary>
internal static class Bicubic
{
    private const double A = -0.5;

    /// <summary>The picture at another size.</summary>
    public static Picture Resize(Picture source, int height, int width)
    {
        var across = new Picture(source.Channels, source.Height, width);
        (int[] first, double[][] weights) = Taps(source.Width, width);
        for (int row = 0; row < source.Channels * source.Height; row++)
        {
            ReadOnlySpan<float> from = source.Values.AsSpan(row * source.Width, source.Width);
            for (int x = 0; x < width; x++)
            {
                across.Values[(row * width) + x] = (float)Sum(from, 1, first[x], weights[x]);
            }
        }

        var result = new Picture(source.Channels, height, width);
        (first, weights) = Taps(source.Height, height);
        for (int c = 0; c < source.Channels; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    result[c, y, x] = (float)Sum(across.Plane(c)[x..], width, first[y], weights[y]);
                }
            }
        }

        return result;
    }

    private static double Sum(ReadOnlySpan<float> from, int stride, int first, double[] weights)
    {
        double sum = 0;
        for (int t = 0; t < weights.Length; t++)
        {
            sum += weights[t] * from[(first + t) * stride];
        }

        return sum;
    }

    /// <summary>For each target position the first source position it reads and the weights from there on; they add up
    /// to 1, so a picture's border is not darkened.</summary>
    private static (int[] First, double[][] Weights) Taps(int source, int target)
    {
        double scale = (double)source / target;
        double stretch = Math.Max(scale, 1);
        double support = 2 * stretch;
        var first = new int[target];
        var weights = new double[target][];
        for (int o = 0; o < target; o++)
        {
            double center = (o + 0.5) * scale;
            int low = Math.Max(0, (int)(center - support + 0.5));
            int high = Math.Min(source, (int)(center + support + 0.5));
            first[o] = low;
            weights[o] = new double[high - low];
            double sum = 0;
            for (int i = low; i < high; i++)
            {
                sum += weights[o][i - low] = Kernel((i + 0.5 - center) / stretch);
            }

            for (int i = 0; i < weights[o].Length; i++)
            {
                weights[o][i] /= sum;
            }
        }

        return (first, weights);
    }

    private static double Kernel(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1
            : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * A
            : 0;
    }
}
