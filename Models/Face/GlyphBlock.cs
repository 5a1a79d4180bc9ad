namespace Models.Face;

/// <summary>What a glyph's strokes make at one scale: a 3×3 convolution, normalised by the batch, then the largest of
/// each 2×2 places. [b, c, h, w] to [b, width, ⌈h/2⌉, ⌈w/2⌉].</summary>
/// <param name="width">Channels.</param>
[Block]
public sealed partial class GlyphBlock(int width)
{
    /// <summary>Looks around. The normalisation has the offset.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor Look(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, width, ⌈h/2⌉, ⌈w/2⌉].</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x) => MaxPool(Norm(Look(x)), 2, 2, 0, 1, true);
}
