using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Models.Face;
using Models.Face.Alignment;
using Samples.Faces;
using Xunit;

namespace Models.Tests.Face;

/// <summary>Umeyama's alignment on drawn faces, of which it is known how they were held.</summary>
public sealed class FaceCropTests
{
    private static readonly ulong s_seed = (ulong)Seeds.Value;

    [Fact]
    public void The_alignment_of_a_frontal_face_is_how_it_was_drawn()
    {
        var random = new Random(Seeds.Value);
        var renderer = new FaceRenderer();
        foreach (FaceIdentity person in DrawnPeople.Unseen(s_seed, 50))
        {
            var pose = new FacePose(
                0, 0, random.Uniform(-0.5f, 0.5f), random.Uniform(25, 45),
                new Vector2(random.Uniform(-9, 9), random.Uniform(-9, 9)));
            IReadOnlyList<ImagePoint> plain = renderer.Draw(person, FaceView.Plain).Landmarks;
            IReadOnlyList<ImagePoint> held = renderer.Draw(person, FaceView.Plain with { Pose = pose }).Landmarks;
            (AffineTransform before, AffineTransform after) = (FaceCrop.Align(plain), FaceCrop.Align(held));
            string where = $"seed {s_seed}, {pose}";

            // What the head was turned by is turned back, what it was scaled by is scaled back; the template itself
            // leans by 0.2 degrees.
            Assert.True(Math.Abs(Angle(before)) < 0.01, where);
            Assert.True(Math.Abs(Angle(before) - Angle(after) - pose.Roll) < 1e-4, where);
            double scaled = Scale(after) * pose.Scale / (Scale(before) * FacePose.Frontal.Scale);
            Assert.True(Math.Abs(scaled - 1) < 1e-4, where);
            for (int i = 0; i < plain.Count; i++)
            {
                Assert.True(Distance(before.Apply(plain[i]), after.Apply(held[i])) < 0.01, where);
            }
        }
    }

    [Fact]
    public void Aligned_landmarks_lie_near_the_template()
    {
        double[] frontal = Residuals(v => v with { Pose = v.Pose with { Yaw = 0, Pitch = 0 }, Expression = default });
        double[] any = Residuals(static v => v);
        string found = $"seed {s_seed}: frontal {frontal.Average():F2}, at most {frontal.Max():F2}; "
            + $"all {any.Average():F2}, at most {any.Max():F2}";
        Assert.True(frontal.Average() < 2.2 && frontal.Max() < 7, found);
        Assert.True(any.Average() < 3.2 && any.Max() < 9, found);
    }

    [Fact]
    public void No_similarity_near_by_is_better()
    {
        var random = new Random(Seeds.Value);
        foreach ((int person, DrawnFace face) in DrawnPeople.Pictures(s_seed, DrawnPeople.Unseen(s_seed, 20), 2))
        {
            AffineTransform best = FaceCrop.Align(face.Landmarks);
            double least = FaceCrop.Residual(face.Landmarks, best);
            for (int i = 0; i < 20; i++)
            {
                (double a, double b) = (best.Xx + (0.01 * random.Normal(0, 1)), best.Yx + (0.01 * random.Normal(0, 1)));
                var other = new AffineTransform(
                    a, -b, best.X0 + random.Normal(0, 1), b, a, best.Y0 + random.Normal(0, 1));
                Assert.True(FaceCrop.Residual(face.Landmarks, other) >= least, $"seed {s_seed}, person {person}");
            }
        }
    }

    [Fact]
    public void Aligned_pixels_do_not_tell_how_the_head_was_held()
    {
        var renderer = new FaceRenderer();
        foreach (FaceIdentity person in DrawnPeople.Unseen(s_seed, 10))
        {
            DrawnFace plain = renderer.Draw(person, FaceView.Plain);
            DrawnFace held = renderer.Draw(
                person, FaceView.Plain with { Pose = new FacePose(0, 0, 0.25f, 34, new Vector2(5, -3)) });
            AffineTransform rule = FaceCrop.Align(plain.Landmarks);
            float[] expected = FaceCrop.Warp(plain.Picture, rule);
            float aligned = Middle(expected, FaceCrop.Warp(held.Picture, FaceCrop.Align(held.Landmarks)));
            float unaligned = Middle(expected, FaceCrop.Warp(held.Picture, rule));
            Assert.True(
                aligned < 7 && aligned < 0.5f * unaligned, $"seed {s_seed}: {aligned} aligned, {unaligned} unaligned");
        }
    }

