namespace Models.Language;

/// <summary>A language model: for each position of [b, n] tokens the scores [b, n, vocabulary] of the token after it,
/// from all up to it (after Radford et al. 2018, "Improving Language Understanding by Generative
/// Pre-Training").</summary>
/// <remarks>The scores have weights of their own: an embedding begins with deviation 1, ten times what scores
/// need.</remarks>
/// <param name="vocabulary">Tokens are below this.</param>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of each attention.</param>
/// <param name="depth">Layers, or gated units.</param>
/// <param name="attention">All but Linformer.</param>
/// <param name="keyHeads">Of softmax: heads of keys and values; 0: as many as <paramref name="heads"/>.</param>
/// <param name="positions">Whether tokens are told where they stand.</param>
[Block]
public sealed partial class CausalLanguageModel(
    int vocabulary,
    int width,
    int heads,
    int depth,
    AttentionKind attention = AttentionKind.Softmax,
    int keyHeads = 0,
    bool positions = false)
{
    /// <summary>What each token is.</summary>
    [Use<TokenEmbedding>(nameof(vocabulary), nameof(width), nameof(positions))]
    private partial Tensor Embed(IntTensor x);

    /// <summary>What it means where it stands.</summary>
    [Use<CausalTransformer>(nameof(width), nameof(heads), nameof(depth), nameof(attention), nameof(keyHeads))]
    private partial Tensor Trunk(Tensor x);

    /// <summary>One score for each token that may follow.</summary>
    [Perceptron(nameof(vocabulary), Bias = false)]
    private partial Tensor Head(Tensor x);

    /// <summary>[b, n, vocabulary].</summary>
    /// <param name="tokens">[b, n].</param>
    public Tensor Forward(IntTensor tokens) => Head(Trunk(Embed(tokens)));
}
