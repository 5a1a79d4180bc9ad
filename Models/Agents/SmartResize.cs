using System;
using System.Globalization;

namespace Models.Agents;

/// <summary>Height and width of an image in pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ImageSize(int Height, int Width);

/// <summary>
/// The size to which a screenshot is brought before a vision-language model sees it: multiples of 28 near the original,
/// with 100·28² to 16384·28² pixels in about its proportions (Qwen2.5-VL: Bai et al. 2025).
/// </summary>
public static class SmartResize
{
    /// <summary>Sides are multiples of this: two by two patches of 14 pixels are one token.</summary>
    public const int Factor = 28;

    /// <summary>The fewest pixels.</summary>
    public const int MinimumPixels = 100 * Factor * Factor;

    /// <summary>The most pixels.</summary>
    public const int MaximumPixels = 16384 * Factor * Factor;

    /// <summary>How many times the shorter side the longer one may be.</summary>
    public const int MaximumRatio = 200;

    /// <summary>The size of a screenshot once it is resized. Halves are rounded to even.</summary>
    /// <param name="height">Of the screenshot, in pixels.</param>
    /// <param name="width">Of the screenshot, in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The screenshot has no pixels.</exception>
    /// <exception cref="ArgumentException">One side is more than 200 times the other.</exception>
    public static ImageSize Of(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (Math.Max(height, width) > (long)MaximumRatio * Math.Min(height, width))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"One side of a screenshot {width} wide and {height} high is over {MaximumRatio} times the other."),
                height > width ? nameof(height) : nameof(width));
        }

        double rows = Math.Max(Factor, Math.Round((double)height / Factor) * Factor);
        double columns = Math.Max(Factor, Math.Round((double)width / Factor) * Factor);
        double pixels = (double)height * width;
        if (rows * columns > MaximumPixels)
        {
            double shrink = Math.Sqrt(pixels / MaximumPixels);
            rows = Math.Floor(height / shrink / Factor) * Factor;
            columns = Math.Floor(width / shrink / Factor) * Factor;
        }
        else if (rows * columns < MinimumPixels)
        {
            double grow = Math.Sqrt(MinimumPixels / pixels);
            rows = Math.Ceiling(height * grow / Factor) * Factor;
            columns = Math.Ceiling(width * grow / Factor) * Factor;
        }

        return new ImageSize((int)rows, (int)columns);
    }
}
