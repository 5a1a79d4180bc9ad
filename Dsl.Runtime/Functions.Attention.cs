using System;
using Dsl.Eager;

namespace Dsl;

/// <content>Functions of sequences: what mixes positions.</content>
public static partial class Functions
{
    /// <summary>
    /// Attention: for each query the sum of the values, weighed by its scores with their keys, s = scale·q·k + bias (Vaswani
    /// et al. 2017). Compiled, no scores are stored, forward or backward.
    /// </summary>
    /// <param name="queries">[b, n, heads·d].</param>
    /// <param name="keys">[b, m, keyHeads·d].</param>
    /// <param name="values">[b, m, keyHeads·e].</param>
    /// <param name="heads">Heads of the queries; they divide the width.</param>
    /// <param name="keyHeads">Heads of keys and values, a divisor of <paramref name="heads"/>: so many neighbouring query
    /// heads share one (grouped queries, Ainslie et al. 2023); 0: as many as heads.</param>
    /// <param name="causal">Whether a query sees keys up to its own position only; then m = n.</param>
    /// <param name="window">A query sees keys less than so many positions away; 0: all.</param>
    /// <param name="chunk">A query sees keys of its own chunk of so many positions; 0: all.</param>
    /// <param name="scale">The factor of q·k; 0: 1/√d.</param>
    /// <param name="score">What is made of a score.</param>
    /// <param name="bias">Added to scores: by position [n, m] or [heads, n, m], or by distance [n + m - 1] or
    /// [heads, n + m - 1], where element j - i + n - 1 is that of key j for query i. With chunks n and m are the
    /// chunk.</param>
    /// <param name="segments">[b, n]: a query sees keys of its own segment only, and a negative number hides a position;
    /// then m = n.</param>
    /// <returns>[b, n, heads·e]. A query that sees no key yields zeros.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Attend(
        Tensor queries,
        Tensor keys,
        Tensor values,
        int heads,
        int keyHeads = 0,
        bool causal = false,
        int window = 0,
        int chunk = 0,
        float scale = 0,
        AttentionScore score = AttentionScore.Softmax,
        Tensor? bias = null,
        IntTensor? segments = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(keyHeads);
        double factor = scale != 0 || queries.Rank == 0 ? scale : 1 / Math.Sqrt(queries.Shape[^1] / heads);
        var options = new AttentionOptions(heads, keyHeads == 0 ? heads : keyHeads, factor, score)
        {
            Causal = causal, Window = window, Chunk = chunk,
        };
        return EagerAttention.Attend(queries, keys, values, options, bias, segments);
    }

    /// <summary>
    /// Attention in linear time: Σ (φ(q)·φ(k)) v over Σ φ(q)·φ(k) + ε (Katharopoulos et al. 2020, "Transformers are RNNs", eq. 4
    /// to 12). Compiled, a chunk of positions at a time adds to a state of d × e numbers for each head.
    /// </summary>
    /// <param name="queries">[b, n, heads·d].</param>
    /// <param name="keys">[b, m, heads·d].</param>
    /// <param name="values">[b, m, heads·e].</param>
    /// <param name="heads">Heads; they divide the widths.</param>
    /// <param name="map">φ.</param>
    /// <param name="causal">Whether a query sees keys up to its own position only; then m = n, and the map may not be
    /// <see cref="FeatureMap.Efficient"/>.</param>
    /// <param name="normalize">Whether to divide by the sum of weights.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="segments">[b, n]: a query sees keys of its own segment only, and a negative number hides a position;
    /// then m = n, and the map may not be <see cref="FeatureMap.Efficient"/>.</param>
    /// <returns>[b, n, heads·e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the map cannot be causal.</exception>
    public static Tensor LinearAttend(
        Tensor queries,
        Tensor keys,
        Tensor values,
        int heads,
        FeatureMap map = FeatureMap.EluPlusOne,
        bool causal = false,
        bool normalize = true,
        float epsilon = 1e-6f,
        IntTensor? segments = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (causal && map == FeatureMap.Efficient)
        {
            throw new ArgumentException("A softmax over positions sees later ones: it cannot be causal.", nameof(map));
        }

        (Tensor q, Tensor k) = (Features(queries, heads, map, true), Features(keys, heads, map, false));
        if (segments is not null && map == FeatureMap.Efficient)
        {
            throw new ArgumentException("A softmax over positions sees all segments.", nameof(map));
        }

        Func<int, int, int, bool> sees = EagerAttention.Sight(causal, segments);
        Tensor sum = EagerAttention.Products(q, k, values, heads, sees);
        Tensor ones = (values * 0f) + 1f;
        bool taylor = map == FeatureMap.Taylor;
        Tensor one = new Tensor([1f]);
        Tensor constant = one.Reshape(1, 1, 1) + Slice(q * 0f, 2, 0, heads);
        Tensor others = one.Reshape(1, 1, 1) + Slice(k * 0f, 2, 0, heads);
        sum = taylor ? sum + EagerAttention.Products(constant, others, values, heads, sees) : sum;
        if (!normalize || map == FeatureMap.Efficient)
        {
            return sum;
        }

        Tensor weights = EagerAttention.Products(q, k, ones, heads, sees);
        weights = taylor ? weights + EagerAttention.Products(constant, others, ones, heads, sees) : weights;
        return sum / (weights + epsilon);
    }

    /// <summary>
    /// Linear attention that forgets: o_t = q_tᵀS_t of each head, with the state S_t = diag(a_t) S_{t-1} + k_t v_tᵀ and a decay
    /// a_t = exp(decay_t). With one number for a head it is retention (Sun et al. 2023, arXiv:2307.08621, equation 6), or SSD
    /// (Dao and Gu 2024, arXiv:2405.21060); with one for each feature of the keys gated linear attention (Yang et al. 2023,
    /// arXiv:2312.06635). The result is not normalised. Compiled, it takes positions one by one, so any decay is exact.
    /// </summary>
    /// <param name="queries">[b, n, heads·d].</param>
    /// <param name="keys">[b, n, heads·d].</param>
    /// <param name="values">[b, n, heads·e].</param>
    /// <param name="decay">Logarithms, at most 0 for a state that does not grow: [b, n, heads] or [b, n, heads·d].</param>
    /// <param name="heads">Heads; they divide the widths.</param>
    /// <param name="exclusive">Whether a position sees the state before its own key, value and decay: q_tᵀS_{t-1}, as
    /// in RWKV-6 (Peng et al. 2024, arXiv:2404.05892, equation 18).</param>
    /// <param name="state">The state before the first position, [b, heads, d, e]: what <see cref="DecayState"/> gave for what
    /// came before. Zeros by default.</param>
    /// <returns>[b, n, heads·e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor DecayAttend(
        Tensor queries, Tensor keys, Tensor values, Tensor decay, int heads, bool exclusive = false, Tensor? state = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(decay);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        return EagerDecay.Scan(queries, keys, values, decay, heads, exclusive, state).Result;
    }

    /// <summary>
    /// The state of <see cref="DecayAttend"/> behind the last position. A long sequence may be taken in parts: the
    /// state of one part is where the next begins, and gradients flow through it.
    /// </summary>
    /// <param name="keys">[b, n, heads·d].</param>
    /// <param name="values">[b, n, heads·e].</param>
    /// <param name="decay">Logarithms, [b, n, heads] or [b, n, heads·d].</param>
    /// <param name="heads">Heads; they divide the widths.</param>
    /// <param name="state">The state before the first position; zeros by default.</param>
    /// <returns>[b, heads, d, e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor DecayState(Tensor keys, Tensor values, Tensor decay, int heads, Tensor? state = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(decay);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        return EagerDecay.Scan(null, keys, values, decay, heads, false, state).State;
    }

    /// <summary>
    /// Linear attention whose state replaces what it says of a key: o_t = S_t·q_t of each head, with the state
    /// S_t = a_t·S_{t-1}·(I - β_t k_t k_tᵀ) + β_t v_t k_tᵀ. Yang et al. 2024, "Parallelizing Linear Transformers with the Delta Rule over
    /// Sequence Length", arXiv:2406.06484, equation 3; with a decay a_t = exp(decay_t) "Gated Delta Networks", arXiv:2412.06464,
    /// equation 10. Keys of unit length and strengths from 0 to 1 keep the state from growing.
    /// </summary>
    /// <remarks>Compiled, it takes positions one by one, so any decay is exact; the gradients keep the state before each 32
    /// positions.</remarks>
    /// <param name="queries">[b, n, heads·d], d at most 1,024.</param>
    /// <param name="keys">[b, n, heads·d].</param>
    /// <param name="values">[b, n, heads·e], e at most 1,024.</param>
    /// <param name="strength">β, [b, n, heads]: 0 leaves the state as it is, 1 replaces all that it says of the key.</param>
    /// <param name="heads">Heads; they divide the widths.</param>
    /// <param name="decay">Logarithms, at most 0: [b, n, heads]. None by default.</param>
    /// <param name="segments">[b, n]: the state begins anew with each segment, and a negative number hides a position.</param>
    /// <returns>[b, n, heads·e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor DeltaAttend(
        Tensor queries,
        Tensor keys,
        Tensor values,
        Tensor strength,
        int heads,
        Tensor? decay = null,
        IntTensor? segments = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(strength);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        return EagerDelta.Scan(queries, keys, values, strength, heads, decay, segments);
    }

    /// <summary>
    /// Attention among positions that hash alike (Kitaev et al. 2020, "Reformer: The Efficient Transformer",
    /// arXiv:2001.04451): queries are keys, too, with unit length as keys. In each round the bucket of x is the index of the
    /// largest of [x·R, -x·R], positions are sorted by bucket and position and cut into chunks, and a position attends to
    /// those of its own chunk and of the one before, the last chunk being before the first. Rounds are weighed by the softmax
    /// of the logarithms of their sums.
    /// </summary>
    /// <remarks>A position's score with itself is -50,000, so it counts only where nothing else is visible. Work and memory
    /// are rounds·n·2·bucketSize for each head. Nothing flows back through buckets and their order. The last chunk may be
    /// shorter.</remarks>
    /// <param name="queries">[b, n, heads·d]: queries, and keys.</param>
    /// <param name="values">[b, n, heads·e].</param>
    /// <param name="rotations">R, [d, rounds, buckets/2], for all heads.</param>
    /// <param name="heads">Heads; they divide the widths.</param>
    /// <param name="bucketSize">Positions of a chunk.</param>
    /// <param name="causal">Whether a position sees itself and earlier ones only. Later positions still decide who shares a
    /// chunk with whom.</param>
    /// <param name="allowDuplicates">Whether a pair that shares a chunk in several rounds counts in each. Otherwise the
    /// logarithm of their number is taken off its score, and the result is the softmax over all pairs that share
    /// one.</param>
    /// <returns>[b, n, heads·e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor LshAttend(
        Tensor queries,
        Tensor values,
        Tensor rotations,
        int heads,
        int bucketSize = 64,
        bool causal = false,
        bool allowDuplicates = true)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(rotations);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketSize, 1);
        return new EagerLsh(queries, values, rotations, heads, bucketSize, causal, allowDuplicates).Attend();
    }

    /// <summary>
    /// A causal convolution of each channel with a kernel that may be as long as the sequence: y_t = Σ_j k_j·x_{t-j}.
    /// Compiled it is computed by Fourier transforms (Gu et al. 2021, arXiv:2111.00396, section 3), whose work is n·log
    /// n whatever m is.
    /// </summary>
    /// <remarks>Numbers of the kernel beyond the sequence meet nothing. The result and both gradients have the rounding
    /// errors of a transform: small against the largest results, not against each.</remarks>
    /// <param name="x">[b, n, c], with constant c.</param>
    /// <param name="kernel">k, [m, c]: a number for each distance and channel.</param>
    /// <param name="reverse">Whether a position sees later positions instead of earlier ones: y_t = Σ_j
    /// k_j·x_{t+j}.</param>
    /// <returns>[b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor LongConvolution(Tensor x, Tensor kernel, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        if (x.Shape.Count != 3 || kernel.Shape.Count != 2 || kernel.Shape[1] != x.Shape[2])
        {
            throw new ArgumentException(
                $"Expected x [b, n, c] and a kernel [m, c], not [{string.Join(", ", x.Shape)}] and "
                + $"[{string.Join(", ", kernel.Shape)}].", nameof(kernel));
        }

        return EagerStateSpaces.Convolve(x, kernel, reverse);
    }

    internal static Tensor Features(Tensor x, int heads, FeatureMap map, bool isQuery)
    {
        Tensor ByHead() => x.Reshape(x.Shape[0], x.Shape[1] * heads, x.Shape[2] / heads);
        return map switch
        {
            FeatureMap.EluPlusOne => x.Map(static v => v > 0 ? v + 1 : MathF.Exp(v)),
            FeatureMap.Relu => x.Map(static v => MathF.Max(v, 0) + 1e-3f),
            FeatureMap.Exp => x.Map(MathF.Exp),
            FeatureMap.Taylor => L2Normalize(ByHead()).Reshape([.. x.Extents]),
            FeatureMap.Efficient when isQuery => Softmax(ByHead()).Reshape([.. x.Extents]),
            FeatureMap.Efficient => Softmax(x, 1),
            _ => x,
        };
    }
}
