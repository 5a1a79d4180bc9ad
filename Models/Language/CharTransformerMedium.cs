namespace Models.Language;

/// <summary>A language model of characters below 128 of some 5 million parameters: eight layers of a causal
/// transformer, 256 features, eight heads over two heads of keys and values (Ainslie et al. 2023,
/// arXiv:2305.13245).</summary>
[Model(Example = "b=8, n=256", Steps = "n")]
public sealed partial class CharTransformerMedium
{
    /// <summary>Scores of the next characters.</summary>
    [Use<CausalLanguageModel>(128, 256, 8, 8, AttentionKind.Softmax, 2)]
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
