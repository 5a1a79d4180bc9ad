using System;

namespace Models.Face.Alignment;

/// <summary>Barycentric coordinates: a point of the plane as weights of a triangle's corners, which sum to 1.</summary>
/// <param name="A">Weight of the first corner.</param>
/// <param name="B">Weight of the second corner.</param>
/// <param name="C">Weight of the third corner.</param>
public readonly record struct Barycentric(double A, double B, double C)
{
    /// <summary>Whether the point is in the triangle; its border counts.</summary>
    public bool IsInside => A >= 0 && B >= 0 && C >= 0;
}

/// <summary>A triangle in an image. Piecewise affine warps move the points in one to the points of the same barycentric
/// coordinates in another.</summary>
/// <param name="A">First corner.</param>
/// <param name="B">Second corner.</param>
/// <param name="C">Third corner.</param>
public readonly record struct Triangle(ImagePoint A, ImagePoint B, ImagePoint C)
{
    /// <summary>The weights of a point: (1 - b - c)·A + b·B + c·C is the point.</summary>
    /// <exception cref="ArgumentException">The point is not finite.</exception>
    /// <exception cref="InvalidOperationException">A corner is not finite, or the corners are on a line.</exception>
    public Barycentric CoordinatesOf(ImagePoint point)
    {
        if (!point.IsFinite)
        {
            throw new ArgumentException($"The point is not finite: {point}.", nameof(point));
        }

        (double bx, double by, double cx, double cy) = (B.X - A.X, B.Y - A.Y, C.X - A.X, C.Y - A.Y);
        double area = (bx * cy) - (cx * by);
        if (!(Math.Abs(area) > 1e-14 * (Math.Abs(bx * cy) + Math.Abs(cx * by))) || !double.IsFinite(area))
        {
            throw new InvalidOperationException($"The corners of {this} are on a line.");
        }

        (double x, double y) = (point.X - A.X, point.Y - A.Y);
        double b = ((x * cy) - (cx * y)) / area;
        double c = ((bx * y) - (x * by)) / area;
        return new Barycentric(1 - b - c, b, c);
    }

    /// <summary>The point with these weights.</summary>
    public ImagePoint PointAt(Barycentric weights) => new(
        (weights.A * A.X) + (weights.B * B.X) + (weights.C * C.X),
        (weights.A * A.Y) + (weights.B * B.Y) + (weights.C * C.Y));
}
