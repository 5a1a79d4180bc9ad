using System;
using System.Collections.Generic;
using System.Globalization;

namespace Models.Face.Detection;

/// <summary>A box that a detector starts from, in shares of the image's width and height.</summary>
/// <param name="CenterX">x of the middle.</param>
/// <param name="CenterY">y of the middle.</param>
/// <param name="Width">Extent along x.</param>
/// <param name="Height">Extent along y.</param>
public readonly record struct Anchor(float CenterX, float CenterY, float Width, float Height);

/// <summary>A grid of places at which a detector looks.</summary>
/// <param name="Stride">Pixels between neighbouring places.</param>
/// <param name="Sizes">Sides of the square anchors at each place, in pixels.</param>
public sealed record AnchorLevel(int Stride, params IReadOnlyList<int> Sizes);

/// <summary>Square anchors on grids over an image (priors; Deng et al. 2020, "RetinaFace: Single-Shot Multi-Level Face
/// Localisation in the Wild", after Liu et al. 2016, "SSD").</summary>
public static class Anchors
{
    /// <summary>RetinaFace with the small trunk: strides 8, 16 and 32, two sizes each.</summary>
    public static IReadOnlyList<AnchorLevel> RetinaFace { get; } =
        [new(8, 16, 32), new(16, 64, 128), new(32, 256, 512)];

    /// <summary>
    /// Anchors in the order in which the heads of such a detector are read: level by level, row by row, column by
    /// column, size by size. A grid has ⌈height / stride⌉ rows and ⌈width / stride⌉ columns, its anchors lie around
    /// (column + ½)·stride and (row + ½)·stride.
    /// </summary>
    /// <param name="height">Of the image, in pixels.</param>
    /// <param name="width">Of the image, in pixels.</param>
    /// <param name="levels">The grids, such as <see cref="RetinaFace"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image has no pixels.</exception>
    /// <exception cref="ArgumentException">A stride or size is not positive.</exception>
    public static Anchor[] Of(int height, int width, IReadOnlyList<AnchorLevel> levels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentNullException.ThrowIfNull(levels);
        long count = 0;
        foreach (AnchorLevel level in levels)
        {
            Check(level, nameof(levels));
            count += (long)Cells(height, level.Stride) * Cells(width, level.Stride) * level.Sizes.Count;
        }

        var anchors = new Anchor[checked((int)count)];
        int next = 0;
        foreach (AnchorLevel level in levels)
        {
            (int rows, int columns) = (Cells(height, level.Stride), Cells(width, level.Stride));
            for (int cell = 0; cell < rows * columns; cell++)
            {
                double x = ((cell % columns) + 0.5) * level.Stride / width;
                double y = ((cell / columns) + 0.5) * level.Stride / height;
                foreach (int size in level.Sizes)
                {
                    anchors[next++] =
                        new Anchor((float)x, (float)y, (float)((double)size / width), (float)((double)size / height));
                }
            }
        }

        return anchors;
    }

    private static int Cells(int extent, int stride) => ((extent - 1) / stride) + 1;

    private static void Check(AnchorLevel level, string name)
    {
        if (level.Stride <= 0)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"A stride of {level.Stride} is not positive."), name);
        }

        foreach (int size in level.Sizes)
        {
            if (size <= 0)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"An anchor of {size} pixels is not positive."), name);
            }
        }
    }
}
