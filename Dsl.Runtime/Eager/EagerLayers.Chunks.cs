using System;
using System.Collections.Generic;
using static Dsl.Functions;

namespace Dsl.Eager;

/// <content>Attention in chunks, composed of functions.</content>
public static partial class EagerLayers
{
    /// <summary>What <see cref="FlashAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Flash(Tensor x, ParameterScope p, FlashAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        (Tensor gate, Tensor values, Tensor shared) = Gates(ScaleNorm(x, p["Gain"], options.Epsilon, true), p);
        Tensor mixed = state is null ? InChunks(shared, values, p, options) : FromOpenChunk(shared, values, p, options, state);
        return x + Project(gate * mixed, p, "Output", true);
    }

    private static Tensor InChunks(Tensor shared, Tensor values, ParameterScope p, FlashAttribute options)
    {
        int chunk = Number(options.Chunk);
        Tensor near = Attend(
            AffineOf(shared, p, "Query"), AffineOf(shared, p, "Key"), values, 1, causal: options.Causal, chunk: chunk,
            scale: 1f / chunk, score: AttentionScore.ReluSquared,
            bias: Relative(p, Number(options.Buckets), Number(options.MaxDistance), options.Causal, chunk));
        Tensor far = EagerAttention.Products(
            AffineOf(shared, p, "LinearQuery"), AffineOf(shared, p, "LinearKey"), values, 1,
            (_, t, s) => !options.Causal || s / chunk < t / chunk);
        return near + (far / (options.Causal ? chunk : shared.Shape[1]));
    }

    /// <summary>Sequence by sequence, for each has as many positions in the open chunk as it has.</summary>
    private static Tensor FromOpenChunk(
        Tensor shared, Tensor values, ParameterScope p, FlashAttribute options, EagerState state)
    {
        (int chunk, int n) = (Number(options.Chunk), shared.Shape[1]);
        (int keys, int width, int most) = (shared.Shape[2], values.Shape[2], chunk - 1);
        Tensor? sums = state.Take(keys, width);
        Tensor? rows = most > 0 ? state.Take(most, keys + width) : null;
        Tensor? counts = most > 0 ? state.Take(1) : null;
        Tensor own = Concat(2, shared, values);
        (List<Tensor> mixed, List<Tensor> lastSums) = ([], []);
        float[] lastRows = new float[shared.Shape[0] * most * (keys + width)];
        float[] lastCounts = new float[shared.Shape[0]];
        for (int sample = 0; sample < shared.Shape[0]; sample++)
        {
            int open = counts is null ? 0 : (int)Math.Clamp(MathF.Floor(counts.Values[sample] + 0.5f), 0, most);
            Tensor all = Slice(own, 0, sample, 1);
            all = open == 0 ? all : Concat(1, Slice(Slice(rows!, 0, sample, 1), 1, most - open, open), all);
            (Tensor key, Tensor value) = (Slice(all, 2, 0, keys), Slice(all, 2, keys, width));
            Tensor? sum = sums is null ? null : Slice(sums, 0, sample, 1).Reshape(1, 1, keys, width);
            var decay = new Tensor(new float[open + n], 1, open + n, 1);
            Tensor result = InChunks(key, value, p, options);
            result += EagerDecay.Scan(AffineOf(key, p, "LinearQuery"), key * 0f, value, decay, 1, exclusive: false, sum).Result
                / chunk;
            mixed.Add(Slice(result, 1, open, n));
            int closed = (open + n) / chunk * chunk;
            lastSums.Add(closed == 0 ? sum ?? new Tensor(new float[keys * width], 1, 1, keys, width)
                : EagerDecay.Scan(
                    null, Slice(AffineOf(key, p, "LinearKey"), 1, 0, closed), Slice(value, 1, 0, closed), Slice(decay, 1, 0, closed),
                    1, exclusive: false, sum).State);
            int left = open + n - closed;
            all.Values[(closed * (keys + width))..].CopyTo(lastRows.AsSpan(((sample * most) + most - left) * (keys + width)));
            lastCounts[sample] = left;
        }

        state.Leave(Concat(0, [.. lastSums]));
        if (most > 0)
        {
            state.Leave(new Tensor(lastRows, shared.Shape[0], most, keys + width));
            state.Leave(new Tensor(lastCounts, shared.Shape[0], 1));
        }

        return Concat(0, [.. mixed]);
    }
}
