namespace Models.Vision;

/// <summary>A multi-layer perceptron for 28×28 grey digits, 784-512-512-10.</summary>
[Model(Example = "b=128")]
public sealed partial class DigitMlp
{
    /// <summary>Sees the whole image.</summary>
    [Perceptron(512, Activation = Activation.Relu)]
    private partial Tensor First(Tensor x);

    /// <summary>Combines features.</summary>
    [Perceptron(512, Activation = Activation.Relu)]
    private partial Tensor Second(Tensor x);

    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the ten digits.</summary>
    /// <param name="image">Intensities in 0 … 1.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Classify(Second(First(Flatten(image))));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Intensities in 0 … 1.</param>
    /// <param name="digit">The true digits.</param>
    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => CrossEntropy(Forward(image), digit);
}
