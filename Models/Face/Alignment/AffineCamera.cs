namespace Models.Face.Alignment;

/// <summary>A place in space, in whatever unit the model of a head has.</summary>
/// <param name="X">Along the first axis.</param>
/// <param name="Y">Along the second axis.</param>
/// <param name="Z">Along the third axis.</param>
public readonly record struct SpacePoint(double X, double Y, double Z)
{
    /// <summary>Whether the coordinates are finite numbers.</summary>
    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Z);
}

/// <summary>One row of a camera: a coordinate in the image is X·x + Y·y + Z·z + Constant.</summary>
/// <param name="X">Pixels for a unit along the first axis.</param>
/// <param name="Y">Pixels for a unit along the second axis.</param>
/// <param name="Z">Pixels for a unit along the third axis.</param>
/// <param name="Constant">Pixels of the origin.</param>
public readonly record struct CameraRow(double X, double Y, double Z, double Constant)
{
    /// <summary>The coordinate of a place.</summary>
    public double Apply(SpacePoint point) => (X * point.X) + (Y * point.Y) + (Z * point.Z) + Constant;
}

/// <summary>A camera without perspective, the 2×4 matrix by which (x, y, z, 1) is multiplied (Hartley and Zisserman
/// 2004, "Multiple View Geometry in Computer Vision", section 6.3).</summary>
/// <param name="Horizontal">The row of x in the image.</param>
/// <param name="Vertical">The row of y in the image.</param>
public sealed record AffineCamera(CameraRow Horizontal, CameraRow Vertical)
{
    /// <summary>Where a place is seen.</summary>
    public ImagePoint Project(SpacePoint point) => new(Horizontal.Apply(point), Vertical.Apply(point));
}
