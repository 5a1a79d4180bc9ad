using System;
using System.Collections.Generic;
using System.Diagnostics;
using Dsl;
using Dsl.Sessions;

namespace Samples.Identify;

/// <summary>Trains an embedding. Everything but the model follows from the seed: order, jitter and rates are the same for
/// every kind.</summary>
internal static class GlyphTraining
{
    /// <summary>Drawings of a step.</summary>
    public const int Batch = 64;

    /// <summary>The highest learning rate unless the user says otherwise.</summary>
    public const double Rate = 3e-3;

    /// <summary>Quarter turns, each a class of its own.</summary>
    public const int Turns = 4;

    /// <summary>Steps of an epoch: a rest that fills no batch is left for others, as the order changes.</summary>
    public static int StepsOf(IReadOnlyList<Character> characters) => Math.Max(1, Samples(characters).Count / Batch);

    /// <summary>AdamW, whose rate rises for a twentieth of the steps and then falls like a cosine.</summary>
    public static Optimizer Optimizer(IReadOnlyList<Character> characters, int epochs, float rate)
    {
        long steps = (long)epochs * StepsOf(characters);
        long rise = Math.Max(1, steps / 20);
        return new AdamW(Schedule.Cosine(rate, Math.Max(1, steps - rise), rate / 100).WarmUp(rise))
        {
            WeightDecay = 0.02f,
        };
    }

    /// <summary>Trains.</summary>
    /// <param name="session">The model, with an optimiser.</param>
    /// <param name="pairs">Whether the loss takes pairs, half of them of one class.</param>
    /// <param name="characters">Each in four turns is four classes.</param>
    /// <param name="epochs">How often every drawing is seen in every turn.</param>
    /// <param name="seed">Of order and jitter.</param>
    /// <param name="progress">Told the mean loss of each epoch.</param>
    /// <returns>Seconds.</returns>
    public static double Run(
        ModelSession session,
        bool pairs,
        IReadOnlyList<Character> characters,
        int epochs,
        ulong seed,
        Action<int, double> progress)
    {
        List<GlyphSample> samples = Samples(characters);
        GlyphSample[] order = [.. samples];
        int steps = StepsOf(characters);
        var random = new Random(unchecked((int)((seed * 2654435761) + 23)));
        int batch = Math.Min(Batch, order.Length);
        var images = new float[batch * Shrink.Pixels];
        var classes = new int[batch];
        var same = new float[batch / 2];
        (string Name, int Value) size = pairs ? ("p", batch / 2) : ("b", batch);
        long start = Stopwatch.GetTimestamp();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            if (pairs)
            {
                order = PairOrder.Draw(samples, random);
            }
            else
            {
                random.Shuffle(order);
            }

            double sum = 0;
            for (int step = 0; step < steps; step++)
            {
                for (int i = 0; i < batch; i++)
                {
                    // Of pairs the first drawings come first.
                    int at = pairs ? (i / 2) + (i % 2 * same.Length) : i;
                    (Glyph drawing, int turns, classes[at]) = order[(step * batch) + i];
                    Shrink.Jittered(drawing, turns, random, images.AsSpan(at * Shrink.Pixels));
                }

                session.Begin(EntryPoint.Train, size);
                session.Write(0, images);
                session.Write(1, classes);
                if (pairs)
                {
                    for (int i = 0; i < same.Length; i++)
                    {
                        same[i] = classes[i] == classes[i + same.Length] ? 1 : 0;
                    }

                    session.Write(2, same);
                }

                session.Run();
                sum += session.ReadScalar();
                session.Optimizer!.Update(session);
            }

            progress(epoch + 1, sum / steps);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static List<GlyphSample> Samples(IReadOnlyList<Character> characters)
    {
        var samples = new List<GlyphSample>();
        for (int i = 0; i < characters.Count; i++)
        {
            foreach (Glyph drawing in characters[i].Drawings)
            {
                for (int turns = 0; turns < Turns; turns++)
                {
                    samples.Add(new GlyphSample(drawing, turns, (Turns * i) + turns));
                }
            }
        }

        return samples;
    }
}
