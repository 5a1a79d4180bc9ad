namespace Models.Sequence;

/// <summary>Selective copying (Gu and Dao 2023, arXiv:2312.00752, section 4.1.1): repeats the 16 symbols that were scattered among blanks.
/// Two layers with selective state spaces, 64 features.</summary>
[Model(Example = "b=32, n=256")]
public sealed partial class MambaCopying
{
    /// <summary>What each position knows.</summary>
    [Use<TokenEncoder>(18, 64, 2, true)]
    private partial Tensor Encode(IntTensor x);

    /// <summary>A score for each token.</summary>
    [Perceptron(18)]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores of the symbols at the last 16 positions.</summary>
    /// <param name="x">Symbols below 16, blanks (16), and 16 times the question (17).</param>
    [return: Shape("b", 16, 18)]
    public Tensor Forward([Shape("b", "n + 16")] IntTensor x) => Head(Slice(Encode(x), 1, -16, 16));

    /// <summary>Mean cross-entropy over the symbols, in nats.</summary>
    /// <param name="x">As above.</param>
    /// <param name="label">The symbols in their order.</param>
    public Tensor Loss([Shape("b", "n + 16")] IntTensor x, [Shape("b", 16)] IntTensor label)
        => CrossEntropy(Forward(x), label);
}
