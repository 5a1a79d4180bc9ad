using Models.Language;

namespace Models.Sequence;

/// <summary>A small language model of characters below 128: four layers with the gated delta rule (Yang et al. 2024,
/// arXiv:2412.06464) and perceptrons, 128 features, four heads. Written character by character its memory has the same size at every
/// position.</summary>
[Model(Example = "b=8, n=256", Steps = "n")]
public sealed partial class CharGatedDelta
{
    /// <summary>Scores of the next characters.</summary>
    [Use<CausalLanguageModel>(128, 128, 4, 4, AttentionKind.Delta)]
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
