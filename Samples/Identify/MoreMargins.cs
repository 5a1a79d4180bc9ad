using Dsl;
using Models.Face;

namespace Samples.Identify;

// Losses that only this sample has, and settings of them that --select compares. Forward gives embeddings [b, 128] of images
// with ink from 0 to 1, Loss the mean cross-entropy.

/// <summary>L-Softmax (Liu et al. 2016, "Large-margin softmax"), twice the angle, and less of the plain cosine.</summary>
[Model(Example = "b=64")]
internal sealed partial class LSoftmaxTwiceFar
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.LSoftmax, Factor = 2, LambdaBase = 100, LambdaMin = 1)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>L-Softmax, twice the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class LSoftmaxTwice
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.LSoftmax, Factor = 2, LambdaBase = 100, LambdaMin = 3)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>L-Softmax, three times the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class LSoftmaxThrice
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.LSoftmax, Factor = 3, LambdaBase = 100, LambdaMin = 3)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>ArcFace with two rows for each class (Deng et al. 2020, "Sub-center ArcFace").</summary>
[Model(Example = "b=64")]
internal sealed partial class TwoCenters
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.5, SubCenters = 2)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>ArcFace with three rows for each class, as in that publication.</summary>
[Model(Example = "b=64")]
internal sealed partial class ThreeCenters
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.5, SubCenters = 3)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}

/// <summary>The same with a smaller margin.</summary>
[Model(Example = "b=64")]
internal sealed partial class ThreeCentersNear
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.35, SubCenters = 3)]
    private partial Tensor Classify(Tensor embedding, IntTensor glyph);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image, [Shape("b")] IntTensor glyph)
        => Classify(Forward(image), glyph);
}
