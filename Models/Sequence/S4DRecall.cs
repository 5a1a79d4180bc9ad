namespace Models.Sequence;

/// <summary>Tells what a long sequence began with, from its last position: two layers of diagonal state spaces (Gu et al. 2022,
/// arXiv:2206.11893), 32 features.</summary>
[Model(Example = "b=16, n=1024")]
public sealed partial class S4DRecall
{
    /// <summary>What each position knows.</summary>
    [Use<StateSpaceEncoder>(32, 32, 2)]
    private partial Tensor Encode(Tensor x);

    /// <summary>One score for each beginning.</summary>
    [Perceptron(2)]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores of the two classes.</summary>
    /// <param name="x">Numbers.</param>
    [return: Shape("b", 2)]
    public Tensor Forward([Shape("b", "n", 1)] Tensor x) => Head(Sum(Slice(Encode(x), 1, -1, 1), 1));

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="label">The true classes.</param>
    public Tensor Loss([Shape("b", "n", 1)] Tensor x, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(x), label);
}
