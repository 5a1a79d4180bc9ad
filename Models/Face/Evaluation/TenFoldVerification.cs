using System;
using System.Collections.Generic;
using System.Globalization;

namespace Models.Face.Evaluation;

/// <summary>What the protocol reports.</summary>
/// <param name="Accuracies">Share of right decisions in each of the ten folds.</param>
/// <param name="Thresholds">The squared distance below which two faces of a fold count as one person.</param>
public sealed record TenFoldResult(IReadOnlyList<double> Accuracies, IReadOnlyList<double> Thresholds)
{
    /// <summary>Mean of the accuracies.</summary>
    public double Mean
    {
        get
        {
            double sum = 0;
            foreach (double accuracy in Accuracies)
            {
                sum += accuracy;
            }

            return sum / Accuracies.Count;
        }
    }

    /// <summary>Standard deviation of the accuracies, that of the ten themselves (divided by 10, not 9).</summary>
    public double Deviation
    {
        get
        {
            (double sum, double mean) = (0, Mean);
            foreach (double accuracy in Accuracies)
            {
                sum += (accuracy - mean) * (accuracy - mean);
            }

            return Math.Sqrt(sum / Accuracies.Count);
        }
    }
}

/// <summary>
/// Are two faces of one person? The protocol of Labeled Faces in the Wild (Huang, Ramesh, Berg and Learned-Miller
/// 2007): pairs in ten folds, contiguous tenths of the list. For each fold the threshold is chosen on the other nine,
/// of 0, 0.01, …, 3.99 the first that decides most of them rightly. LFW has 6000 pairs, half of them of one person in
/// every fold.
/// </summary>
public static class TenFoldVerification
{
    /// <summary>How many folds there are.</summary>
    public const int Folds = 10;

    private const int Candidates = 400;

