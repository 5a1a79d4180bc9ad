using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Models.Face;
using Samples.Faces;
using Xunit;

namespace Models.Tests.Face;

/// <summary>The faces that the sample <c>faces</c> draws.</summary>
public sealed class DrawnFacesTests
{
    private static readonly ulong s_seed = (ulong)Seeds.Value;
    private static readonly FaceRenderer s_unused = new();

    [Fact]
    public void A_picture_depends_on_its_arguments_alone()
    {
        FaceIdentity[] people = DrawnPeople.Unseen(s_seed, 2);
        FaceView view = FaceView.Draw(Chance.Of(s_seed, 9, 0));
        var renderer = new FaceRenderer();
        float[] first = renderer.Draw(people[0], view).Picture.Values;
        float[] other = renderer.Draw(people[1], view).Picture.Values;

        // Nothing of the face before is left, and the same numbers make the same person again.
        FaceIdentity again = DrawnPeople.Unseen(s_seed, 1)[0];
        Assert.Equal(first, renderer.Draw(again, FaceView.Draw(Chance.Of(s_seed, 9, 0))).Picture.Values);
        Assert.Equal(first, s_unused.Draw(people[0], view).Picture.Values);
        Assert.NotEqual(first, other);
        Assert.NotEqual(first, renderer.Draw(people[0], FaceView.Draw(Chance.Of(s_seed, 9, 1))).Picture.Values);
        Assert.All(first, static v => Assert.InRange(v, 0, 255));
    }

    [Fact]
    public void People_differ_more_than_pictures_of_one_in_the_same_pose()
    {
        var renderer = new FaceRenderer();
        float[][] pictures =
        [
            .. DrawnPeople.Train(s_seed, 60).Concat(DrawnPeople.Unseen(s_seed, 60))
                .Select(p => renderer.Draw(p, FaceView.Plain).Picture.Values)
        ];
        float nearest = Enumerable.Range(0, pictures.Length)
            .SelectMany(i => Enumerable.Range(0, i).Select(j => Difference(pictures[i], pictures[j]))).Min();
        FaceIdentity someone = DrawnPeople.Unseen(s_seed, 1)[0];
        float noise = Difference(
            renderer.Draw(someone, FaceView.Plain with { Noise = 2, Grain = 1 }).Picture.Values,
            renderer.Draw(someone, FaceView.Plain with { Noise = 2, Grain = 2 }).Picture.Values);
        Assert.InRange(noise, 1, 4);
        Assert.True(nearest > noise, $"seed {s_seed}: two people differ by {nearest}, noise alone makes {noise}");
    }

    [Fact]
    public void Landmarks_lie_in_the_picture_and_in_order()
    {
        List<(int Person, DrawnFace Face)> pictures = DrawnPeople.Pictures(s_seed, DrawnPeople.Unseen(s_seed, 40), 5);
        Assert.All(pictures, p =>
        {
            IReadOnlyList<ImagePoint> marks = p.Face.Landmarks;
            Assert.All(marks, m => Assert.True(
                m.X > 0 && m.X < DrawnPeople.Side && m.Y > 0 && m.Y < DrawnPeople.Side,
                $"seed {s_seed}, person {p.Person}: {m}"));
            Assert.True(
                marks[0].X < marks[1].X && marks[3].X < marks[4].X && marks[2].Y > (marks[0].Y + marks[1].Y) / 2
                    && marks[2].Y < (marks[3].Y + marks[4].Y) / 2,
                $"seed {s_seed}, person {p.Person}: {string.Join(' ', marks)}");
        });
    }

    [Fact]
    public void Landmarks_are_where_the_eyes_are()
    {
        // A pupil is the darkest thing of an evenly lit face with light skin and hair, however the head is turned.
        var random = new Random(Seeds.Value);
        foreach (FaceIdentity person in DrawnPeople.Unseen(s_seed, 30))
        {
            var pose = new FacePose(
                random.Uniform(-0.4f, 0.4f), random.Uniform(-0.2f, 0.2f), random.Uniform(-0.3f, 0.3f), 38, default);
            DrawnFace face = new FaceRenderer().Draw(
                person with { Skin = new Vector3(0.9f), HairColor = Vector3.One, Hairline = (1.2f, 0, 0, 1.2f) },
                FaceView.Plain with { Pose = pose });
            for (int eye = 0; eye < 2; eye++)
            {
                (int x, int y) = ((int)Math.Round(face.Landmarks[eye].X), (int)Math.Round(face.Landmarks[eye].Y));
                float darkest = Enumerable.Range(0, 9).Min(i => face.Picture[1, y - 1 + (i / 3), x - 1 + (i % 3)]);
                Assert.True(darkest < 65, $"seed {Seeds.Value}, {pose}: the darkest pixel near eye {eye} is {darkest}");
            }
        }
    }

