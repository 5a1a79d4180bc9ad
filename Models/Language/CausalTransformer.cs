namespace Models.Language;

/// <summary>The trunk of a language model: layers of a transformer in which no position sees a later one, and a last
/// normalisation. Keeps the shape [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of each attention.</param>
/// <param name="depth">Layers.</param>
[Block]
public sealed partial class CausalTransformer(int width, int heads, int depth)
{
    /// <summary>What each position means where it stands.</summary>
    [Use<TransformerLayer>(nameof(width), nameof(heads), Repeat = nameof(depth))]
    private partial Tensor Layers(Tensor x);

    /// <summary>The scale that the scores see.</summary>
    [RmsNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x) => Norm(Layers(x));
}
