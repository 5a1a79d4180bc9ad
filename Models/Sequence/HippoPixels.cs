namespace Models.Sequence;

/// <summary>Reads a digit pixel by pixel and then says what it was: a HiPPO-LegS memory of all pixels so far (Gu et al. 2020,
/// arXiv:2008.07669), 256 coefficients in which nothing is learned, and a perceptron with a hidden layer on the last
/// ones.</summary>
[Model(Example = "b=32, n=784")]
public sealed partial class HippoPixels
{
    /// <summary>The past of every position.</summary>
    [Hippo(256)]
    private partial Tensor Remember(Tensor x);

    /// <summary>Coefficients of high degrees are small.</summary>
    [LayerNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>What the coefficients have in common.</summary>
    [Perceptron(256, Activation = Activation.Gelu)]
    private partial Tensor Hidden(Tensor x);

    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores of the digits.</summary>
    /// <param name="x">Pixels in the order in which they are shown.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", "n", 1)] Tensor x) => Head(Hidden(Norm(Sum(Slice(Remember(x), 1, -1, 1), 1))));

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="x">Pixels in the order in which they are shown.</param>
    /// <param name="label">The true digits.</param>
    public Tensor Loss([Shape("b", "n", 1)] Tensor x, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(x), label);
}
