using System;

namespace Dsl.Eager;

/// <summary>Linear attention that forgets, executed as it stands. States in double.</summary>
internal static class EagerDecay
{
    /// <summary>The results, [b, n, heads·e], and the last state, [b, heads, d, e].</summary>
    /// <param name="q">[b, n, heads·d], or null when only the state is wanted.</param>
    /// <param name="k">[b, n, heads·d].</param>
    /// <param name="v">[b, n, heads·e].</param>
    /// <param name="decay">Logarithms, [b, n, heads] or [b, n, heads·d].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="exclusive">Whether a position sees the state before its own key, value and decay.</param>
    /// <param name="initial">[b, heads, d, e], or null.</param>
    public static (Tensor Result, Tensor State) Scan(
        Tensor? q, Tensor k, Tensor v, Tensor decay, int heads, bool exclusive, Tensor? initial)
    {
        Check(q, k, v, decay, heads, initial);
        (int batch, int n, int d, int e) = (k.Shape[0], k.Shape[1], k.Shape[2] / heads, v.Shape[2] / heads);
        float[] result = new float[batch * n * heads * e];
        float[] last = new float[batch * heads * d * e];
        double[] state = new double[d * e];
        bool byKey = decay.Shape[2] != heads;
        for (int sequence = 0; sequence < batch * heads; sequence++)
        {
            for (int i = 0; i < state.Length; i++)
            {
                state[i] = initial is null ? 0 : initial.Values[(sequence * d * e) + i];
            }

            for (int t = 0; t < n; t++)
            {
                int row = (((sequence / heads * n) + t) * heads) + (sequence % heads);
                for (int i = 0; i < state.Length; i++)
                {
                    (int key, int value) = (i / e, i % e);
                    double before = state[i];
                    double factor = Math.Exp(decay.Values[byKey ? (row * d) + key : row]);
                    state[i] = (before * factor) + ((double)k.Values[(row * d) + key] * v.Values[(row * e) + value]);
                    if (q is not null)
                    {
                        result[(row * e) + value] += (float)(q.Values[(row * d) + key] * (exclusive ? before : state[i]));
                    }
                }
            }

            for (int i = 0; i < state.Length; i++)
            {
                last[(sequence * d * e) + i] = (float)state[i];
            }
        }

        return (new Tensor(result, batch, n, heads * e), new Tensor(last, batch, heads, d, e));
    }

    /// <summary>Causal linear attention that goes on from a state, [b, n, heads·e].</summary>
    public static Tensor Products(
        Tensor q, Tensor k, Tensor v, int heads, FeatureMap map, bool normalizes, float epsilon, IntTensor? segments,
        EagerState state)
    {
        (q, k) = (Functions.Features(q, heads, map, true), Functions.Features(k, heads, map, false));
        var decay = new Tensor(new float[q.Shape[0] * q.Shape[1] * heads], q.Shape[0], q.Shape[1], heads);
        Tensor every = decay + 1f, ones = every;
        if (segments is not null)
        {
            (_, ones) = Within(segments, decay, ones);
            (decay, v) = Within(segments, decay, v);
        }

        Tensor sum = All(v);
        if (!normalizes)
        {
            return sum;
        }

        Tensor weights = (All(ones) + epsilon).Reshape(q.Shape[0], q.Shape[1], heads, 1);
        return (sum.Reshape(q.Shape[0], q.Shape[1], heads, v.Shape[2] / heads) / weights).Reshape([.. v.Extents]);

        Tensor All(Tensor of) => map == FeatureMap.Taylor ? Sums(q, k, of) + Sums(every, every, of) : Sums(q, k, of);

        Tensor Sums(Tensor queries, Tensor keys, Tensor of)
        {
            Tensor? before = state.Take(heads, keys.Shape[2] / heads, of.Shape[2] / heads);
            (Tensor result, Tensor last) = Scan(queries, keys, of, decay, heads, exclusive: false, before);
            state.Leave(last);
            return result;
        }
    }

    /// <summary>RWKV-4's attention of each feature (Peng et al. 2023, arXiv:2305.13048, equation 16), [b, n, c].</summary>
    public static Tensor Wkv(
        Tensor k, Tensor v, ReadOnlySpan<float> decay, ReadOnlySpan<float> bonus, IntTensor? segments, EagerState? state)
    {
        (int n, int c) = (k.Shape[1], k.Shape[2]);
        Tensor?[] before = [state?.Take(c), state?.Take(c), state?.Take(c)];
        if (state is not null)
        {
            Leave(k, v, decay, segments, state, before);
        }

        float[] result = new float[k.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int channel = i % c;
            int row = i / c;
            int first = row - (row % n);
            int own = segments?.Data[row] ?? 0;
            double rate = Math.Exp(decay[channel]);
            double largest = k.Values[i] + bonus[channel];
            int begin = Begin(row, n, segments);
            for (int at = row - 1; at >= begin; at--)
            {
                largest = Math.Max(largest, k.Values[(at * c) + channel] - ((row - 1 - at) * rate));
            }

            int kept = (row / n * c) + channel;
            bool goesOn = begin == first && before[1]?.Values[kept] > 0;
            double left = goesOn ? before[2]!.Values[kept] - ((row - first) * rate) : double.NegativeInfinity;
            largest = Math.Max(largest, left);

            double weights = Math.Exp(k.Values[i] + bonus[channel] - largest);
            double sum = weights * v.Values[i];
            if (goesOn)
            {
                weights += Math.Exp(left - largest) * before[1]!.Values[kept];
                sum += Math.Exp(left - largest) * before[0]!.Values[kept];
            }

            for (int at = row - 1; at >= begin; at--)
            {
                double weight = Math.Exp(k.Values[(at * c) + channel] - ((row - 1 - at) * rate) - largest);
                weights += weight;
                sum += weight * v.Values[(at * c) + channel];
            }

            result[i] = own < 0 ? 0 : (float)(sum / weights);
        }

        return new Tensor(result, [.. k.Extents]);
    }

