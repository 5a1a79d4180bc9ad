namespace Models.Language;

/// <summary>Multi-head attention in which a position sees itself and what came before it (Vaswani et al. 2017, "Attention
/// Is All You Need", arXiv:1706.03762), without offsets. Sequences [b, n, c] become [b, n, width].</summary>
/// <param name="width">Features of a position, of all heads together.</param>
/// <param name="heads">Heads; they divide the width.</param>
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
        // Here queries and keys would learn where they are. Without that, order shows only in how much each one sees.
        Tensor query = Query(x);
        Tensor key = Key(x);
        return Output(Attend(query, key, Value(x), heads, causal: true));
    }
}
