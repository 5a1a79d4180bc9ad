namespace Models.Face;

/// <summary>
/// Embeddings of drawn glyphs by the cosine alone, without a margin (Wang et al. 2017, "NormFace").
/// </summary>
[Model(Example = "b=64")]
public sealed partial class GlyphNetNormFace
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.NormFace, Scale = 16)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings: the angle between two says how alike their glyphs are.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}
