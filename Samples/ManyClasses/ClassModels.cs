using Dsl;

namespace Samples.ManyClasses;

/// <summary>ArcFace over a million classes. A scale of the features stands for the network before it.</summary>
[Model(Example = "b=64")]
internal sealed partial class MillionMargins
{
    [RmsNorm]
    private partial Tensor Embed(Tensor x);

    [MarginSoftmax(1_000_000)]
    private partial Tensor Classify(Tensor x, IntTensor identity);

    public Tensor Forward([Shape("b", 512)] Tensor x) => Embed(x);

    public Tensor Loss([Shape("b", 512)] Tensor x, [Shape("b")] IntTensor identity) => Classify(Forward(x), identity);
}

/// <summary>The same over 100,000 classes.</summary>
[Model(Example = "b=64")]
internal sealed partial class ManyMargins
{
    [RmsNorm]
    private partial Tensor Embed(Tensor x);

    [MarginSoftmax(100_000)]
    private partial Tensor Classify(Tensor x, IntTensor identity);

    public Tensor Forward([Shape("b", 512)] Tensor x) => Embed(x);

    public Tensor Loss([Shape("b", 512)] Tensor x, [Shape("b")] IntTensor identity) => Classify(Forward(x), identity);
}

/// <summary>A perceptron with a score for each of a million classes, and the cross-entropy of the scores: what
/// <see cref="MillionMargins"/> replaces.</summary>
[Model(Example = "b=64")]
internal sealed partial class MillionScores
{
    [RmsNorm]
    private partial Tensor Embed(Tensor x);

    [Perceptron(1_000_000)]
    private partial Tensor Classify(Tensor x);

    public Tensor Forward([Shape("b", 512)] Tensor x) => Embed(x);

    public Tensor Loss([Shape("b", 512)] Tensor x, [Shape("b")] IntTensor identity) =>
        Functions.CrossEntropy(Classify(Forward(x)), identity);
}

/// <summary>The same over 100,000 classes.</summary>
[Model(Example = "b=64")]
internal sealed partial class ManyScores
{
    [RmsNorm]
    private partial Tensor Embed(Tensor x);

    [Perceptron(100_000)]
    private partial Tensor Classify(Tensor x);

    public Tensor Forward([Shape("b", 512)] Tensor x) => Embed(x);

    public Tensor Loss([Shape("b", 512)] Tensor x, [Shape("b")] IntTensor identity) =>
        Functions.CrossEntropy(Classify(Forward(x)), identity);
}
