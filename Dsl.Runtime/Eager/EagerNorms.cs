using System;

namespace Dsl.Eager;

/// <summary>Normalisation of rows of elements at equal distances, executed as it stands. Sums in double.</summary>
internal static class EagerNorms
{
    /// <summary>What a row's elements have subtracted and are multiplied with.</summary>
    public delegate (double Centre, double Rate) Statistics(ReadOnlySpan<float> row);

    /// <summary>Normalises every row along an axis.</summary>
    public static Tensor Along(Tensor x, int axis, Statistics statistics)
    {
        int at = Shapes.Axis(axis, x.Extents);
        return Rows(x, x.Shape[at], Shapes.LengthOf(x.Extents[(at + 1)..]), statistics);
    }

    /// <summary>Normalises every group of neighbouring channels over all its positions: a block of neighbours in
    /// memory.</summary>
    public static Tensor Groups(Tensor x, int groups, Statistics statistics)
    {
        if (x.Rank < 2 || groups < 1 || x.Shape[1] % groups != 0)
        {
            throw new ArgumentException(
                $"Normalisation in {groups} groups expects [b, c, ...] with c a multiple of {groups}, but the input is "
                + $"{Shapes.Print(x.Extents)}.", nameof(x));
        }

        return Rows(x, x.Shape[1] / groups * Shapes.LengthOf(x.Extents[2..]), 1, statistics);
    }

    /// <summary>Mean 0, variance 1.</summary>
    public static Statistics Standard(double epsilon) => row =>
    {
        double mean = Mean(row, static v => v);
        return (mean, 1 / Math.Sqrt(Mean(row, v => (v - mean) * (v - mean)) + epsilon));
    };

    /// <summary>Mean square 1.</summary>
    public static Statistics RootMeanSquare(double epsilon) =>
        row => (0, 1 / Math.Sqrt(Mean(row, static v => v * v) + epsilon));

    /// <summary>Length 1, or √d with <paramref name="rootMean"/>.</summary>
    public static Statistics Length(double epsilon, bool rootMean) => row =>
    {
        double length = Math.Sqrt(Mean(row, static v => v * v) * (rootMean ? 1 : row.Length));
        return (0, 1 / Math.Max(length, epsilon));
    };

    private static Tensor Rows(Tensor x, int count, int stride, Statistics statistics)
    {
        float[] result = new float[x.Length];
        float[] row = new float[count];
        for (int r = 0; r < x.Length / Math.Max(count, 1); r++)
        {
            int first = (r / stride * count * stride) + (r % stride);
            for (int i = 0; i < count; i++)
            {
                row[i] = x.Values[first + (i * stride)];
            }

            (double centre, double rate) = statistics(row);
            for (int i = 0; i < count; i++)
            {
                result[first + (i * stride)] = (float)((row[i] - centre) * rate);
            }
        }

        return new Tensor(result, x.Extents.ToArray());
    }

    private static double Mean(ReadOnlySpan<float> row, Func<double, double> f)
    {
        double sum = 0;
        foreach (float value in row)
        {
            sum += f(value);
        }

        return sum / row.Length;
    }
}
