using System;
using System.Collections.Generic;
using System.Globalization;

namespace Models.Face.Evaluation;

/// <summary>
/// Who is it? Probes are compared with a gallery that has each person once, and every probe is of someone in it
/// (closed-set identification; Phillips, Grother and Micheals 2011, "Evaluation Methods in Face Recognition").
/// </summary>
public sealed class Identification
{
    private readonly int[] _ranks;

    private Identification(int[] ranks, int gallery, int ties) => (_ranks, Gallery, Ties) = (ranks, gallery, ties);

    /// <summary>How many people there are.</summary>
    public int Gallery { get; }

    /// <summary>For each probe, how many others are more alike than the right one; 0 is a hit.</summary>
    public IReadOnlyList<int> Ranks => _ranks;

    /// <summary>Probes to which someone else is as alike as the right one, which counts for the right one. Many of them
    /// mean that the rates say little: embeddings that are all the same have rank 0 throughout.</summary>
    public int Ties { get; }

    /// <summary>Ranks by cosine.</summary>
    /// <param name="gallery">[people, dimension]: one embedding for each person, of any length but zero.</param>
    /// <param name="probes">[probes, dimension].</param>
    /// <param name="dimension">Of an embedding.</param>
    /// <param name="people">For each probe, which row of the gallery is the same person.</param>
    /// <exception cref="ArgumentException">Numbers do not fit, there is no probe or nobody in the gallery, a person is
    /// not in the gallery, or an embedding is zero or not finite.</exception>
    public static Identification Of(
        ReadOnlySpan<float> gallery, ReadOnlySpan<float> probes, int dimension, ReadOnlySpan<int> people)
    {
        int known = Embeddings.Count(gallery, dimension, nameof(gallery));
        int asked = Embeddings.Count(probes, dimension, nameof(probes));
        Check(known, asked, people);
        double[] rows = Embeddings.Unit(gallery, dimension, [], nameof(gallery));
        double[] seen = Embeddings.Unit(probes, dimension, [], nameof(probes));
        var ranks = new int[asked];
        int ties = 0;
        for (int p = 0; p < asked; p++)
        {
            ReadOnlySpan<double> probe = seen.AsSpan(p * dimension, dimension);
            double right = Embeddings.Dot(probe, rows.AsSpan(people[p] * dimension, dimension));
            int equal = 0;
            for (int g = 0; g < known; g++)
            {
                double alike = Embeddings.Dot(probe, rows.AsSpan(g * dimension, dimension));
                ranks[p] += alike > right ? 1 : 0;
                equal += alike == right ? 1 : 0;
            }

            ties += equal > 1 ? 1 : 0;
        }

        return new Identification(ranks, known, ties);
    }

    /// <summary>The share of probes for which the right one is among the <paramref name="first"/> most alike: rank-1
    /// rate for 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in 1 … people.</exception>
    public double RateWithin(int first)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Gallery);
        int hits = 0;
        foreach (int rank in _ranks)
        {
            hits += rank < first ? 1 : 0;
        }

        return (double)hits / _ranks.Length;
    }

    /// <summary>The cumulative match characteristic (CMC): <see cref="RateWithin"/> of 1, 2, … people.</summary>
    public double[] Curve()
    {
        var curve = new double[Gallery];
        foreach (int rank in _ranks)
        {
            curve[rank]++;
        }

        double hits = 0;
        for (int k = 0; k < curve.Length; k++)
        {
            hits += curve[k];
            curve[k] = hits / _ranks.Length;
        }

        return curve;
    }

    private static void Check(int known, int asked, ReadOnlySpan<int> people)
    {
        if (people.Length != asked)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{asked} probes have {people.Length} people."), nameof(people));
        }

        for (int i = 0; i < people.Length; i++)
        {
            if (people[i] < 0 || people[i] >= known)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Probe {i} is person {people[i]}; the gallery has 0 to {known - 1}."), nameof(people));
            }
        }
    }
}
