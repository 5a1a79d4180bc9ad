namespace Dsl.Benchmarks.Workloads;

/// <summary>784-512-512-10 with ReLU on flat images: products and little else.</summary>
[Model(Example = "b=128")]
internal sealed partial class Mlp
{
    [Perceptron(512, Activation = Activation.Relu)]
    private partial Tensor First(Tensor x);

    [Perceptron(512, Activation = Activation.Relu)]
    private partial Tensor Second(Tensor x);

    [Perceptron(10)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 784)] Tensor image) => Classify(Second(First(image)));

    public Tensor Loss([Shape("b", 784)] Tensor image, [Shape("b")] IntTensor digit)
        => CrossEntropy(Forward(image), digit);
}
