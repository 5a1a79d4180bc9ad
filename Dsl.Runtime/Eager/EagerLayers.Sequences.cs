using System;
using Dsl.Kernels;
using static Dsl.Functions;

namespace Dsl.Eager;

/// <content>Layers that mix the positions of a sequence, composed of functions.</content>
public static partial class EagerLayers
{
    private const double NormEpsilon = 1e-6;

    /// <summary>What <see cref="AttentionAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="context">[b, m, c']: where keys and values come from; null: x. [b, s]: a state.</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Attention(
        Tensor x, Tensor? context, IntTensor? segments, ParameterScope p, AttentionAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        if (state is null && options.Causal && context is { Rank: 2 } before)
        {
            return EagerState.Run(before, x, of => Attention(x, null, segments, p, options, of)).Result;
        }

        (int heads, int keyHeads) = (Number(options.Heads), Number(options.KeyHeads));
        keyHeads = keyHeads == 0 ? heads : keyHeads;
        bool biased = options.Bias;
        Tensor q = Project(x, p, "Query", biased);
        Tensor k = Project(context ?? x, p, "Key", biased);
        Tensor v = Project(context ?? x, p, "Value", biased);
        if (options.NormalizeKeys)
        {
            q = NormalizeHeads(q, heads, p["QueryGain"]);
            k = NormalizeHeads(k, keyHeads, p["KeyGain"]);
        }

        int earlier = state is null ? 0 : Number(options.Window) - 1;
        if (state is not null)
        {
            (q, k, v, segments) = FromWindow(q, k, v, segments, earlier, state);
        }

        if (options.Rope)
        {
            (q, k) = (Turn(q, heads, options.RopeBase), Turn(k, keyHeads, options.RopeBase));
        }

