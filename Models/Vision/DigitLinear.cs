namespace Models.Vision;

/// <summary>Softmax regression on 28×28 grey digits: one template for each digit. The baseline a network has to
/// beat.</summary>
[Model(Example = "b=64")]
public sealed partial class DigitLinear
{
    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Classify(Tensor x);

    /// <summary>Scores of the ten digits.</summary>
    /// <param name="image">Intensities in 0 … 1.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", 1, 28, 28)] Tensor image) => Classify(Flatten(image));

    /// <summary>Mean cross-entropy of the scores.</summary>
    /// <param name="image">Intensities in 0 … 1.</param>
    /// <param name="digit">The true digits.</param>
    public Tensor Loss([Shape("b", 1, 28, 28)] Tensor image, [Shape("b")] IntTensor digit)
        => CrossEntropy(Forward(image), digit);
}
