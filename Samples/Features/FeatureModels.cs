using Dsl;

namespace Samples.Features;

// A margin is a constant of its attribute, so each is a class. Forward gives embeddings [b, 2] of images with ink from
// 0 to 1, Loss the mean cross-entropy.

/// <summary>The plain softmax, without offsets: all class boundaries go through the origin.</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureSoftmax
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.Softmax, Bias = false)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>The modified softmax (Liu et al. 2017, "SphereFace", section 3.1): rows of length 1.</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureModified
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.Modified)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>Rows and embeddings of length 1 (Wang et al. 2017, "NormFace").</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureNormFace
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.NormFace, Scale = 16)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>A-Softmax (Liu et al. 2017), twice the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureASoftmax2
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.ASoftmax, Factor = 2, LambdaBase = 100, LambdaMin = 1)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>A-Softmax, three times the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureASoftmax3
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.ASoftmax, Factor = 3, LambdaBase = 100, LambdaMin = 1)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>A-Softmax, four times the angle.</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureASoftmax4
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.ASoftmax, Factor = 4, LambdaBase = 100, LambdaMin = 1)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>A smaller cosine (Wang et al. 2018, "CosFace").</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureCosFace
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.CosFace, Scale = 16, Cosine = 0.1)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>A wider angle (Deng et al. 2019, "ArcFace").</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureArcFace
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.2)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}

/// <summary>The same, twice as wide.</summary>
[Model(Example = "b=64")]
internal sealed partial class FeatureArcFaceFar
{
    [Use<FeatureTrunk>(FeatureTrunk.Width)]
    private partial Tensor Describe(Tensor x);

    [MarginSoftmax(FeatureTrunk.Classes, Kind = Margin.ArcFace, Scale = 16, Angle = 0.4)]
    private partial Tensor Classify(Tensor embedding, IntTensor digit);

    [return: Shape("b", FeatureTrunk.Features)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Describe(image);

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => Classify(Forward(image), digit);
}
