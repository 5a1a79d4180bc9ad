using Models.Vision;

namespace Dsl.Benchmarks.Workloads;

/// <summary>ResNet-18 on colour images of 64×64 (He et al. 2015, arXiv:1512.03385).</summary>
[Model(Example = "b=8")]
internal sealed partial class ResNet
{
    [Use<ResNet18Trunk>(64)]
    private partial Tensor Trunk(Tensor x);

    [Perceptron(1000)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 1000)]
    public Tensor Forward([Shape("b", 3, 64, 64)] Tensor image) => Classify(GlobalAvgPool(Trunk(image)));

    public Tensor Loss([Shape("b", 3, 64, 64)] Tensor image, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(image), label);
}
