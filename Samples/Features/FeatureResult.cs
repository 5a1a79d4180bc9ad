using System;
using Dsl;
using Dsl.Data;
using Dsl.Sessions;

namespace Samples.Features;

/// <summary>What a training came to.</summary>
/// <param name="Kind">What was trained.</param>
/// <param name="Embeddings">[digits, 2], row by row.</param>
/// <param name="Digits">[digits].</param>
/// <param name="Rows">The classes' rows, [10, 2].</param>
/// <param name="Spread">Of the embeddings.</param>
/// <param name="Accuracy">The share of digits whose own class has the largest score.</param>
/// <param name="Seconds">What training took.</param>
internal sealed record FeatureResult(
    FeatureKind Kind,
    float[] Embeddings,
    int[] Digits,
    float[] Rows,
    AngularSpread Spread,
    double Accuracy,
    double Seconds)
{
    /// <summary>Embeds digits that were not trained.</summary>
    public static FeatureResult Measure(
        FeatureKind kind, ModelSession session, Dataset digits, int batch, double seconds)
    {
        float[] embeddings = Embed(session, digits, batch);
        int[] labels = digits["digit"].Ints.ToArray();
        float[] rows = session.Model.Parameters["Classify.Weight"].ReadOnlyValues.ToArray();
        return new FeatureResult(
            kind, embeddings, labels, rows,
            AngularSpread.Of(embeddings, labels, FeatureTrunk.Classes),
            Right(kind, embeddings, labels, rows),
            seconds);
    }

    private static float[] Embed(ModelSession session, Dataset digits, int batch)
    {
        const int Pixels = FeatureTrunk.Side * FeatureTrunk.Side;
        const int Width = FeatureTrunk.Features;
        var all = new float[digits.Count * Width];
        ReadOnlySpan<float> images = digits["image"].Floats;
        for (int begin = 0; begin < digits.Count; begin += batch)
        {
            int count = Math.Min(batch, digits.Count - begin);
            session.Begin(EntryPoint.Forward, ("b", count));
            session.Write(0, images.Slice(begin * Pixels, count * Pixels));
            session.Run();
            session.Read(0, all.AsSpan(begin * Width, count * Width));
        }

        return all;
    }

    /// <summary>The score of a class is the product of the embedding and its row, of length 1 where the loss has it
    /// so; the length of an embedding does not change which is the largest.</summary>
    private static double Right(FeatureKind kind, float[] embeddings, int[] labels, float[] rows)
    {
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            (int best, float most) = (-1, float.NegativeInfinity);
            for (int c = 0; c < FeatureTrunk.Classes; c++)
            {
                (float x, float y) = (rows[2 * c], rows[(2 * c) + 1]);
                float score = (embeddings[2 * i] * x) + (embeddings[(2 * i) + 1] * y);
                score /= kind.UnitRows ? MathF.Max(MathF.Sqrt((x * x) + (y * y)), 1e-12f) : 1;
                (best, most) = score > most ? (c, score) : (best, most);
            }

            right += best == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }
}
