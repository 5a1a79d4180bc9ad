using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Dsl.Sessions;
using Models.Face.Evaluation;

namespace Samples.Identify;

/// <summary>What an embedding is worth on characters it was not trained on.</summary>
/// <param name="Curve">Of all pairs of the drawings to verify.</param>
/// <param name="OneShot">The share of one-shot test drawings whose nearest training drawing is of their character.</param>
internal sealed record IdentifyScore(VerificationCurve Curve, double OneShot)
{
    /// <summary>The rate of false accepts at which true ones are counted.</summary>
    public const double FalseAccepts = 1e-3;

    /// <summary>The share of genuine pairs accepted by the threshold that accepts one impostor pair of a thousand.</summary>
    public double TrueAccepts => Curve.TrueAcceptsAt(FalseAccepts);

    /// <summary>Scores are cosines of embeddings, the means of those of several networks.</summary>
    public static IdentifyScore Measure(IReadOnlyList<ModelSession> networks, GlyphData data)
    {
        float[][] drawings = Embedder.Embed(networks, [.. data.Verify.SelectMany(static c => c.Drawings)]);
        int[] characters = [.. data.Verify.SelectMany(static (c, i) => Enumerable.Repeat(i, c.Drawings.Count))];
        return new IdentifyScore(Verify(drawings, characters), Classify(networks, data.Runs));
    }

    /// <summary>All pairs, each once.</summary>
    private static VerificationCurve Verify(float[][] drawings, int[] characters)
    {
        var genuine = new List<float>();
        var impostors = new List<float>(drawings.Length * drawings.Length / 2);
        for (int i = 0; i < drawings.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (characters[i] == characters[j] ? genuine : impostors).Add(UnitVectors.Product(drawings[i], drawings[j]));
            }
        }

        return VerificationCurve.Of(
            CollectionsMarshal.AsSpan(genuine),
            CollectionsMarshal.AsSpan(impostors));
    }

    private static double Classify(IReadOnlyList<ModelSession> networks, IReadOnlyList<OneShotRun> runs)
    {
        (int right, int all) = (0, 0);
        foreach (OneShotRun run in runs)
        {
            float[][] training = Embedder.Embed(networks, run.Training);
            float[][] tests = Embedder.Embed(networks, [.. run.Tests.Select(static t => t.Drawing)]);
            for (int i = 0; i < tests.Length; i++)
            {
                float[] test = tests[i];
                int nearest = Enumerable.Range(0, training.Length).MaxBy(k => UnitVectors.Product(test, training[k]));
                right += nearest == run.Tests[i].Answer ? 1 : 0;
                all++;
            }
        }

        return (double)right / all;
    }
}
