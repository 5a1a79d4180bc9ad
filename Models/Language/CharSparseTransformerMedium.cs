namespace Models.Language;

/// <summary>A language model of characters below 128: eight layers of a sparse transformer (Child et al. 2019,
/// arXiv:1904.10509), 256 features, eight heads.</summary>
[Model(Example = "b=8, n=256", Steps = "n")]
public sealed partial class CharSparseTransformerMedium
{
    /// <summary>Scores of the next characters.</summary>
    [Use<CausalLanguageModel>(128, 256, 8, 8, AttentionKind.Sparse, 0, true)]
    private partial Tensor Scores(IntTensor x);

    /// <summary>For each position the scores of the character after it, from all up to it.</summary>
    /// <param name="tokens">Characters, each below 128.</param>
    [return: Shape("b", "n", 128)]
    public Tensor Forward([Shape("b", "n")] IntTensor tokens) => Scores(tokens);

    /// <summary>Mean cross-entropy over all positions, in nats per character.</summary>
    /// <param name="tokens">Characters, each below 128.</param>
    /// <param name="next">The character after each of them.</param>
    public Tensor Loss([Shape("b", "n")] IntTensor tokens, [Shape("b", "n")] IntTensor next)
        => CrossEntropy(Forward(tokens), next);
}
