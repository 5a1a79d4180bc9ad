using Dsl;
using Models.Face;
using static Dsl.Functions;

namespace Samples.Identify;

// The two signals of DeepID2 (Sun et al. 2014, "Deep learning face representation by joint
// identification-verification"): the softmax of the classes, and λ times ½|a - b|² of equal pairs and
// ½·max(0, m - |a - b|)² of others. λ and m are constants here, so each choice is a class. Forward gives embeddings
// [b, 128] of images with ink from 0 to 1; Loss takes p pairs: the first image of each and then the second of each, their
// classes in the same order, and [p] 1 where these are equal, 0 elsewhere.

/// <summary>The publication's weight.</summary>
[Model(Example = "b=64, p=32")]
internal sealed partial class DeepId2Published
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.Softmax)]
    private partial Tensor Classify(Tensor embeddings, IntTensor glyphs);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss(
        [Shape("2*p", 1, GlyphNet.Side, GlyphNet.Side)] Tensor images,
        [Shape("2*p")] IntTensor glyphs,
        [Shape("p")] Tensor same)
    {
        Tensor embeddings = Describe(images);
        Tensor[] pairs = Split(embeddings, 2, 0);
        return Classify(embeddings, glyphs) + (0.05f * Contrastive(pairs[0], pairs[1], same, 16));
    }
}

/// <summary>The publication's weight, and a larger margin.</summary>
[Model(Example = "b=64, p=32")]
internal sealed partial class DeepId2Far
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.Softmax)]
    private partial Tensor Classify(Tensor embeddings, IntTensor glyphs);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss(
        [Shape("2*p", 1, GlyphNet.Side, GlyphNet.Side)] Tensor images,
        [Shape("2*p")] IntTensor glyphs,
        [Shape("p")] Tensor same)
    {
        Tensor embeddings = Describe(images);
        Tensor[] pairs = Split(embeddings, 2, 0);
        return Classify(embeddings, glyphs) + (0.05f * Contrastive(pairs[0], pairs[1], same, 24));
    }
}

/// <summary>A smaller weight than the publication's, and a margin of what embeddings are apart at first:
/// √(2·128).</summary>
[Model(Example = "b=64, p=32")]
internal sealed partial class DeepId2
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.Softmax)]
    private partial Tensor Classify(Tensor embeddings, IntTensor glyphs);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss(
        [Shape("2*p", 1, GlyphNet.Side, GlyphNet.Side)] Tensor images,
        [Shape("2*p")] IntTensor glyphs,
        [Shape("p")] Tensor same)
    {
        Tensor embeddings = Describe(images);
        Tensor[] pairs = Split(embeddings, 2, 0);
        return Classify(embeddings, glyphs) + (0.01f * Contrastive(pairs[0], pairs[1], same, 16));
    }
}

/// <summary>A larger weight.</summary>
[Model(Example = "b=64, p=32")]
internal sealed partial class DeepId2Strong
{
    [Use<GlyphNet>(32, GlyphNet.Features)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(GlyphNet.Classes, Kind = Margin.Softmax)]
    private partial Tensor Classify(Tensor embeddings, IntTensor glyphs);

    public Tensor Forward([Shape("b", 1, GlyphNet.Side, GlyphNet.Side)] Tensor image) => Describe(image);

    public Tensor Loss(
        [Shape("2*p", 1, GlyphNet.Side, GlyphNet.Side)] Tensor images,
        [Shape("2*p")] IntTensor glyphs,
        [Shape("p")] Tensor same)
    {
        Tensor embeddings = Describe(images);
        Tensor[] pairs = Split(embeddings, 2, 0);
        return Classify(embeddings, glyphs) + (0.2f * Contrastive(pairs[0], pairs[1], same, 16));
    }
}