    [Fact]
    public void A_turned_head_moves_what_stands_out_the_farthest()
    {
        foreach (FaceIdentity person in DrawnPeople.Unseen(s_seed, 20))
        {
            double[] sideways =
                [.. new[] { -0.4f, -0.2f, 0, 0.2f, 0.4f }.Select(yaw => NoseFromEyes(person, yaw, 0).X)];
            Assert.True(sideways.SequenceEqual(sideways.Order()), $"seed {s_seed}: {string.Join(' ', sideways)}");
            Assert.Equal(0, sideways[2], 1e-3);
            Assert.Equal(sideways[4], -sideways[0], 1e-3);

            // By half the nose's own standing out at least: sin(0.4) of it.
            Assert.True(sideways[4] > 0.5 * 38 * 0.39 * person.Nose.Out, $"seed {s_seed}: {sideways[4]}");
            double[] down = [.. new[] { -0.2f, 0, 0.2f }.Select(pitch => NoseFromEyes(person, 0, pitch).Y)];
            Assert.True(down.SequenceEqual(down.Order()), $"seed {s_seed}: {string.Join(' ', down)}");
        }
    }

    [Fact]
    public void Roll_scale_and_shift_are_a_similarity_of_the_picture()
    {
        FaceIdentity person = DrawnPeople.Unseen(s_seed, 1)[0];
        IReadOnlyList<ImagePoint> plain = new FaceRenderer().Draw(person, FaceView.Plain).Landmarks;
        var pose = new FacePose(0, 0, 0.3f, 30, new Vector2(3, -5));
        IReadOnlyList<ImagePoint> turned =
            new FaceRenderer().Draw(person, FaceView.Plain with { Pose = pose }).Landmarks;
        (double sin, double cos) = Math.SinCos(pose.Roll);
        const double Middle = (FacePose.Side - 1) / 2.0;
        for (int i = 0; i < plain.Count; i++)
        {
            double x = (plain[i].X - Middle - FacePose.Frontal.Shift.X) * 30 / 38;
            double y = (plain[i].Y - Middle - FacePose.Frontal.Shift.Y) * 30 / 38;
            Assert.Equal((cos * x) - (sin * y) + Middle + 3, turned[i].X, 1e-3);
            Assert.Equal((sin * x) + (cos * y) + Middle - 5, turned[i].Y, 1e-3);
        }
    }

    [Fact]
    public void A_smile_parts_and_lifts_the_corners_of_the_mouth()
    {
        FaceIdentity person = DrawnPeople.Unseen(s_seed, 1)[0];
        DrawnFace plain = new FaceRenderer().Draw(person, FaceView.Plain);
        DrawnFace smiling = new FaceRenderer().Draw(
            person, FaceView.Plain with { Expression = new FaceExpression(1, 0, 0, 0) });
        for (int corner = 3; corner < 5; corner++)
        {
            (ImagePoint before, ImagePoint after) = (plain.Landmarks[corner], smiling.Landmarks[corner]);
            Assert.True(corner == 3 ? after.X < before.X - 2 : after.X > before.X + 2, $"{before} {after}");
            Assert.True(after.Y < before.Y - 2, $"{before} {after}");
        }

        Assert.Equal(plain.Landmarks.Take(3), smiling.Landmarks.Take(3));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_side_of_the_lamp_is_the_brighter_one(int side)
    {
        FaceIdentity person = DrawnPeople.Unseen(s_seed, 1)[0];
        var light = new FaceLight(Vector3.Normalize(new Vector3(side, 0, 1)), 0.8f, 0.2f, Vector3.One, 1);
        DrawnFace face = new FaceRenderer().Draw(person, FaceView.Plain with { Light = light });
        (ImagePoint left, ImagePoint right) = (face.Landmarks[0], face.Landmarks[1]);

        // On the cheeks, below the eyes.
        float[] cheeks =
        [
            .. new[] { left, right }.Select(eye => Enumerable.Range(0, 36).Average(i =>
                face.Picture[1, (int)eye.Y + 12 + (i / 6), (int)eye.X - 3 + (i % 6)]))
        ];
        Assert.True(
            side < 0 ? cheeks[0] > cheeks[1] + 20 : cheeks[1] > cheeks[0] + 20,
            $"seed {s_seed}: {cheeks[0]}, {cheeks[1]}");
    }

    /// <summary>The tip of the nose from the middle between the eyes, in pixels.</summary>
    private static (double X, double Y) NoseFromEyes(FaceIdentity person, float yaw, float pitch)
    {
        IReadOnlyList<ImagePoint> marks = new FaceRenderer().Draw(
            person, FaceView.Plain with { Pose = FacePose.Frontal with { Yaw = yaw, Pitch = pitch } }).Landmarks;
        return (marks[2].X - ((marks[0].X + marks[1].X) / 2), marks[2].Y - ((marks[0].Y + marks[1].Y) / 2));
    }

    private static float Difference(float[] a, float[] b) => a.Zip(b, static (x, y) => MathF.Abs(x - y)).Average();
}
