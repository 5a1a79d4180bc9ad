namespace Dsl.Kernels;

/// <summary>
/// Extents and strides (in elements) of attention: o[b, i, h] = Σ_j w(s(b, h, i, j))·v[b, j, h / group] over the keys j that
/// query i sees. All operands are [batch, position, head, feature] with contiguous heads and features; several query heads in
/// turn may share a key head. Which keys a query may see is an interval for each query, and the same for all heads;
/// <see cref="Pattern"/> hides some of them.
/// </summary>
public sealed record AttendShape
{
    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Queries of a sequence.</summary>
    public required Size Queries { get; init; }

    /// <summary>Keys of a sequence.</summary>
    public required Size Keys { get; init; }

    /// <summary>Heads of the queries and of the result.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values: a divisor of <see cref="Heads"/>.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Features of a query and of a key.</summary>
    public required int KeyWidth { get; init; }

    /// <summary>Features of a value.</summary>
    public required int ValueWidth { get; init; }

    /// <summary>From one sequence of queries to the next.</summary>
    public required Size QueryBatch { get; init; }

    /// <summary>From one query to the next.</summary>
    public required Size QueryRow { get; init; }

    /// <summary>From one sequence of keys to the next.</summary>
    public required Size KeyBatch { get; init; }

    /// <summary>From one key to the next.</summary>
    public required Size KeyRow { get; init; }

    /// <summary>From one sequence of values to the next.</summary>
    public required Size ValueBatch { get; init; }

    /// <summary>From one value to the next.</summary>
    public required Size ValueRow { get; init; }

    /// <summary>From one sequence of the result to the next.</summary>
    public required Size ResultBatch { get; init; }

    /// <summary>From one position of the result to the next.</summary>
    public required Size ResultRow { get; init; }

    /// <summary>What weighs the values.</summary>
    public required AttentionScore Score { get; init; }

    /// <summary>Whether a buffer takes the logarithm of each row's sum of exponentials, which gradients of softmax
    /// need.</summary>
    public bool LogSums { get; init; }

    /// <summary>The factor of q·k.</summary>
    public float Scale { get; init; } = 1f;

    /// <summary>Which position the first query has, where key 0 has position 0: what a query sees depends on its position. When
    /// keys lie in a ring they may be fewer; the query's own is key position mod <see cref="Keys"/>.</summary>
    public Size Position { get; init; } = 0;

    /// <summary>Query i sees keys 0 … i only.</summary>
    public bool Causal { get; init; }

    /// <summary>Query i sees keys i - Window + 1 … i + Window - 1 only; 0: all.</summary>
    public int Window { get; init; }

    /// <summary>Query i sees keys of its own chunk of so many positions only; 0: all.</summary>
    public int Chunk { get; init; }

    /// <summary>Which of those keys queries see; of a pattern, the keys of a query are no interval.</summary>
    public AttentionPattern Pattern { get; init; }

    /// <summary>The stride of the pattern.</summary>
    public int Stride { get; init; }

    /// <summary>Of a fixed pattern: positions at the end of each part that all see.</summary>
    public int Summary { get; init; }

    /// <summary>Whether a buffer holds a bias for each pair of positions, or of distances.</summary>
    public AttendBias Bias { get; init; }

    /// <summary>From the bias of one head to the next; 0: all heads share it.</summary>
    public Size BiasHead { get; init; } = 0;

    /// <summary>Whether a buffer holds a segment number for each position: a query sees keys of its own segment only, and a
    /// negative one hides a position.</summary>
    public bool Segments { get; init; }

    /// <summary>Whether a buffer holds for each sequence how many keys it has: queries see none behind them.</summary>
    public bool Lengths { get; init; }

    /// <summary>From the segment numbers of one sequence to those of the next; 0: one number for each key.</summary>
    public Size SegmentBatch { get; init; } = 0;
}

/// <summary>How the bias of a score is stored, for each head.</summary>
public enum AttendBias
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>[queries, keys]; with chunks [chunk, chunk].</summary>
    Dense,

    /// <summary>[2·span - 1], span being the number of positions or, with chunks, the chunk: element j - i + span - 1 is
    /// the bias of key j for query i.</summary>
    Relative,
}
