namespace Models.Sequence;

/// <summary>Reads a digit pixel by pixel, as sequential and permuted MNIST ask for (Le et al. 2015, arXiv:1504.00941): three layers of
/// diagonal state spaces (Gu et al. 2022, arXiv:2206.11893), 64 features, and the mean over positions.</summary>
[Model(Example = "b=32, n=784")]
public sealed partial class S4DPixels
{
    /// <summary>What each position knows.</summary>
    [Use<StateSpaceEncoder>(64, 32, 3)]
    private partial Tensor Encode(Tensor x);

    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores of the digits.</summary>
    /// <param name="x">Pixels in the order in which they are shown.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", "n", 1)] Tensor x) => Head(Mean(Encode(x), 1));

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="x">Pixels in the order in which they are shown.</param>
    /// <param name="label">The true digits.</param>
    public Tensor Loss([Shape("b", "n", 1)] Tensor x, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(x), label);
}
