namespace Dsl.Benchmarks.Workloads;

/// <summary>ArcFace over embeddings of 512 features and 10,000 classes. A scale of the features stands for the network.</summary>
[Model(Example = "b=64")]
internal sealed partial class FaceHead
{
    [RmsNorm]
    private partial Tensor Embed(Tensor x);

    [MarginSoftmax(10_000)]
    private partial Tensor Classify(Tensor x, IntTensor identity);

    public Tensor Forward([Shape("b", 512)] Tensor x) => Embed(x);

    public Tensor Loss([Shape("b", 512)] Tensor x, [Shape("b")] IntTensor identity) => Classify(Forward(x), identity);
}

/// <summary>The same over 100,000 classes.</summary>
[Model(Example = "b=64")]
internal sealed partial class LargeFaceHead
{
    [RmsNorm]
    private partial Tensor Embed(Tensor x);

    [MarginSoftmax(100_000)]
    private partial Tensor Classify(Tensor x, IntTensor identity);

    public Tensor Forward([Shape("b", 512)] Tensor x) => Embed(x);

    public Tensor Loss([Shape("b", 512)] Tensor x, [Shape("b")] IntTensor identity) => Classify(Forward(x), identity);
}
