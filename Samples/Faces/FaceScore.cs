using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using Models.Face.Evaluation;

namespace Samples.Faces;

/// <summary>How well cosines of vectors tell who is who.</summary>
/// <param name="Curve">Of the pairs.</param>
/// <param name="Rank1">The share of probes whose nearest in the gallery is the same person.</param>
internal sealed record FaceScore(VerificationCurve Curve, double Rank1)
{
    /// <summary>The rate of false accepts at which true ones are counted.</summary>
    public const double FalseAccepts = 1e-3;

    /// <summary>Where false accepts and false rejects are equal.</summary>
    public double EqualErrorRate => Curve.EqualErrorRate;

    /// <summary>The share of genuine pairs accepted by the threshold that accepts one impostor pair of a
    /// thousand.</summary>
    public double TrueAccepts => Curve.TrueAcceptsAt(FalseAccepts);

    /// <summary>All pairs of pictures, each once; the gallery is the first picture of each person.</summary>
    /// <param name="vectors">One for each picture, none of them zero.</param>
    /// <param name="people">Who is on it, from 0 on, one after the other.</param>
    public static FaceScore OfAll(IReadOnlyList<float[]> vectors, IReadOnlyList<int> people)
    {
        float[][] units = [.. vectors.Select(Unit)];
        var genuine = new List<float>();
        var impostors = new List<float>(units.Length * units.Length / 2);
        for (int i = 0; i < units.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (people[i] == people[j] ? genuine : impostors).Add(Cosine(units[i], units[j]));
            }
        }

        int[] first = [.. Enumerable.Range(0, units.Length).Where(i => i == 0 || people[i] != people[i - 1])];
        int[] others = [.. Enumerable.Range(0, units.Length).Except(first)];
        return Of(
            genuine, impostors, [.. first.Select(i => units[i])], [.. others.Select(i => units[i])],
            [.. others.Select(i => people[i])]);
    }

    /// <summary>Each of some against each of others, the same people in the same order.</summary>
    /// <param name="gallery">One vector for each person.</param>
    /// <param name="probes">One vector for each person.</param>
    public static FaceScore OfTwo(IReadOnlyList<float[]> gallery, IReadOnlyList<float[]> probes)
    {
        float[][] known = [.. gallery.Select(Unit)];
        float[][] asked = [.. probes.Select(Unit)];
        var genuine = new List<float>();
        var impostors = new List<float>();
        for (int i = 0; i < known.Length; i++)
        {
            for (int j = 0; j < asked.Length; j++)
            {
                (i == j ? genuine : impostors).Add(Cosine(known[i], asked[j]));
            }
        }

        return Of(genuine, impostors, known, asked, [.. Enumerable.Range(0, asked.Length)]);
    }

    private static FaceScore Of(
        List<float> genuine, List<float> impostors, float[][] gallery, float[][] probes, int[] people) => new(
        VerificationCurve.Of(CollectionsMarshal.AsSpan(genuine), CollectionsMarshal.AsSpan(impostors)),
        Identification.Of(
            [.. gallery.SelectMany(static v => v)], [.. probes.SelectMany(static v => v)], gallery[0].Length, people)
            .RateWithin(1));

    private static float[] Unit(float[] vector)
    {
        float length = MathF.Sqrt(Cosine(vector, vector));
        return Array.ConvertAll(vector, v => v / length);
    }

    private static float Cosine(float[] a, float[] b)
    {
        Vector<float> sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += new Vector<float>(a, i) * new Vector<float>(b, i);
        }

        float sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
