using System;
using System.Globalization;

namespace Models.Face.Alignment;

/// <summary>
/// The affine camera that explains where points of a head are seen, by generalised least squares: with x the points
/// seen and Σ the covariance of their errors, P minimises rᵀΣ⁻¹r for r = x - P·X (Taigman, Yang, Ranzato and Wolf 2014,
/// "DeepFace", section 2.2). Σ = L·Lᵀ, and what is solved is L⁻¹A·p = L⁻¹x by orthogonal columns.
/// </summary>
public static class CameraFit
{
    private const int Unknowns = 8;

    /// <summary>Finds the camera.</summary>
    /// <param name="head">Points of the head.</param>
    /// <param name="seen">Where each is seen, in pixels.</param>
    /// <param name="covariance">Σ, [2n, 2n] over x and y of the first point, x and y of the second, …; symmetric. What
    /// is left of each point is <c>seen[i] - camera.Project(head[i])</c>.</param>
    /// <returns>Not alignable when there are fewer than four points, the points of the head lie in a plane, or Σ is
    /// singular; the caller falls back to <see cref="Similarity"/>.</returns>
    /// <exception cref="ArgumentException">Numbers of points differ, the covariance has another size or is not
    /// symmetric, or something is not finite.</exception>
    public static AlignmentFit<AffineCamera> Fit(
        ReadOnlySpan<SpacePoint> head, ReadOnlySpan<ImagePoint> seen, ReadOnlySpan<double> covariance)
    {
        Check(head, seen, covariance);
        int equations = 2 * head.Length;
        if (equations < Unknowns)
        {
            return new(AlignmentFailure.TooFewPoints);
        }

        (SpacePoint mean, double extent) = Centered(head);
        if (LiesInPlane(head, mean, extent))
        {
            return new(AlignmentFailure.DegeneratePoints);
        }

        double[] factor = covariance.ToArray();
        if (!LeastSquares.TryFactor(factor, equations))
        {
            return new(AlignmentFailure.SingularCovariance);
        }

        double[] columns = Columns(head, seen, mean, extent);
        for (int c = 0; c <= Unknowns; c++)
        {
            LeastSquares.SolveLower(factor, columns.AsSpan(c * equations, equations));
        }

        var p = new double[Unknowns];
        return LeastSquares.TrySolve(columns, equations, p)
            ? new(new AffineCamera(Row(p.AsSpan(0, 4), mean, extent), Row(p.AsSpan(4, 4), mean, extent)))
            : new(AlignmentFailure.SingularCovariance);
    }

    /// <summary>The eight columns of the equations, and the points seen as the ninth. Coordinates of the head are those
    /// around its mean in units of its extent, so that columns are of one size.</summary>
    private static double[] Columns(
        ReadOnlySpan<SpacePoint> head, ReadOnlySpan<ImagePoint> seen, SpacePoint mean, double extent)
    {
        int equations = 2 * head.Length;
        var columns = new double[(Unknowns + 1) * equations];
        for (int i = 0; i < head.Length; i++)
        {
            for (int row = 0; row < 2; row++)
            {
                int equation = (2 * i) + row;
                int first = 4 * row;
                columns[(first * equations) + equation] = (head[i].X - mean.X) / extent;
                columns[((first + 1) * equations) + equation] = (head[i].Y - mean.Y) / extent;
                columns[((first + 2) * equations) + equation] = (head[i].Z - mean.Z) / extent;
                columns[((first + 3) * equations) + equation] = 1;
                columns[(Unknowns * equations) + equation] = row == 0 ? seen[i].X : seen[i].Y;
            }
        }

        return columns;
    }

    private static CameraRow Row(ReadOnlySpan<double> p, SpacePoint mean, double extent)
    {
        (double x, double y, double z) = (p[0] / extent, p[1] / extent, p[2] / extent);
        return new CameraRow(x, y, z, p[3] - ((x * mean.X) + (y * mean.Y) + (z * mean.Z)));
    }

    private static (SpacePoint Mean, double Extent) Centered(ReadOnlySpan<SpacePoint> points)
    {
        (double x, double y, double z) = (0, 0, 0);
        foreach (SpacePoint point in points)
        {
            x += point.X / points.Length;
            y += point.Y / points.Length;
            z += point.Z / points.Length;
        }

        double extent = 0;
        foreach (SpacePoint point in points)
        {
            double off = Math.Max(Math.Abs(point.X - x), Math.Max(Math.Abs(point.Y - y), Math.Abs(point.Z - z)));
            extent = Math.Max(extent, off);
        }

        return (new SpacePoint(x, y, z), extent);
    }

    /// <summary>Whether the least spread of the points is rounding: less than 1e-8 of the greatest.</summary>
    private static bool LiesInPlane(ReadOnlySpan<SpacePoint> points, SpacePoint mean, double extent)
    {
        if (!(extent > 0))
        {
            return true;
        }

        var spread = new double[3 * points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            spread[i] = (points[i].X - mean.X) / extent;
            spread[points.Length + i] = (points[i].Y - mean.Y) / extent;
            spread[(2 * points.Length) + i] = (points[i].Z - mean.Z) / extent;
        }

        return LeastSquares.Rank(spread, points.Length, 1e-8) < 3;
    }

    private static void Check(
        ReadOnlySpan<SpacePoint> head, ReadOnlySpan<ImagePoint> seen, ReadOnlySpan<double> covariance)
    {
        if (head.Length != seen.Length)
        {
            throw Wrong($"{head.Length} points of a head are seen at {seen.Length} places.", nameof(seen));
        }

        int size = 2 * head.Length;
        if (covariance.Length != (long)size * size)
        {
            throw Wrong($"The covariance of {head.Length} points is {size}x{size}, not {covariance.Length} values.",
                nameof(covariance));
        }

        for (int i = 0; i < head.Length; i++)
        {
            if (!head[i].IsFinite || !seen[i].IsFinite)
            {
                throw Wrong($"Point {i} is not finite: {head[i]}, {seen[i]}.",
                    head[i].IsFinite ? nameof(seen) : nameof(head));
            }
        }

        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                (double below, double above) = (covariance[(i * size) + j], covariance[(j * size) + i]);
                if (!(Math.Abs(below - above) <= 1e-8 * (Math.Abs(below) + Math.Abs(above))))
                {
                    throw Wrong(
                        $"The covariance is {below} at [{i}, {j}] and {above} at [{j}, {i}].", nameof(covariance));
                }
            }
        }
    }

    private static ArgumentException Wrong(FormattableString message, string name) =>
        new(message.ToString(CultureInfo.InvariantCulture), name);
}
