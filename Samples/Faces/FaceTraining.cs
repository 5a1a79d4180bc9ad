using System;
using System.Diagnostics;
using Dsl;
using Dsl.Sessions;
using Models.Face.Alignment;

namespace Samples.Faces;

/// <summary>Trains the network on faces that are drawn for each step: no picture is seen twice.</summary>
internal static class FaceTraining
{
    /// <summary>Pictures of a step.</summary>
    public const int Batch = 64;

    /// <summary>The highest learning rate.</summary>
    public const float Rate = 2e-3f;

    /// <summary>Steps between two reports.</summary>
    public const int Report = 100;

    /// <summary>AdamW, whose rate rises for a twentieth of the steps and then falls like a cosine.</summary>
    public static Optimizer Optimizer(int steps)
    {
        long rise = Math.Max(1, steps / 20);
        return new AdamW(Schedule.Cosine(Rate, Math.Max(1, steps - rise), Rate / 100).WarmUp(rise)) { WeightDecay = 0.02f };
    }

    /// <summary>Trains.</summary>
    /// <param name="session">The network, with an optimiser.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="seed">Of the identities and their pictures.</param>
    /// <param name="progress">Told the mean loss of every <see cref="Report"/> steps.</param>
    /// <returns>Seconds, and those of them that drawing took.</returns>
    public static (double Seconds, double Drawing) Run(
        ModelSession session, int steps, ulong seed, Action<int, double> progress)
    {
        FaceIdentity[] people = DrawnPeople.Train(seed, FaceNet.Classes);
        var renderer = new FaceRenderer(DrawnPeople.Side);
        AffineTransform rule = DrawnPeople.Rule(people, seed);
        var images = new float[Batch * FaceCrop.Pixels];
        var persons = new int[Batch];
        long start = Stopwatch.GetTimestamp();
        (double sum, double drawing) = (0, 0);
        for (int step = 0; step < steps; step++)
        {
            long draw = Stopwatch.GetTimestamp();
            Random random = Chance.Of(seed, DrawnPeople.TrainingViews, step);
            for (int i = 0; i < Batch; i++)
            {
                persons[i] = random.Next(people.Length);
                DrawnFace face = renderer.Draw(people[persons[i]], FaceView.Draw(random));

                // Half of them are aligned, the others cut out as faces without landmarks are.
                AffineTransform map = random.Happens(0.5) ? FaceCrop.Align(face.Landmarks) : rule;
                Span<float> image = images.AsSpan(i * FaceCrop.Pixels, FaceCrop.Pixels);
                FaceCrop.Write(face.Picture, FaceCrop.Jitter(map, random), image);
                Smudge(random, image);
            }

            drawing += Stopwatch.GetElapsedTime(draw).TotalSeconds;
            session.Begin(EntryPoint.Train, ("b", Batch));
            session.Write(0, images);
            session.Write(1, persons);
            session.Run();
            sum += session.ReadScalar();
            session.Optimizer!.Update(session);
            if ((step + 1) % Report == 0)
            {
                progress(step + 1, sum / Report);
                sum = 0;
            }
        }

        return (Stopwatch.GetElapsedTime(start).TotalSeconds, drawing);
    }

    /// <summary>Lightens or darkens a few round places of an image: no single place is to be relied on.</summary>
    private static void Smudge(Random random, Span<float> image)
    {
        for (int count = random.Next(4); count > 0; count--)
        {
            float middleX = random.Uniform(0, FaceCrop.Side);
            float middleY = random.Uniform(0, FaceCrop.Side);
            float radius = random.Uniform(3, 12);
            float lift = random.Normal(0, 0.2f);
            int bottom = Math.Min(FaceCrop.Side - 1, (int)(middleY + radius));
            int right = Math.Min(FaceCrop.Side - 1, (int)(middleX + radius));
            for (int y = Math.Max(0, (int)(middleY - radius)); y <= bottom; y++)
            {
                for (int x = Math.Max(0, (int)(middleX - radius)); x <= right; x++)
                {
                    float far = (((x - middleX) * (x - middleX)) + ((y - middleY) * (y - middleY))) / (radius * radius);
                    float add = lift * Math.Max(0, 1 - far);
                    for (int c = 0; c < 3; c++)
                    {
                        ref float value = ref image[(((c * FaceCrop.Side) + y) * FaceCrop.Side) + x];
                        value = Math.Clamp(value + add, -1, 1);
                    }
                }
            }
        }
    }
}