    /// <summary>The first position of the segment of a row, or of its sequence.</summary>
    private static int Begin(int row, int n, IntTensor? segments)
    {
        int begin = row;
        while (begin % n > 0 && (segments is null || segments.Data[begin - 1] == segments.Data[begin]))
        {
            begin--;
        }

        return begin;
    }

    /// <summary>Leaves the sums behind the last positions: Σ weight·value, Σ weight, and the exponent that both are measured
    /// from.</summary>
    private static void Leave(
        Tensor k, Tensor v, ReadOnlySpan<float> decay, IntTensor? segments, EagerState state, Tensor?[] before)
    {
        (int batch, int n, int c) = (k.Shape[0], k.Shape[1], k.Shape[2]);
        float[][] pieces = [new float[batch * c], new float[batch * c], new float[batch * c]];
        for (int kept = 0; kept < batch * c; kept++)
        {
            (int sample, int channel) = (kept / c, kept % c);
            (int first, int last) = (sample * n, (sample * n) + n - 1);
            int begin = Begin(last, n, segments);
            double rate = Math.Exp(decay[channel]);
            bool goesOn = begin == first && before[1]?.Values[kept] > 0;
            double left = goesOn ? before[2]!.Values[kept] - (n * rate) : double.NegativeInfinity;
            double largest = left;
            for (int at = begin; at <= last; at++)
            {
                largest = Math.Max(largest, k.Values[(at * c) + channel] - ((last - at) * rate));
            }

            double weights = goesOn ? Math.Exp(left - largest) * before[1]!.Values[kept] : 0;
            double sum = goesOn ? Math.Exp(left - largest) * before[0]!.Values[kept] : 0;
            for (int at = begin; at <= last; at++)
            {
                double weight = Math.Exp(k.Values[(at * c) + channel] - ((last - at) * rate) - largest);
                weights += weight;
                sum += weight * v.Values[(at * c) + channel];
            }

            (pieces[0][kept], pieces[1][kept], pieces[2][kept]) = ((float)sum, (float)weights, (float)largest);
        }

        foreach (float[] piece in pieces)
        {
            state.Leave(new Tensor(piece, batch, c));
        }
    }

    /// <summary>A decay that forgets where a segment begins, and values without those that are hidden.</summary>
    public static (Tensor Decay, Tensor Values) Within(IntTensor segments, Tensor decay, Tensor v)
    {
        (float[] logs, float[] values) = (decay.ToArray(), v.ToArray());
        (int heads, int width, int n) = (decay.Shape[2], v.Shape[2], v.Shape[1]);
        for (int i = 0; i < segments.Data.Length; i++)
        {
            if (i % n > 0 && segments.Data[i] != segments.Data[i - 1])
            {
                logs.AsSpan(i * heads, heads).Fill(float.NegativeInfinity);
            }

            if (segments.Data[i] < 0)
            {
                values.AsSpan(i * width, width).Clear();
            }
        }

        return (new Tensor(logs, [.. decay.Extents]), new Tensor(values, [.. v.Extents]));
    }

    private static void Check(Tensor? q, Tensor k, Tensor v, Tensor decay, int heads, Tensor? initial)
    {
        bool ranks = k.Rank == 3 && v.Rank == 3 && decay.Rank == 3 && (q is null || q.Extents.SequenceEqual(k.Extents));
        bool fits = ranks && k.Shape[2] % heads == 0 && v.Shape[2] % heads == 0
            && v.Extents[..2].SequenceEqual(k.Extents[..2]) && decay.Extents[..2].SequenceEqual(k.Extents[..2])
            && (decay.Shape[2] == heads || decay.Shape[2] == k.Shape[2])
            && (initial is null
                || initial.Extents.SequenceEqual([k.Shape[0], heads, k.Shape[2] / heads, v.Shape[2] / heads]));
        if (!fits)
        {
            throw new ArgumentException(
                $"Keys {Shapes.Print(k.Extents)}, values {Shapes.Print(v.Extents)} and a decay {Shapes.Print(decay.Extents)} do "
                + $"not fit {heads} heads: expected [b, n, heads·d], [b, n, heads·e], [b, n, heads] or [b, n, heads·d], queries "
                + "like keys, and a state [b, heads, d, e].", nameof(k));
        }
    }
}
