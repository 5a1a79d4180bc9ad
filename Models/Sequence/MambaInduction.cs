namespace Models.Sequence;

/// <summary>Induction heads (Gu and Dao 2023, arXiv:2312.00752, section 4.1.2): a sequence ends with a token that was there once before,
/// and what followed it then follows. Two layers with selective state spaces, 64 features.</summary>
[Model(Example = "b=16, n=256")]
public sealed partial class MambaInduction
{
    /// <summary>What each position knows.</summary>
    [Use<TokenEncoder>(17, 64, 2, true)]
    private partial Tensor Encode(IntTensor x);

    /// <summary>A score for each token.</summary>
    [Perceptron(17)]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores of what follows.</summary>
    /// <param name="x">Tokens below 16, and 16 twice: somewhere, and at the end.</param>
    [return: Shape("b", 17)]
    public Tensor Forward([Shape("b", "n")] IntTensor x) => Head(Sum(Slice(Encode(x), 1, -1, 1), 1));

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="x">As above.</param>
    /// <param name="label">What follows.</param>
    public Tensor Loss([Shape("b", "n")] IntTensor x, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(x), label);
}
