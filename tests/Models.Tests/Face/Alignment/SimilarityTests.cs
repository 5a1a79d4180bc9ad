using System;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Face;
using Models.Face.Alignment;
using Xunit;

namespace Models.Tests.Face.Alignment;

/// <summary>Similarities between landmarks.</summary>
public sealed class SimilarityTests
{
    [SkippableFact]
    public void Similarities_and_templates_are_golden()
    {
        GoldenCase golden = GoldenCase.Open("align_similarity_112");
        Assert.Equal(Points(golden.Doubles("aux.template112")), FaceTemplate.Square112.Points);
        Assert.Equal(Points(golden.Doubles("aux.template112x96")), FaceTemplate.Portrait112x96.Points);
        ImagePoint[] landmarks = Points(golden.Doubles("aux.landmarks"));
        double[] expected = golden.Doubles("out.M_2x3");
        for (int i = 0; i < landmarks.Length / 5; i++)
        {
            AffineTransform m =
                Similarity.ToTemplate(landmarks.AsSpan(5 * i, 5), FaceTemplate.Square112).Transform;
            AssertClose(expected.AsSpan(6 * i, 6), [m.Xx, m.Xy, m.X0, m.Yx, m.Yy, m.Y0], 1e-12);

            // The narrow template is the square one without 8 pixels at the left.
            AffineTransform narrow =
                Similarity.ToTemplate(landmarks.AsSpan(5 * i, 5), FaceTemplate.Portrait112x96).Transform;
            AssertClose(
                [m.Xx, m.Xy, m.X0 - 8, m.Yx, m.Yy, m.Y0],
                [narrow.Xx, narrow.Xy, narrow.X0, narrow.Yx, narrow.Yy, narrow.Y0], 1e-12);
        }
    }

    [Fact]
    public void A_similarity_is_recovered()
    {
        var random = new Random(Seeds.Value);
        for (int round = 0; round < 200; round++)
        {
            (double angle, double scale) = (random.NextDouble() * 7, Math.Exp((random.NextDouble() * 8) - 4));
            (double a, double b) = (scale * Math.Cos(angle), scale * Math.Sin(angle));
            var made = new AffineTransform(a, -b, (random.NextDouble() * 200) - 100, b, a, random.NextDouble() * 200);
            var source = new ImagePoint[random.Next(2, 9)];
            for (int i = 0; i < source.Length; i++)
            {
                source[i] = new ImagePoint(random.NextDouble() * 500, random.NextDouble() * 500);
            }

            ImagePoint[] target = Array.ConvertAll(source, made.Apply);
            AlignmentFit<AffineTransform> fit = Similarity.Fit(source, target);
            for (int i = 0; i < source.Length; i++)
            {
                ImagePoint there = fit.Transform.Apply(source[i]);
                ImagePoint back = fit.Transform.Inverse().Apply(there);
                string where = $"seed {Seeds.Value}, round {round}, point {i}";
                Assert.True(Distance(there, target[i]) < 1e-9 * (1 + scale), where);
                Assert.True(Distance(back, source[i]) < 1e-9, where);
            }
        }
    }

    [Fact]
    public void Nothing_near_it_is_better()
    {
        var random = new Random(Seeds.Value);
        ImagePoint[] source =
            [.. Enumerable.Range(0, 5).Select(_ => new ImagePoint(random.NextDouble(), random.NextDouble()))];
        ImagePoint[] target = [.. FaceTemplate.Square112.Points];
        AffineTransform m = Similarity.ToTemplate(source, FaceTemplate.Square112).Transform;
        double best = Error(m);
        for (int i = 0; i < 100; i++)
        {
            double[] step = [.. Enumerable.Range(0, 4).Select(_ => (random.NextDouble() - 0.5) * 0.1)];
            (double a, double b) = (m.Xx + step[0], m.Yx + step[1]);
            Assert.True(Error(new AffineTransform(a, -b, m.X0 + step[2], b, a, m.Y0 + step[3])) > best,
                $"seed {Seeds.Value}, step {i}");
        }

        double Error(AffineTransform t) =>
            source.Zip(target).Sum(pair => Math.Pow(Distance(t.Apply(pair.First), pair.Second), 2));
    }

    [Fact]
    public void What_does_not_determine_a_similarity_is_not_alignable()
    {
        ImagePoint[] square = [new(0, 0), new(1, 0), new(1, 1), new(0, 1)];
        ImagePoint[] mirrored = [new(1, 0), new(0, 0), new(0, 1), new(1, 1)];
        ImagePoint[] one = [.. Enumerable.Repeat(new ImagePoint(0.1, 1000.3), 4)];
        Assert.Equal(AlignmentFailure.DegeneratePoints, Similarity.Fit(one, square).Failure);
        Assert.Equal(AlignmentFailure.DegeneratePoints, Similarity.Fit(square, one).Failure);
        Assert.Equal(AlignmentFailure.DegeneratePoints, Similarity.Fit(square, mirrored).Failure);
        Assert.Equal(AlignmentFailure.TooFewPoints, Similarity.Fit([new(1, 2)], [new(3, 4)]).Failure);
        AlignmentFit<AffineTransform> none = Similarity.Fit([], []);
        Assert.False(none.IsAlignable);
        Assert.Contains("not alignable", Assert.Throws<InvalidOperationException>(
            () => none.Transform).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_landmarks_are_named()
    {
        ImagePoint[] five = [.. FaceTemplate.Square112.Points];
        Assert.Throws<ArgumentException>(() => Similarity.ToTemplate(five.AsSpan(1), FaceTemplate.Square112));
        foreach (double bad in (double[])[double.NaN, double.PositiveInfinity])
        {
            ImagePoint[] wrong = [.. five];
            wrong[3] = new ImagePoint(0, bad);
            ArgumentException error = Assert.Throws<ArgumentException>(
                () => Similarity.ToTemplate(wrong, FaceTemplate.Square112));
            Assert.Contains("Landmark 3", error.Message, StringComparison.Ordinal);
            Assert.Equal("source", error.ParamName);
        }

        Assert.Throws<InvalidOperationException>(() => new AffineTransform(1, 2, 0, 2, 4, 0).Inverse());
        Assert.Throws<InvalidOperationException>(() => new AffineTransform(1, 0, double.NaN, 0, 1, 0).Inverse());
        Assert.Throws<InvalidOperationException>(() => default(AffineTransform).Inverse());
    }

    private static ImagePoint[] Points(double[] values) =>
        [.. values.Chunk(2).Select(static p => new ImagePoint(p[0], p[1]))];

    private static double Distance(ImagePoint a, ImagePoint b) =>
        Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance * (1 + Math.Abs(expected[i])));
        }
    }
}
