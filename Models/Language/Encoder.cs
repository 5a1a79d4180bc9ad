namespace Models.Language;

/// <summary>The trunk of a classifier of sequences: layers of a transformer in which a position sees all others, and a
/// last normalisation. Keeps the shape [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of each attention; gated units have one.</param>
/// <param name="depth">Layers; of gated units there are twice as many, as in their paper.</param>
/// <param name="attention">How positions see each other.</param>
/// <param name="length">Of Linformer: positions of the longest sequence.</param>
[Block]
public sealed partial class Encoder(int width, int heads, int depth, AttentionKind attention, int length)
{
    /// <summary>What each position means where it stands.</summary>
    [Use<EncoderLayer>(nameof(width), nameof(heads), nameof(attention), nameof(length), Repeat = nameof(depth))]
    private partial Tensor Layers(Tensor x);

    /// <summary>The same by gated attention units, whose keys have the width.</summary>
    [Use<GatedAttention>(false, nameof(width), Repeat = "2*depth")]
    private partial Tensor Units(Tensor x);

    /// <summary>The same in linear time, with chunks of 32.</summary>
    [Use<FlashAttention>(false, nameof(width), 32, Repeat = "2*depth")]
    private partial Tensor Chunks(Tensor x);

    /// <summary>The scale that the scores see.</summary>
    [RmsNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x) => Norm(
        attention == AttentionKind.Gau ? Units(x) : attention == AttentionKind.Flash ? Chunks(x) : Layers(x));
}
