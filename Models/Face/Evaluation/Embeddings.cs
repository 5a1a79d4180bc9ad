using System;
using System.Globalization;

namespace Models.Face.Evaluation;

/// <summary>Checks and lengths of embeddings that lie one after the other.</summary>
internal static class Embeddings
{
    /// <summary>How many there are.</summary>
    public static int Count(ReadOnlySpan<float> embeddings, int dimension, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (embeddings.IsEmpty || embeddings.Length % dimension != 0)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{embeddings.Length} values are not embeddings of dimension {dimension}."), name);
        }

        for (int i = 0; i < embeddings.Length; i++)
        {
            if (!float.IsFinite(embeddings[i]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"Embedding {i / dimension} is not finite."), name);
            }
        }

        return embeddings.Length / dimension;
    }

    /// <summary>All of them, less a mean, at length 1.</summary>
    public static double[] Unit(ReadOnlySpan<float> embeddings, int dimension, ReadOnlySpan<double> mean, string name)
    {
        var unit = new double[embeddings.Length];
        for (int start = 0; start < unit.Length; start += dimension)
        {
            double squares = 0;
            for (int i = 0; i < dimension; i++)
            {
                double value = embeddings[start + i] - (mean.IsEmpty ? 0 : mean[i]);
                unit[start + i] = value;
                squares += value * value;
            }

            if (squares == 0)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Embedding {start / dimension} has no direction: it is {(mean.IsEmpty ? "zero" : "the mean")}."),
                    name);
            }

            double length = Math.Sqrt(squares);
            for (int i = start; i < start + dimension; i++)
            {
                unit[i] /= length;
            }
        }

        return unit;
    }

    /// <summary>Squared distance of two.</summary>
    public static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Inner product of two.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
