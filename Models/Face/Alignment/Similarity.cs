using System;
using System.Globalization;

namespace Models.Face.Alignment;

/// <summary>
/// The similarity (rotation, one scale, shift; no reflection) that brings points nearest to others in least squares
/// (Umeyama 1991, "Least-Squares Estimation of Transformation Parameters Between Two Point Patterns", equations 40 to
/// 42).
/// </summary>
public static class Similarity
{
    /// <summary>From a face in an image to the aligned image of a template.</summary>
    /// <param name="landmarks">The five landmarks in the image, in pixels and in the order of
    /// <see cref="FaceTemplate"/>.</param>
    /// <param name="template">Where they go.</param>
    /// <exception cref="ArgumentException">There are not five, or one is not finite.</exception>
    public static AlignmentFit<AffineTransform> ToTemplate(ReadOnlySpan<ImagePoint> landmarks, FaceTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return Fit(landmarks, [.. template.Points]);
    }

    /// <summary>From <paramref name="source"/> to <paramref name="target"/>.</summary>
    /// <returns>Not alignable when there are fewer than two points, when all of a side coincide, or when no rotation is
    /// better than another, as for a figure and its mirror image.</returns>
    /// <exception cref="ArgumentException">The numbers of points differ, or one is not finite.</exception>
    public static AlignmentFit<AffineTransform> Fit(ReadOnlySpan<ImagePoint> source, ReadOnlySpan<ImagePoint> target)
    {
        Check(source, target);
        if (source.Length < 2)
        {
            return new(AlignmentFailure.TooFewPoints);
        }

        (ImagePoint from, double fromExtent) = Centered(source);
        (ImagePoint to, double toExtent) = Centered(target);

        // With two axes the singular value decomposition of the covariance has a closed form: points are complex
        // numbers, and the best factor is Σ conj(s)·t / Σ |s|². Its argument is the rotation, its magnitude the scale.
        (double real, double imaginary, double sourceSquares, double targetSquares) = (0, 0, 0, 0);
        for (int i = 0; i < source.Length; i++)
        {
            (double x, double y) = ((source[i].X - from.X) / fromExtent, (source[i].Y - from.Y) / fromExtent);
            (double u, double v) = ((target[i].X - to.X) / toExtent, (target[i].Y - to.Y) / toExtent);
            real += (x * u) + (y * v);
            imaginary += (x * v) - (y * u);
            sourceSquares += (x * x) + (y * y);
            targetSquares += (u * u) + (v * v);
        }

        // Not greater rather than less: with an extent of zero both sides are not numbers.
        if (!(Math.Sqrt((real * real) + (imaginary * imaginary)) > 1e-10 * Math.Sqrt(sourceSquares * targetSquares)))
        {
            return new(AlignmentFailure.DegeneratePoints);
        }

        double a = real / sourceSquares * toExtent / fromExtent;
        double b = imaginary / sourceSquares * toExtent / fromExtent;
        return new(new AffineTransform(
            a, -b, to.X - ((a * from.X) - (b * from.Y)),
            b, a, to.Y - ((b * from.X) + (a * from.Y))));
    }

    /// <summary>The mean, and the farthest that a coordinate is from it; zero when that is rounding.</summary>
    private static (ImagePoint Mean, double Extent) Centered(ReadOnlySpan<ImagePoint> points)
    {
        (double x, double y, double magnitude) = (0, 0, 0);
        foreach (ImagePoint point in points)
        {
            x += point.X / points.Length;
            y += point.Y / points.Length;
            magnitude = Math.Max(magnitude, Math.Max(Math.Abs(point.X), Math.Abs(point.Y)));
        }

        double extent = 0;
        foreach (ImagePoint point in points)
        {
            extent = Math.Max(extent, Math.Max(Math.Abs(point.X - x), Math.Abs(point.Y - y)));
        }

        return (new ImagePoint(x, y), extent > 1e-12 * magnitude ? extent : 0);
    }

    private static void Check(ReadOnlySpan<ImagePoint> source, ReadOnlySpan<ImagePoint> target)
    {
        if (source.Length != target.Length)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{source.Length} landmarks cannot go to {target.Length} places."), nameof(target));
        }

        for (int i = 0; i < source.Length; i++)
        {
            if (!source[i].IsFinite || !target[i].IsFinite)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture, $"Landmark {i} is not finite: {source[i]}, {target[i]}."),
                    source[i].IsFinite ? nameof(target) : nameof(source));
            }
        }
    }
}
