using Dsl;
using Models.Face;

namespace Samples.Identify;

// Scales and margins that --select compares with those of the library's models. A margin is a constant of its attribute,
// so each is a class: Forward gives embeddings [b, 128] of images with ink from 0 to 1, Loss the mean cross-entropy.

/// <summary>Normalised, with a larger scale.</summary>
[Model(Example = "b=64")]
internal sealed partial class NormFaceLong
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.NormFace, Scale = 24)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>A-Softmax, twice the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class ASoftmaxNear
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ASoftmax, Factor = 2, LambdaBase = 100, LambdaMin = 1)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>CosFace, a smaller margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class CosFaceNear
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.CosFace, Scale = 16, Cosine = 0.15)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>CosFace, a larger margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class CosFaceFar
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.CosFace, Scale = 16, Cosine = 0.35)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>CosFace, a larger scale.</summary>
[Model(Example = "b=64")]
internal sealed partial class CosFaceLong
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.CosFace, Scale = 24, Cosine = 0.25)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>ArcFace, a smaller margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class ArcFaceNear
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.35)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>ArcFace, a larger scale.</summary>
[Model(Example = "b=64")]
internal sealed partial class ArcFaceLong
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 24, Angle = 0.35)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}
