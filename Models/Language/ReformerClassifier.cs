namespace Models.Language;

/// <summary>A small classifier of token sequences in linear time: two layers of a transformer encoder that attends to
/// positions that hash alike (Kitaev et al. 2020, arXiv:2001.04451), 64 features, four heads.</summary>
[Model(Example = "b=32, n=64")]
public sealed partial class ReformerClassifier
{
    /// <summary>Scores of the classes.</summary>
    [Use<SequenceClassifier>(15, 10, 64, 4, 2, AttentionKind.Reformer)]
    private partial Tensor Scores(IntTensor x);

    /// <summary>Scores of the classes, from the positions that each sequence has.</summary>
    /// <param name="tokens">Tokens, each below 15; any behind the end of a sequence.</param>
    /// <param name="lengths">How many of them each sequence has.</param>
    [return: Shape("b", 10)]
    public Tensor Forward([Shape("b", "n")] IntTensor tokens, [Shape("b"), Lengths("n")] IntTensor lengths)
        => Scores(tokens);

    /// <summary>Mean cross-entropy, in nats.</summary>
    /// <param name="tokens">Tokens, each below 15; any behind the end of a sequence.</param>
    /// <param name="lengths">How many of them each sequence has.</param>
    /// <param name="label">The true classes.</param>
    public Tensor Loss(
        [Shape("b", "n")] IntTensor tokens, [Shape("b"), Lengths("n")] IntTensor lengths, [Shape("b")] IntTensor label)
        => CrossEntropy(Forward(tokens, lengths), label);
}
