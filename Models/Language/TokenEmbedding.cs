namespace Models.Language;

/// <summary>What tokens [b, n] are, [b, n, width], and where they stand.</summary>
/// <param name="vocabulary">Tokens are below this.</param>
/// <param name="width">Features of a position; even with positions.</param>
/// <param name="positions">Whether sines and cosines of a position are added (Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.5), for layers that do not tell positions apart.</param>
[Block]
public sealed partial class TokenEmbedding(int vocabulary, int width, bool positions = false)
{
    /// <summary>What each token is.</summary>
    [Embedding(nameof(vocabulary), nameof(width))]
    private partial Tensor Embed(IntTensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="tokens">[b, n].</param>
    public Tensor Forward(IntTensor tokens)
    {
        Tensor embedded = Embed(tokens);

        // The pair (1, 1), turned by an angle, is √2·(cos, sin) of the angle and an eighth of a turn.
        return positions ? embedded + Rope(Map(One, embedded)) : embedded;
    }

    [Pointwise]
    private static float One(float x) => 1f;
}
