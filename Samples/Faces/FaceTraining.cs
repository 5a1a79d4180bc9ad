using System;
using System.Diagnostics;
using Dsl;
using Dsl.Sessions;

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
        return new AdamW(Schedule.Cosine(Rate, Math.Max(1, steps - rise), Rate / 100).WarmUp(rise))
        {
            WeightDecay = 0.02f,
        };
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
                FaceCrop.Write(
                    face.Picture, FaceCrop.Jitter(FaceCrop.Align(face.Landmarks), random),
                    images.AsSpan(i * FaceCrop.Pixels, FaceCrop.Pixels));
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
}
