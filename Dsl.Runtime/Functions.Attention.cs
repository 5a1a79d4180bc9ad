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
}
