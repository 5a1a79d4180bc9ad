using System;

namespace Samples.Imaging;

/// <summary>ITU-R BT.601 in studio range, as super-resolution is scored: Y from 16 to 235, Cb and Cr around 128.</summary>
internal static class Luma
{
    /// <summary>Planes Y, Cb, Cr of a picture of red, green and blue.</summary>
    public static Picture ToYcc(Picture rgb) => Each(rgb, static (r, g, b) => (
        16 + (((65.481f * r) + (128.553f * g) + (24.966f * b)) / 255),
        128 + (((-37.797f * r) - (74.203f * g) + (112f * b)) / 255),
        128 + (((112f * r) - (93.786f * g) - (18.214f * b)) / 255)));

    /// <summary>The inverse of <see cref="ToYcc"/>.</summary>
    public static Picture ToRgb(Picture ycc) => Each(ycc, static (y, cb, cr) =>
    {
        float luma = 255f / 219 * (y - 16);
        (float u, float v) = (255f / 224 * (cb - 128), 255f / 224 * (cr - 128));
        return (luma + (1.402f * v), luma - (0.344136f * u) - (0.714136f * v), luma + (1.772f * u));
    });

    /// <summary>Peak signal-to-noise ratio in decibels of two planes of 255 as the largest value, a border left
    /// out.</summary>
    public static double Psnr(Picture expected, Picture actual, int border)
    {
        double squares = 0;
        int count = 0;
        for (int y = border; y < expected.Height - border; y++)
        {
            for (int x = border; x < expected.Width - border; x++)
            {
                double difference = expected[0, y, x] - actual[0, y, x];
                squares += difference * difference;
                count++;
            }
        }

        return 10 * Math.Log10(255 * 255 / (squares / count));
    }

    private static Picture Each(Picture source, Func<float, float, float, (float A, float B, float C)> map)
    {
        var result = new Picture(3, source.Height, source.Width);
        int plane = source.Height * source.Width;
        for (int i = 0; i < plane; i++)
        {
            (result.Values[i], result.Values[i + plane], result.Values[i + (2 * plane)]) =
                map(source.Values[i], source.Values[i + plane], source.Values[i + (2 * plane)]);
        }

        return result;
    }
}
