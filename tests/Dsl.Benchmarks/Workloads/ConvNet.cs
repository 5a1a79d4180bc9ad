namespace Dsl.Benchmarks.Workloads;

/// <summary>Two 3×3 convolutions at full size, a maximum and a wide hidden layer.</summary>
[Model(Example = "b=64")]
internal sealed partial class ConvNet
{
    [Conv(32, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Stem(Tensor x);

    [Conv(64, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Deep(Tensor x);

    [Perceptron(128, Activation = Activation.Relu)]
    private partial Tensor Hidden(Tensor x);

    [Perceptron(10)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image)
        => Classify(Hidden(Flatten(MaxPool(Deep(Stem(image)), 2))));

    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => CrossEntropy(Forward(image), digit);
}