        Tensor? bias = Relative(p, Number(options.Buckets), Number(options.MaxDistance), options.Causal, q.Shape[1]);
        Tensor mixed = Attend(
            q, k, v, heads, keyHeads, options.Causal, Number(options.Window), bias: bias, segments: segments);
        return Project(earlier == 0 ? mixed : Slice(mixed, 1, earlier, x.Shape[1]), p, "Output", biased);
    }

    /// <summary>Queries, keys and values behind those that a state has, with the segment that each is of; and leaves the last.</summary>
    private static (Tensor Queries, Tensor Keys, Tensor Values, IntTensor Segments) FromWindow(
        Tensor q, Tensor k, Tensor v, IntTensor? segments, int rows, EagerState state)
    {
        (int batch, int n, int keys, int values) = (k.Shape[0], k.Shape[1], k.Shape[2], v.Shape[2]);
        Tensor own = Concat(2, k, v, new Tensor(new float[batch * n], batch, n, 1) + 1f);
        own = segments is null ? own : EagerDecay.Within(segments, own, own).Values;
        Tensor earlier = state.Take(rows, own.Shape[2]) ?? new Tensor(new float[batch * rows * own.Shape[2]], batch, rows, own.Shape[2]);
        state.Leave(EagerPositions.Tail(own, segments, rows, earlier));
        Tensor all = Concat(1, earlier, own);
        int[] numbers = new int[batch * (rows + n)];
        for (int i = 0; i < numbers.Length; i++)
        {
            (int sample, int at) = (i / (rows + n), (i % (rows + n)) - rows);
            int position = (sample * n) + at;
            bool begins = at > 0 && segments is not null && segments.Data[position] != segments.Data[position - 1];
            int last = at <= 0 ? 0 : Math.Abs(numbers[i - 1]) - (numbers[i - 1] < 0 ? 1 : 0);
            int number = begins ? last + 1 : last;

            // What is hidden is -1 less its number, so that numbers go on behind it.
            bool there = at < 0 ? all.Values[((i + 1) * own.Shape[2]) - 1] > 0 : segments is null || segments.Data[position] >= 0;
            numbers[i] = there ? number : -1 - number;
        }

        return (Concat(1, new Tensor(new float[batch * rows * q.Shape[2]], batch, rows, q.Shape[2]), q), Slice(all, 2, 0, keys),
            Slice(all, 2, keys, values), new IntTensor(numbers, batch, rows + n));
    }

    /// <summary>What <see cref="LinearAttentionAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor LinearAttention(
        Tensor x, IntTensor? segments, ParameterScope p, LinearAttentionAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        Tensor q = Project(x, p, "Query", options.Bias);
        Tensor k = Project(x, p, "Key", options.Bias);
        Tensor v = Project(x, p, "Value", options.Bias);
        int heads = Number(options.Heads);
        bool normalizes = options.Normalize && options.FeatureMap != FeatureMap.Identity;
        Tensor mixed = state is null
            ? LinearAttend(
                q, k, v, heads, options.FeatureMap, options.Causal, normalizes, (float)options.Epsilon, segments)
            : EagerDecay.Products(q, k, v, heads, options.FeatureMap, normalizes, (float)options.Epsilon, segments, state);
        return Project(mixed, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="PerformerAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <param name="state">What it goes on from and leaves, or null.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Performer(
        Tensor x, IntTensor? segments, ParameterScope p, PerformerAttribute options, EagerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        Tensor mixed = EagerPerformer.Attend(
            Project(x, p, "Query", options.Bias),
            Project(x, p, "Key", options.Bias),
            Project(x, p, "Value", options.Bias),
            ValuesOf(p["Directions"]),
            Number(options.Heads),
            options,
            segments,
            state);
        return Project(mixed, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="LinformerAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="weight">E: the layer's <c>Weight</c>, or that of the layer to which it is tied.</param>
    /// <param name="options">The attribute.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are more positions than weights for
    /// them.</exception>
    public static Tensor Linformer(Tensor x, ParameterScope p, Parameter weight, LinformerAttribute options)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(options);
        int heads = Number(options.Heads);
        Tensor keySums = ValuesOf(weight);
        Tensor valueSums = options.Sharing == LinformerSharing.KeyValue ? keySums : ValuesOf(p["ValueWeight"]);
        Tensor mixed = Attend(
            Project(x, p, "Query", options.Bias),
            SumsOfPositions(Project(x, p, "Key", options.Bias), keySums, heads),
            SumsOfPositions(Project(x, p, "Value", options.Bias), valueSums, heads),
            heads);
        return Project(mixed, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="SparseAttentionAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor SparseAttention(
        Tensor x, IntTensor? segments, ParameterScope p, SparseAttentionAttribute options)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        Tensor q = Project(x, p, "Query", options.Bias);
        int heads = Number(options.Heads);
        var rule = new AttentionOptions(heads, heads, 1 / Math.Sqrt(q.Shape[2] / heads), AttentionScore.Softmax)
        {
            Causal = options.Causal,
            Pattern = new SparsePattern((int)options.Pattern, Number(options.Stride), Number(options.Summary)),
        };
        Tensor mixed = EagerAttention.Attend(
            q, Project(x, p, "Key", options.Bias), Project(x, p, "Value", options.Bias), rule, null, segments);
        return Project(mixed, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="ReformerAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Reformer(Tensor x, ParameterScope p, ReformerAttribute options)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        Tensor queries = Project(x, p, "QueryKey", options.Bias);
        if (options.Rope)
        {
            queries = Turn(queries, Number(options.Heads), options.RopeBase);
        }

        Tensor mixed = LshAttend(
            queries,
            Project(x, p, "Value", options.Bias),
            ValuesOf(p["Rotations"]),
            Number(options.Heads),
            Number(options.BucketSize),
            options.Causal,
            options.AllowDuplicates);
        return Project(mixed, p, "Output", options.Bias);
    }

    /// <summary>What <see cref="GauAttribute"/> says.</summary>
    /// <param name="x">[b, n, c].</param>
    /// <param name="segments">[b, n], or null.</param>
    /// <param name="p">The layer's parameters.</param>
    /// <param name="options">The attribute.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Gau(Tensor x, IntTensor? segments, ParameterScope p, GauAttribute options)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(options);
        Tensor normal = LayerNorm(x, p["Gain"], p["Offset"], -1, options.Epsilon);
        (Tensor gate, Tensor values, Tensor shared) = Gates(normal, p);
        Tensor q = AffineOf(shared, p, "Query");
        Tensor k = AffineOf(shared, p, "Key");
        if (options.Rope)
        {
            (q, k) = (Turn(q, 1, options.RopeBase), Turn(k, 1, options.RopeBase));
        }

        Tensor length = Length(x, options);
        float root = 1 / MathF.Sqrt(q.Shape[2]);
        (float scale, Tensor factor) = options.Score switch
        {
            GauScore.ReluSquared or GauScore.Laplace => (1f, 1f / length),
            GauScore.SoftmaxPlus => (root, Log(length) / MathF.Log(512)),
            _ => (root, (length * 0f) + 1f),
        };
        Tensor mixed = Attend(
            q * factor, k, values, 1, causal: options.Causal, scale: scale,
            score: options.Score switch
            {
                GauScore.Laplace => AttentionScore.Laplace,
                GauScore.Softmax or GauScore.SoftmaxPlus => AttentionScore.Softmax,
                _ => AttentionScore.ReluSquared,
            },
            bias: Relative(p, Number(options.Buckets), Number(options.MaxDistance), options.Causal, x.Shape[1]),
            segments: segments);
        mixed = options.Score == GauScore.ReluSquaredScaled ? mixed / length : mixed;
        return x + Project(gate * mixed, p, "Output", true);
    }

    private static int Number(object size) => Convert.ToInt32(size, System.Globalization.CultureInfo.InvariantCulture);

    private static Tensor Project(Tensor x, ParameterScope p, string weight, bool biased) =>
        Perceptron(x, p[weight], biased ? p[weight + "Bias"] : null, Activation.None);

    /// <summary>Σ weights[n, k]·x[b, n, c] over positions, [b, k, c]; weights may be of each head.</summary>
    private static Tensor SumsOfPositions(Tensor x, Tensor weights, int heads)
    {
        (int n, int c, int most, int rank) = (x.Shape[1], x.Shape[2], weights.Shape[^2], weights.Shape[^1]);
        if (n > most)
        {
            throw new ArgumentException(
                $"There are {n} positions, and weights for {most}: give 'length' at least {n}.", nameof(x));
        }

        var sums = new float[x.Shape[0] * rank * c];
        for (int at = 0; at < sums.Length; at++)
        {
            (int channel, int k, int b) = (at % c, at / c % rank, at / c / rank);
            int first = weights.Rank == 3 ? channel / (c / heads) * most : 0;
            double sum = 0;
            for (int i = 0; i < n; i++)
            {
                sum += (double)weights.Values[((first + i) * rank) + k] * x.Values[(((b * n) + i) * c) + channel];
            }

            sums[at] = (float)sum;
        }

        return new Tensor(sums, x.Shape[0], rank, c);
    }

    private static Tensor AffineOf(Tensor x, ParameterScope p, string name) =>
        (x * ValuesOf(p[name + "Gain"])) + ValuesOf(p[name + "Offset"]);

    private static Tensor ValuesOf(Parameter parameter) => new([.. parameter.ReadOnlyValues], [.. parameter.Shape]);

    private static (Tensor Gate, Tensor Values, Tensor Shared) Gates(Tensor normal, ParameterScope p)
    {
        Tensor both = Silu(Project(normal, p, "Expand", true));
        int width = both.Shape[2] / 2;
        return (Slice(both, 2, 0, width), Slice(both, 2, width, width), Silu(Project(normal, p, "Shared", true)));
    }

    private static Tensor NormalizeHeads(Tensor x, int heads, Parameter gain) => RmsNorm(
        x.Reshape(x.Shape[0], x.Shape[1] * heads, x.Shape[2] / heads), gain, -1, NormEpsilon)
        .Reshape([.. x.Extents]);

    private static Tensor Turn(Tensor x, int heads, double angleBase) => Rope(
        x.Reshape(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads), (float)angleBase, RopeLayout.Halves)
        .Reshape([.. x.Extents]);

    private static Tensor? Relative(ParameterScope p, int buckets, int maxDistance, bool causal, int span) =>
        buckets == 0 ? null : EagerPositions.RelativeBias(
            ValuesOf(p["Relative"]), span, new RelativeBucket(buckets, maxDistance, causal));

    /// <summary>n of the scores, [n, 1].</summary>
    private static Tensor Length(Tensor x, GauAttribute options)
    {
        int context = Number(options.Context);
        bool soFar = options.LengthScale == LengthScale.Position;
        bool constant = options.LengthScale == LengthScale.Context
            || (options.LengthScale == LengthScale.Automatic && (context > 0 || options.Causal));
        float[] lengths = new float[x.Shape[1]];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = soFar ? i + 1 : constant ? context : x.Shape[1];
        }

        return new Tensor(lengths, lengths.Length, 1);
    }
}
