namespace Models.Language;

/// <summary>Multi-head attention in which a position sees itself and what came before it (Vaswani et al. 2017,
/// "Attention Is All You Need", arXiv:1706.03762), with rotary positions (Su et al. 2021, arXiv:2104.09864) and without offsets.
/// Sequences [b, n, c] become [b, n, width].</summary>
/// <param name="width">Features of a position, of all heads together.</param>
/// <param name="heads">Heads; they divide the width into even parts.</param>
[Block]
public sealed partial class CausalAttention(int width, int heads)
{
    /// <summary>What each position looks for.</summary>
    [Perceptron(nameof(width), Bias = false)]
    private partial Tensor Query(Tensor x);

    /// <summary>What each position can be found by.</summary>
    [Perceptron(nameof(width), Bias = false)]
    private partial Tensor Key(Tensor x);

    /// <summary>What each position tells those that find it.</summary>
    [Perceptron(nameof(width), Bias = false)]
    private partial Tensor Value(Tensor x);

    /// <summary>Mixes what the heads have found.</summary>
    [Perceptron(nameof(width), Bias = false)]
    private partial Tensor Output(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, c].</param>
    public Tensor Forward(Tensor x)
    {
        // Neighbouring features turn as pairs, so each head keeps its own: the first tells near positions apart, the
        // last far ones, about a thousand away.
        Tensor query = Rope(Query(x), 500f);
        Tensor key = Rope(Key(x), 500f);
        return Output(Attend(query, key, Value(x), heads, causal: true));
    }
}
