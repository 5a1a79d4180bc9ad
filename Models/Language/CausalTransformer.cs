using Models.Sequence;

namespace Models.Language;

/// <summary>The trunk of a language model: layers of a transformer in which no position sees a later one, and a last
/// normalisation. Keeps the shape [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of each attention; gated units have one.</param>
/// <param name="depth">Layers, or gated units, two of which are about a layer.</param>
/// <param name="attention">All but Linformer, which sees later positions.</param>
/// <param name="keyHeads">Of softmax: heads of keys and values; 0: as many as <paramref name="heads"/>.</param>
[Block]
public sealed partial class CausalTransformer(
    int width, int heads, int depth, AttentionKind attention = AttentionKind.Softmax, int keyHeads = 0)
{
    /// <summary>What each position means where it stands.</summary>
    [Use<TransformerLayer>(nameof(width), nameof(heads), nameof(attention), nameof(keyHeads), Repeat = nameof(depth))]
    private partial Tensor Layers(Tensor x);

    /// <summary>The same by gated attention units.</summary>
    [Use<GatedAttention>(true, Repeat = nameof(depth))]
    private partial Tensor Units(Tensor x);

    /// <summary>The same in linear time.</summary>
    [Use<FlashAttention>(true, Repeat = nameof(depth))]
    private partial Tensor Chunks(Tensor x);

    /// <summary>The same by layers of RWKV.</summary>
    [Use<RwkvLayer>("width/heads", nameof(attention), Repeat = nameof(depth))]
    private partial Tensor Mixers(Tensor x);

    /// <summary>The scale that the scores see.</summary>
    [RmsNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x) => Norm(
        attention == AttentionKind.Gau ? Units(x)
        : attention == AttentionKind.Flash ? Chunks(x)
        : attention == AttentionKind.Rwkv6 || attention == AttentionKind.Rwkv4 ? Mixers(x)
        : Layers(x));
}
