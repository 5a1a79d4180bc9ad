namespace Models.Sequence;

/// <summary>Tells spoken digits from their wave: windows of 16 samples, four layers of diagonal state spaces (Gu et al. 2022,
/// arXiv:2206.11893), 64 features, and the mean over the windows that a recording has.</summary>
[Model(Example = "b=16, n=256")]
public sealed partial class S4DSpeech
{
    /// <summary>What each window means after those before it.</summary>
    [Use<StateSpaceEncoder>(64, 64, 4)]
    private partial Tensor Encode(Tensor x);

    /// <summary>One score for each digit.</summary>
    [Perceptron(10)]
    private partial Tensor Head(Tensor x);

    /// <summary>Scores of the digits.</summary>
    /// <param name="x">Samples of each window; anything behind the last one.</param>
    /// <param name="lengths">Windows of each recording.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", "n", 16)] Tensor x, [Shape("b"), Lengths("n")] IntTensor lengths)
        => Head(Mean(Encode(x), 1));

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="x">Samples of each window; anything behind the last one.</param>
    /// <param name="lengths">Windows of each recording.</param>
    /// <param name="label">The true digits.</param>
    public Tensor Loss(
        [Shape("b", "n", 16)] Tensor x, [Shape("b"), Lengths("n")] IntTensor lengths, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(x, lengths), label);
}
