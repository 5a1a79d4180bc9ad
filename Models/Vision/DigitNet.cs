namespace Models.Vision;

/// <summary>
/// A convolutional network for 28×28 grey digits: two 3×3 convolutions, each followed by a 2×2 maximum, a hidden
/// perceptron and a classifier. LeNet-5's plan (LeCun et al. 1998) with ReLU, maxima and more channels.
/// </summary>
[Model(Example = "b=64")]
public sealed partial class DigitNet
{
    /// <summary>Edges and strokes.</summary>
    [Conv(32, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Stem(Tensor x);

    /// <summary>Corners and curves.</summary>
    [Conv(64, 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Deep(Tensor x);

    /// <summary>Combines what was found where.</summary>
    [Perceptron(128)]
    private partial Tensor Hidden(Tensor x);

    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the ten digits.</summary>
    /// <param name="image">Intensities in 0 … 1.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image)
        => Classify(Map(Swish, Hidden(Flatten(MaxPool(Deep(MaxPool(Stem(image), 2)), 2)))));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Intensities in 0 … 1.</param>
    /// <param name="digit">The true digits.</param>
    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => CrossEntropy(Forward(image), digit);

    [Pointwise]
    private static float Swish(float x) => x * Sigmoid(x);
}
