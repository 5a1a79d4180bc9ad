namespace Spirals;

/// <summary>Tells which of three spirals a point of the plane is on.</summary>
[Model(Example = "b=32")]
public sealed partial class SpiralNet
{
    [Perceptron(64, Activation = Activation.Silu)]
    private partial Tensor Hidden(Tensor x);

    [Perceptron(64, Activation = Activation.Silu)]
    private partial Tensor Deeper(Tensor x);

    [Perceptron(3)]
    private partial Tensor Classify(Tensor x);

    [return: Shape("b", 3)]
    public Tensor Forward([Shape("b", 2)] Tensor point) => Classify(Deeper(Hidden(point)));

    public Tensor Loss([Shape("b", 2)] Tensor point, [Shape("b")] IntTensor spiral)
        => CrossEntropy(Forward(point), spiral);
}
