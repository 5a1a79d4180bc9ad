using System;
using System.Collections.Generic;

namespace Models.Face.Detection;

/// <summary>The sizes at which MTCNN looks at an image (Zhang, Zhang, Li and Qiao 2016, "Joint Face Detection and
/// Alignment Using Multitask Cascaded Convolutional Networks").</summary>
public static class MtcnnPyramid
{
    /// <summary>Pixels of the first network's window.</summary>
    public const int Window = 12;

    /// <summary>
    /// What the image's sides are multiplied by: window / <paramref name="smallestFace"/>·<paramref name="factor"/>^i,
    /// as long as the shorter side is no less than the window. None when the image is smaller than the smallest face.
    /// </summary>
    /// <param name="height">Of the image, in pixels.</param>
    /// <param name="width">Of the image, in pixels.</param>
    /// <param name="smallestFace">The side of the smallest face to find, in pixels.</param>
    /// <param name="factor">From one size to the next, in 0 … 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image has no pixels, the face is not positive, or the factor
    /// does not shrink.</exception>
    public static double[] Scales(int height, int width, double smallestFace, double factor = 0.709)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (!(smallestFace > 0 && double.IsFinite(smallestFace)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(smallestFace), smallestFace, "A face has a positive number of pixels.");
        }

        if (!(factor > 0 && factor < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor that shrinks is between 0 and 1.");
        }

        var scales = new List<double>();
        double scale = Window / smallestFace;
        for (double side = Math.Min(height, width) * Window / smallestFace; side >= Window; side *= factor)
        {
            scales.Add(scale);
            scale *= factor;
        }

        return [.. scales];
    }
}