    /// <summary>By squared distances of unit vectors, 2 - 2·cosine.</summary>
    /// <param name="first">[pairs, dimension]: embeddings of the first faces, of any length but zero.</param>
    /// <param name="second">[pairs, dimension]: of the second faces.</param>
    /// <param name="dimension">Of an embedding.</param>
    /// <param name="same">Whether a pair is one person.</param>
    /// <param name="subtractMean">Whether the mean of all embeddings of the nine folds is subtracted first, as
    /// SphereFace does (Liu et al. 2017).</param>
    /// <exception cref="ArgumentException">Numbers do not fit, there are fewer than ten pairs, or an embedding is zero
    /// or not finite.</exception>
    public static TenFoldResult Evaluate(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, int dimension, ReadOnlySpan<bool> same,
        bool subtractMean = false)
    {
        int pairs = Embeddings.Count(first, dimension, nameof(first));
        if (Embeddings.Count(second, dimension, nameof(second)) != pairs)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"There are {pairs} first embeddings and {second.Length / dimension} second ones."), nameof(second));
        }

        Check(pairs, same);
        if (!subtractMean)
        {
            return Evaluate(Distances(first, second, dimension, []), same);
        }

        (var accuracies, var thresholds) = (new double[Folds], new double[Folds]);
        for (int fold = 0; fold < Folds; fold++)
        {
            double[] mean = MeanOutside(first, second, dimension, pairs, fold);
            double[] distances = Distances(first, second, dimension, mean);
            (accuracies[fold], thresholds[fold]) = Decide(Rights(distances, same), pairs, fold);
        }

        return new TenFoldResult(accuracies, thresholds);
    }

    /// <summary>By distances that are known.</summary>
    /// <param name="distances">Squared distance of each pair, 0 … 4.</param>
    /// <param name="same">Whether a pair is one person.</param>
    /// <exception cref="ArgumentException">Numbers do not fit, there are fewer than ten pairs, or a distance is not a
    /// number.</exception>
    public static TenFoldResult Evaluate(ReadOnlySpan<double> distances, ReadOnlySpan<bool> same)
    {
        Check(distances.Length, same);
        for (int i = 0; i < distances.Length; i++)
        {
            if (double.IsNaN(distances[i]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Distance {i} is not a number."), nameof(distances));
            }
        }

        (var accuracies, var thresholds) = (new double[Folds], new double[Folds]);
        int[] rights = Rights(distances, same);
        for (int fold = 0; fold < Folds; fold++)
        {
            (accuracies[fold], thresholds[fold]) = Decide(rights, distances.Length, fold);
        }

        return new TenFoldResult(accuracies, thresholds);
    }

    /// <summary>Squared distances of pairs of embeddings at length 1, 0 … 4.</summary>
    /// <param name="first">[pairs, dimension].</param>
    /// <param name="second">[pairs, dimension].</param>
    /// <param name="dimension">Of an embedding.</param>
    /// <exception cref="ArgumentException">Numbers do not fit, or an embedding is zero or not finite.</exception>
    public static double[] Distances(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int dimension)
    {
        int pairs = Embeddings.Count(first, dimension, nameof(first));
        return Embeddings.Count(second, dimension, nameof(second)) == pairs
            ? Distances(first, second, dimension, [])
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"There are {pairs} first embeddings and {second.Length / dimension} second ones."), nameof(second));
    }

    private static double[] Distances(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, int dimension, ReadOnlySpan<double> mean)
    {
        double[] a = Embeddings.Unit(first, dimension, mean, nameof(first));
        double[] b = Embeddings.Unit(second, dimension, mean, nameof(second));
        var distances = new double[a.Length / dimension];
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = Embeddings.Distance(
                a.AsSpan(i * dimension, dimension), b.AsSpan(i * dimension, dimension));
        }

        return distances;
    }

    /// <summary>[folds, candidates]: right decisions.</summary>
    private static int[] Rights(ReadOnlySpan<double> distances, ReadOnlySpan<bool> same)
    {
        var rights = new int[Folds * Candidates];
        for (int fold = 0; fold < Folds; fold++)
        {
            Span<int> row = rights.AsSpan(fold * Candidates, Candidates);
            for (int pair = Start(distances.Length, fold); pair < Start(distances.Length, fold + 1); pair++)
            {
                for (int t = 0; t < Candidates; t++)
                {
                    row[t] += (distances[pair] < Threshold(t)) == same[pair] ? 1 : 0;
                }
            }
        }

        return rights;
    }

    private static (double Accuracy, double Threshold) Decide(ReadOnlySpan<int> rights, int pairs, int fold)
    {
        (int best, int most) = (0, -1);
        for (int t = 0; t < Candidates; t++)
        {
            int right = 0;
            for (int other = 0; other < Folds; other++)
            {
                right += other == fold ? 0 : rights[(other * Candidates) + t];
            }

            (best, most) = right > most ? (t, right) : (best, most);
        }

        int size = Start(pairs, fold + 1) - Start(pairs, fold);
        return ((double)rights[(fold * Candidates) + best] / size, Threshold(best));
    }

    private static double[] MeanOutside(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, int dimension, int pairs, int fold)
    {
        (int start, int end) = (Start(pairs, fold) * dimension, Start(pairs, fold + 1) * dimension);
        double count = 2.0 * (pairs - ((end - start) / dimension));
        var mean = new double[dimension];
        for (int i = 0; i < first.Length; i++)
        {
            mean[i % dimension] += i >= start && i < end ? 0 : ((double)first[i] + second[i]) / count;
        }

        return mean;
    }

    private static double Threshold(int candidate) => candidate * 0.01;

    private static int Start(int pairs, int fold) => (int)((long)pairs * fold / Folds);

    private static void Check(int pairs, ReadOnlySpan<bool> same)
    {
        if (pairs < Folds)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{pairs} pairs do not make {Folds} folds."), nameof(same));
        }

        if (pairs != same.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{pairs} pairs have {same.Length} labels."), nameof(same));
        }
    }
}
