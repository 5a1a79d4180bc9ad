using Models.Language;

namespace Models.Sequence;

/// <summary>What each token of a sequence means after those before it: [b, n] to [b, n, width], by layers of state
/// spaces.</summary>
/// <param name="vocabulary">Tokens that there are.</param>
/// <param name="width">Features of a position.</param>
/// <param name="depth">Layers.</param>
/// <param name="selective">Whether positions choose what is kept (Mamba, Gu and Dao 2023, arXiv:2312.00752); else states
/// forget at the same rates at every position (S4D, Gu et al. 2022, arXiv:2206.11893).</param>
[Block]
public sealed partial class TokenEncoder(int vocabulary, int width, int depth, bool selective)
{
    /// <summary>What each token is.</summary>
    [Use<TokenEmbedding>(nameof(vocabulary), nameof(width))]
    private partial Tensor Embed(IntTensor x);

    /// <summary>What they mean after those before them.</summary>
    [Use<SelectiveLayer>(nameof(selective), Repeat = nameof(depth))]
    private partial Tensor Layers(Tensor x);

    /// <summary>The scale that a head sees.</summary>
    [RmsNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="tokens">[b, n].</param>
    public Tensor Forward(IntTensor tokens) => Norm(Layers(Embed(tokens)));
}
