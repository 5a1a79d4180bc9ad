using System;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Face;
using Models.Face.Alignment;
using Xunit;

namespace Models.Tests.Face.Alignment;

/// <summary>Affine cameras.</summary>
public sealed class CameraFitTests
{
    [SkippableFact]
    public void The_camera_is_golden()
    {
        GoldenCase golden = GoldenCase.Open("affine_camera_gls");
        SpacePoint[] head = Head(golden.Doubles("aux.X3d"));
        ImagePoint[] seen = [.. golden.Doubles("aux.x2d").Chunk(2).Select(static p => new ImagePoint(p[0], p[1]))];
        AffineCamera camera = CameraFit.Fit(head, seen, golden.Doubles("aux.Sigma")).Transform;
        double[] expected = golden.Doubles("out.P");
        double[] actual = [.. Values(camera.Horizontal), .. Values(camera.Vertical)];
        double[] residual = golden.Doubles("out.residual");
        Assert.All(expected.Zip(actual), static pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        for (int i = 0; i < head.Length; i++)
        {
            ImagePoint there = camera.Project(head[i]);
            Assert.Equal(residual[2 * i], seen[i].X - there.X, 1e-12);
            Assert.Equal(residual[(2 * i) + 1], seen[i].Y - there.Y, 1e-12);
        }
    }

    [Fact]
    public void A_camera_is_recovered_whatever_the_covariance()
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 50; round++)
        {
            SpacePoint[] head = RandomHead(random, random.Next(4, 12), 1000 * random.NextDouble());
            AffineCamera made = new(RandomRow(random), RandomRow(random));
            AlignmentFit<AffineCamera> fit = CameraFit.Fit(
                head, Array.ConvertAll(head, made.Project), RandomCovariance(random, 2 * head.Length));
            foreach (SpacePoint point in head)
            {
                (ImagePoint expected, ImagePoint actual) = (made.Project(point), fit.Transform.Project(point));
                Assert.True(Math.Abs(expected.X - actual.X) + Math.Abs(expected.Y - actual.Y) < 1e-6,
                    $"seed {Seeds.Value}, round {round}: {expected}, {actual}");
            }
        }
    }

    [Fact]
    public void A_point_of_great_variance_counts_little()
    {
        var random = new Random(Seeds.Value);
        SpacePoint[] head = RandomHead(random, 8, 0);
        AffineCamera made = new(new(1, 0, 0, 5), new(0, 1, 0, 6));
        ImagePoint[] seen = Array.ConvertAll(head, made.Project);
        seen[3] = new ImagePoint(1000, -1000);
        double[] covariance = Identity(16);
        (covariance[(6 * 16) + 6], covariance[(7 * 16) + 7]) = (1e12, 1e12);
        AffineCamera camera = CameraFit.Fit(head, seen, covariance).Transform;
        Assert.All(
            Values(made.Horizontal).Zip(Values(camera.Horizontal)),
            static pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void What_does_not_determine_a_camera_is_not_alignable()
    {
        var random = new Random(Seeds.Value);
        SpacePoint[] head = RandomHead(random, 6, 10);
        ImagePoint[] seen = [.. head.Select(static p => new ImagePoint(p.X, p.Y))];
        SpacePoint[] plane = [.. head.Select(static p => new SpacePoint(p.X, p.Y, 3 + (0.3 * p.X) - (1.7 * p.Y)))];
        SpacePoint[] spot = [.. head.Select(static _ => new SpacePoint(0.1, 0.2, 0.3))];
        Assert.Equal(AlignmentFailure.TooFewPoints,
            CameraFit.Fit(head.AsSpan(0, 3), seen.AsSpan(0, 3), Identity(6)).Failure);
        Assert.Equal(AlignmentFailure.TooFewPoints, CameraFit.Fit([], [], []).Failure);
        Assert.Equal(AlignmentFailure.DegeneratePoints, CameraFit.Fit(plane, seen, Identity(12)).Failure);
        Assert.Equal(AlignmentFailure.DegeneratePoints, CameraFit.Fit(spot, seen, Identity(12)).Failure);
        Assert.Equal(AlignmentFailure.SingularCovariance, CameraFit.Fit(head, seen, new double[144]).Failure);

        // The variance of one coordinate is zero, then negative; then two coordinates have the same error.
        foreach (double bad in (double[])[0, -1])
        {
            double[] covariance = Identity(12);
            covariance[(5 * 12) + 5] = bad;
            Assert.Equal(AlignmentFailure.SingularCovariance, CameraFit.Fit(head, seen, covariance).Failure);
        }

        double[] same = Identity(12);
        (same[(4 * 12) + 5], same[(5 * 12) + 4]) = (1, 1);
        Assert.Equal(AlignmentFailure.SingularCovariance, CameraFit.Fit(head, seen, same).Failure);
        Assert.True(CameraFit.Fit(head, seen, Identity(12)).IsAlignable);
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        SpacePoint[] head = RandomHead(new Random(Seeds.Value), 4, 0);
        var seen = new ImagePoint[4];
        Assert.Equal("seen", Assert.Throws<ArgumentException>(
            () => CameraFit.Fit(head, seen.AsSpan(1), Identity(8))).ParamName);
        Assert.Equal("covariance", Assert.Throws<ArgumentException>(
            () => CameraFit.Fit(head, seen, Identity(7))).ParamName);
        double[] skew = Identity(8);
        skew[1] = 0.5;
        Assert.Contains("[1, 0]", Assert.Throws<ArgumentException>(
            () => CameraFit.Fit(head, seen, skew)).Message, StringComparison.Ordinal);
        skew[8] = skew[1] = double.NaN;
        Assert.Throws<ArgumentException>(() => CameraFit.Fit(head, seen, skew));
        seen[2] = new ImagePoint(double.NaN, 0);
        Assert.Contains("Point 2", Assert.Throws<ArgumentException>(
            () => CameraFit.Fit(head, seen, Identity(8))).Message, StringComparison.Ordinal);
    }

    private static double[] Values(CameraRow row) => [row.X, row.Y, row.Z, row.Constant];

    private static SpacePoint[] Head(double[] values) =>
        [.. values.Chunk(3).Select(static p => new SpacePoint(p[0], p[1], p[2]))];

    private static SpacePoint[] RandomHead(Random random, int count, double away) =>
    [
        .. Enumerable.Range(0, count).Select(
            _ => new SpacePoint(away + random.NextDouble(), random.NextDouble() - away, random.NextDouble())),
    ];

    private static CameraRow RandomRow(Random random) => new(
        random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5, 100 * random.NextDouble());

    private static double[] Identity(int size) =>
        [.. Enumerable.Range(0, size * size).Select(i => i / size == i % size ? 1.0 : 0)];

    private static double[] RandomCovariance(Random random, int size)
    {
        double[] factor = [.. Enumerable.Range(0, size * size).Select(_ => random.NextDouble() - 0.5)];
        return [.. Enumerable.Range(0, size * size).Select(at =>
            (at / size == at % size ? 0.1 : 0) + Enumerable.Range(0, size).Sum(
                k => factor[(at / size * size) + k] * factor[(at % size * size) + k]))];
    }
}
