using System;
using Dsl.Kernels;

namespace Dsl.Eager;

/// <summary>What depends on positions in a sequence, executed as it stands.</summary>
internal static class EagerPositions
{
    private const double Gamma = 0.4;

    public static Tensor Rope(Tensor x, float angleBase, RopeLayout layout, int from) =>
        Rotate(x, angleBase, layout, from, static (_, _) => 1);

    public static Tensor XPos(Tensor x, float scaleBase, bool inverse, float angleBase, RopeLayout layout, int from)
    {
        if (!(scaleBase > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(scaleBase), scaleBase, "A number above 0 is expected.");
        }

        double exponent = (inverse ? -1 : 1) / (double)scaleBase;
        return Rotate(
            x, angleBase, layout, from,
            (position, fraction) => Math.Pow((fraction + Gamma) / (1 + Gamma), position * exponent));
    }

    public static Tensor TokenShift(Tensor x, int features, IntTensor? segments)
    {
        if (x.Rank != 3)
        {
            throw new ArgumentException($"A sequence [b, n, c] is expected, not {Shapes.Print(x.Extents)}.", nameof(x));
        }

        (int length, int width) = (x.Shape[1], x.Shape[2]);
        if (features == 0 && width % 2 != 0)
        {
            throw new ArgumentException(
                $"An even number of features is expected, not {width}; or say how many are shifted.", nameof(x));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(features);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(features, width);
        return Shift(x, features == 0 ? width / 2 : features, segments, null);
    }

    /// <summary>The first features of each position from the position before it in its segment, or zeros.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="features">How many features.</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="first">What is before the first position, [b, 1, c]; null: zeros.</param>
    public static Tensor Shift(Tensor x, int features, IntTensor? segments, Tensor? first)
    {
        (int length, int width) = (x.Shape[1], x.Shape[2]);
        float[] result = x.ToArray();
        for (int i = 0; i < result.Length; i++)
        {
            (int row, int feature) = (i / width, i % width);
            if (feature < features)
            {
                bool isFirst = row % length == 0;
                bool begins = !isFirst && segments is not null && segments.Data[row] != segments.Data[row - 1];
                result[i] = begins ? 0
                    : isFirst ? first?.Values[(row / length * width) + feature] ?? 0 : x.Values[i - width];
            }
        }

        return new Tensor(result, x.Extents.ToArray());
    }

    /// <summary>The last rows of what came before and a sequence: zeros where they are of an earlier segment than the last
    /// position.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="earlier">What is before the first position, [b, rows, c]; null: zeros.</param>
    public static Tensor Tail(Tensor x, IntTensor? segments, int rows, Tensor? earlier)
    {
        (int batch, int n, int width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        float[] result = new float[batch * rows * width];
        for (int sample = 0; sample < batch; sample++)
        {
            bool isSame = true;
            for (int row = rows - 1; row >= 0 && isSame; row--)
            {
                int t = n - rows + row;
                ReadOnlySpan<float> from = t >= 0 ? x.Values.Slice(((sample * n) + t) * width, width)
                    : earlier is null ? default : earlier.Values.Slice(((sample * rows) + rows + t) * width, width);
                from.CopyTo(result.AsSpan(((sample * rows) + row) * width));
                isSame = t <= 0 || segments is null || segments.Data[(sample * n) + t] == segments.Data[(sample * n) + t - 1];
            }
        }

        return new Tensor(result, batch, rows, width);
    }

    /// <summary>Keys in a state, as if all of them had been earlier: features 2i and 2i + 1 are turned back.</summary>
    /// <param name="state">[b, heads, d, e].</param>
    /// <param name="angleBase">The base of the frequencies.</param>
    /// <param name="positions">By how many positions.</param>
    public static Tensor TurnBack(Tensor state, double angleBase, int positions)
    {
        (int d, int e) = (state.Shape[2], state.Shape[3]);
        float[] result = new float[state.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int key = i / e % d;
            double angle = positions * Math.Pow(angleBase, -2.0 * (key / 2) / d);
            int other = key % 2 == 0 ? i + e : i - e;
            result[i] = (float)((state.Values[i] * Math.Cos(angle)) + ((key % 2 == 0 ? 1 : -1) * state.Values[other] * Math.Sin(angle)));
        }

        return new Tensor(result, state.Extents.ToArray());
    }

    /// <summary>From a table [buckets, heads] to [heads, 2·n - 1]: element (h, j - i + n - 1) is what head h adds to
    /// the logit of key j seen from query i.</summary>
    public static Tensor RelativeBias(Tensor table, int n, RelativeBucket buckets)
    {
        int heads = table.Shape[1];
        int offsets = (2 * n) - 1;
        float[] result = new float[heads * offsets];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = table[buckets.Of((i % offsets) - n + 1), i / offsets];
        }

        return new Tensor(result, heads, offsets);
    }

    /// <param name="x">The features.</param>
    /// <param name="angleBase">The base of the frequencies.</param>
    /// <param name="layout">Which features make a pair.</param>
    /// <param name="from">The first position.</param>
    /// <param name="scale">The factor at a position for 2i/d.</param>
    private static Tensor Rotate(
        Tensor x, float angleBase, RopeLayout layout, int from, Func<int, double, double> scale)
    {
        int width = x.Rank < 3 ? 0 : x.Shape[x.Rank - 1];
        if (x.Rank is < 3 or > 6 || width % 2 != 0)
        {
            throw new ArgumentException(
                $"[b, n, d] or [b, n, heads, d] with an even d is expected, not {Shapes.Print(x.Extents)}.", nameof(x));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(from);
        if (!(angleBase >= 1) || float.IsInfinity(angleBase))
        {
            throw new ArgumentOutOfRangeException(nameof(angleBase), angleBase, "A number from 1 is expected.");
        }

        float[] result = new float[x.Length];
        int row = Shapes.LengthOf(x.Extents[2..]);
        int half = width / 2;
        for (int start = 0; start < x.Length; start += width)
        {
            int position = from + (start / row % x.Shape[1]);
            for (int i = 0; i < half; i++)
            {
                double angle = position * Math.Pow(angleBase, -2.0 * i / width);
                (double sin, double cos) = Math.SinCos(angle);
                double factor = scale(position, 2.0 * i / width);
                (int first, int second) = layout == RopeLayout.Halves
                    ? (start + i, start + i + half)
                    : (start + (2 * i), start + (2 * i) + 1);
                (double a, double b) = (x.Values[first], x.Values[second]);
                result[first] = (float)(((a * cos) - (b * sin)) * factor);
                result[second] = (float)(((a * sin) + (b * cos)) * factor);
            }
        }

        return new Tensor(result, x.Extents.ToArray());
    }
}
