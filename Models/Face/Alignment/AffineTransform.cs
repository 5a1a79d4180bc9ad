using System;

namespace Models.Face.Alignment;

/// <summary>
/// An affine map of the plane, the 2×3 matrix by which (x, y, 1) is multiplied:
/// x' = Xx·x + Xy·y + X0 and y' = Yx·x + Yy·y + Y0.
/// </summary>
/// <param name="Xx">What x adds to x'.</param>
/// <param name="Xy">What y adds to x'.</param>
/// <param name="X0">x' of the origin.</param>
/// <param name="Yx">What x adds to y'.</param>
/// <param name="Yy">What y adds to y'.</param>
/// <param name="Y0">y' of the origin.</param>
public readonly record struct AffineTransform(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    /// <summary>By how much areas grow; negative for a reflection.</summary>
    public double Determinant => (Xx * Yy) - (Xy * Yx);

    /// <summary>Where a point goes.</summary>
    public ImagePoint Apply(ImagePoint point) => new(
        (Xx * point.X) + (Xy * point.Y) + X0,
        (Yx * point.X) + (Yy * point.Y) + Y0);

    /// <summary>The map back.</summary>
    /// <exception cref="InvalidOperationException">The map is not finite, or sends the plane to a line.</exception>
    public AffineTransform Inverse() => TryInvert(out AffineTransform inverse)
        ? inverse
        : throw new InvalidOperationException($"{this} has no inverse.");

    /// <summary>The map back, when there is one.</summary>
    /// <param name="inverse">The map back.</param>
    /// <returns>False when the map is not finite, or sends the plane to a line.</returns>
    public bool TryInvert(out AffineTransform inverse)
    {
        inverse = default;
        double determinant = Determinant;
        double magnitude = Math.Abs(Xx * Yy) + Math.Abs(Xy * Yx);
        if (!(Math.Abs(determinant) > 1e-14 * magnitude) || !double.IsFinite(magnitude + X0 + Y0))
        {
            return false;
        }

        (double xx, double xy) = (Yy / determinant, -Xy / determinant);
        (double yx, double yy) = (-Yx / determinant, Xx / determinant);
        inverse = new AffineTransform(xx, xy, -((xx * X0) + (xy * Y0)), yx, yy, -((yx * X0) + (yy * Y0)));
        return true;
    }
}