    [Fact]
    public void The_network_sees_means_of_four_pixels()
    {
        DrawnFace face = new FaceRenderer().Draw(DrawnPeople.Unseen(s_seed, 1)[0], FaceView.Plain);
        AffineTransform map = FaceCrop.Align(face.Landmarks);
        float[] large = FaceCrop.Warp(face.Picture, map);
        var image = new float[FaceCrop.Pixels];
        FaceCrop.Write(face.Picture, map, image);
        Assert.All(image, static v => Assert.InRange(v, -1, 1));
        foreach ((int channel, int y, int x) in
            (ReadOnlySpan<(int, int, int)>)[(0, 0, 0), (1, 20, 31), (2, 55, 55), (0, 30, 9)])
        {
            float mean = Enumerable.Range(0, 4).Average(i =>
                large[(channel * 112 * 112) + (((2 * y) + (i / 2)) * 112) + (2 * x) + (i % 2)]);
            Assert.Equal(mean / 128, image[(((channel * FaceCrop.Side) + y) * FaceCrop.Side) + x], 1e-5f);
        }
    }

    [Fact]
    public void The_residual_is_a_root_of_a_mean_of_squares()
    {
        ImagePoint[] marks = [.. FaceTemplate.Square112.Points];
        var same = new AffineTransform(1, 0, 0, 0, 1, 0);
        Assert.Equal(0, FaceCrop.Residual(marks, same));
        Assert.Equal(5, FaceCrop.Residual(marks, FaceCrop.Shift(same, 3, -4)), 1e-9);
        marks[2] = new ImagePoint(marks[2].X, marks[2].Y + 10);
        Assert.Equal(Math.Sqrt(100 / 5.0), FaceCrop.Residual(marks, same), 1e-9);
    }

    [Fact]
    public void One_rule_is_that_of_the_mean_face()
    {
        ImagePoint[] first = [.. FaceTemplate.Square112.Points.Select(static p => new ImagePoint(p.X + 10, p.Y))];
        ImagePoint[] second = [.. FaceTemplate.Square112.Points.Select(static p => new ImagePoint(p.X, p.Y + 6))];
        AffineTransform rule = FaceCrop.Fixed([first, second]);
        Assert.Equal((1, 0, -5, 0, 1, -3), (
            Math.Round(rule.Xx, 9), Math.Round(rule.Xy, 9), Math.Round(rule.X0, 9), Math.Round(rule.Yx, 9),
            Math.Round(rule.Yy, 9), Math.Round(rule.Y0, 9)));
    }

    [Fact]
    public void Scores_count_pairs_and_ranks()
    {
        // Two people, two pictures each; both second pictures are more like the other's first.
        float[][] vectors = [[1, 0, 0], [0.8f, 0.6f, 0], [0.6f, 0.8f, 0], [0.1f, 0, 1]];
        var all = FaceScore.OfAll(vectors, [0, 0, 1, 1]);
        Assert.Equal((2, 4), (all.Curve.Genuine, all.Curve.Impostors));
        Assert.Equal(0, all.Rank1);
        var two = FaceScore.OfTwo([vectors[0], vectors[3]], [vectors[1], vectors[3]]);
        Assert.Equal((2, 2, 0.0, 1.0), (two.Curve.Genuine, two.Curve.Impostors, two.EqualErrorRate, two.Rank1));
        Assert.All(
            FaceVectors.Sum([.. FaceVectors.Centred(vectors).Select(static v => new List<float[]> { v })])[0],
            static v => Assert.Equal(0, v, 1e-6f));
    }

    private static double[] Residuals(Func<FaceView, FaceView> change)
    {
        var renderer = new FaceRenderer(DrawnPeople.Side);
        return
        [
            .. DrawnPeople.Unseen(s_seed, 150).Select((person, i) =>
            {
                FaceView view = change(FaceView.Draw(Chance.Of(s_seed, 9, i)));
                IReadOnlyList<ImagePoint> marks = renderer.Draw(person, view).Landmarks;
                return FaceCrop.Residual(marks, FaceCrop.Align(marks));
            })
        ];
    }

    private static double Distance(ImagePoint a, ImagePoint b) =>
        Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    private static double Angle(AffineTransform map) => Math.Atan2(map.Yx, map.Xx);

    private static double Scale(AffineTransform map) => Math.Sqrt(map.Determinant);

    /// <summary>The mean difference in the middle, where there is face in both.</summary>
    private static float Middle(float[] a, float[] b)
    {
        const int Side = 112;
        return Enumerable.Range(0, 3 * Side * Side)
            .Where(static i => i % Side is > 28 and < 84 && i / Side % Side is > 34 and < 100)
            .Average(i => MathF.Abs(a[i] - b[i]));
    }
}
