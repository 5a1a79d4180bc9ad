using Dsl;
using Models.Face;

namespace Samples.Identify;

// Scales and margins that --select compares with those of the library's models. A margin is a constant of its attribute, so
// each is a class.

/// <summary>Normalised, with a larger scale.</summary>
[Model(Example = "b=64")]
internal sealed partial class NormFaceLong
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.NormFace, Scale = 24)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>A-Softmax, twice the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class ASoftmaxNear
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ASoftmax, Factor = 2, LambdaBase = 100, LambdaMin = 1)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>CosFace, a smaller margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class CosFaceNear
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.CosFace, Scale = 16, Cosine = 0.15)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>CosFace, a larger margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class CosFaceFar
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.CosFace, Scale = 16, Cosine = 0.35)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>CosFace, a larger scale.</summary>
[Model(Example = "b=64")]
internal sealed partial class CosFaceLong
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.CosFace, Scale = 24, Cosine = 0.25)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>ArcFace, a smaller margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class ArcFaceNear
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.35)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>ArcFace, a larger scale.</summary>
[Model(Example = "b=64")]
internal sealed partial class ArcFaceLong
{
    /// <summary>What a glyph is described by.</summary>
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    /// <summary>The loss of the classes.</summary>
    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 24, Angle = 0.35)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    /// <summary>Embeddings.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    [return: Shape("b", GlyphNet.Features)]
    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    /// <summary>Mean cross-entropy.</summary>
    /// <param name="image">Ink, from 0 to 1.</param>
    /// <param name="glyph">Which class it is.</param>
    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}
