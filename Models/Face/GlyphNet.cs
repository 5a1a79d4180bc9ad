namespace Models.Face;

/// <summary>An embedding of drawn glyphs, the trunk of all <c>GlyphNet</c> models: four blocks that each halve the
/// size, a perceptron, and a normalisation by the batch, so that embeddings are centred (as behind the perceptron of
/// Deng et al. 2019, "ArcFace", section 3.1). [b, 1, 35, 35] to [b, features].</summary>
/// <param name="width">Channels of the first block; the second has twice as many, the others four times.</param>
/// <param name="features">Numbers that describe a glyph.</param>
[Block]
public sealed partial class GlyphNet(int width, int features)
{
    /// <summary>Height and width of an image: a drawing of 105×105 pixels in squares of 3×3.</summary>
    public const int Side = 35;

    /// <summary>Features of the models.</summary>
    public const int Features = 128;

    /// <summary>Classes of the models: 161 characters, each in four turns.</summary>
    public const int Classes = 644;

    /// <summary>Strokes.</summary>
    [Use<GlyphBlock>(nameof(width))]
    private partial Tensor One(Tensor x);

    /// <summary>Corners and crossings.</summary>
    [Use<GlyphBlock>("2*width")]
    private partial Tensor Two(Tensor x);

    /// <summary>Parts.</summary>
    [Use<GlyphBlock>("4*width")]
    private partial Tensor Three(Tensor x);

    /// <summary>Larger parts.</summary>
    [Use<GlyphBlock>("4*width")]
    private partial Tensor Four(Tensor x);

    /// <summary>The whole.</summary>
    [Perceptron(nameof(features), Bias = false)]
    private partial Tensor Describe(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, features].</summary>
    /// <param name="image">[b, 1, 35, 35].</param>
    public Tensor Forward(Tensor image) => Norm(Describe(Flatten(Four(Three(Two(One(image)))))));
}
