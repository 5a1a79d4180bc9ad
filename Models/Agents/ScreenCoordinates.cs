using System;

namespace Models.Agents;

/// <summary>What the coordinates of a model mean.</summary>
public enum CoordinateConvention
{
    /// <summary>Thousandths of the screenshot's width and height (Qwen2-VL: Wang et al. 2024).</summary>
    Thousandths,

    /// <summary>Pixels of the screenshot after <see cref="SmartResize"/> (Qwen2.5-VL: Bai et al. 2025).</summary>
    ResizedPixels,
}

/// <summary>A place on the screen, in pixels of the screenshot, from the top left.</summary>
/// <param name="X">How far right; the width is the right edge, just outside of the last pixel.</param>
/// <param name="Y">How far down; the height is the lower edge.</param>
public readonly record struct ScreenPoint(double X, double Y);

/// <summary>From places that a model names to places on the screen, and back.</summary>
public static class ScreenCoordinates
{
    /// <summary>Where a model's place is on the screen, to three decimals. A place that is not on the screen stays so;
    /// what to do about it is for whoever acts.</summary>
    /// <param name="point">What the model says.</param>
    /// <param name="convention">What it means.</param>
    /// <param name="height">Of the screenshot before it was resized, in pixels.</param>
    /// <param name="width">Of the screenshot before it was resized, in pixels.</param>
    /// <exception cref="ArgumentException">The screenshot has no pixels or cannot be resized, or there is no such
    /// convention.</exception>
    public static ScreenPoint ToScreen(AgentPoint point, CoordinateConvention convention, int height, int width)
    {
        ImageSize units = Units(convention, height, width);
        return new ScreenPoint(
            Math.Round(point.X / units.Width * width, 3), Math.Round(point.Y / units.Height * height, 3));
    }

    /// <summary>How a model names a place on the screen; not rounded.</summary>
    /// <param name="point">Where it is.</param>
    /// <param name="convention">What the model's coordinates mean.</param>
    /// <param name="height">Of the screenshot before it was resized, in pixels.</param>
    /// <param name="width">Of the screenshot before it was resized, in pixels.</param>
    /// <exception cref="ArgumentException">The screenshot has no pixels or cannot be resized, the place is not finite,
    /// or there is no such convention.</exception>
    public static AgentPoint FromScreen(ScreenPoint point, CoordinateConvention convention, int height, int width)
    {
        ImageSize units = Units(convention, height, width);
        return new AgentPoint(point.X / width * units.Width, point.Y / height * units.Height);
    }

    /// <summary>What the whole screen is in the units of a model.</summary>
    private static ImageSize Units(CoordinateConvention convention, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        return convention switch
        {
            CoordinateConvention.Thousandths => new ImageSize(1000, 1000),
            CoordinateConvention.ResizedPixels => SmartResize.Of(height, width),
            _ => throw new ArgumentOutOfRangeException(nameof(convention), convention, "There is no such convention."),
        };
    }
}
