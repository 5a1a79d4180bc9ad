namespace Models.Language;

/// <summary>A small language model of characters below 128: four layers of a Reformer (Kitaev et al. 2020,
/// arXiv:2001.04451), 128 features, four heads, 4 rounds of chunks of 32 positions. Its time is linear in the length of the
/// text; training keeps activations of one layer.</summary>
/// <remarks>It has no <c>Step</c>: one more character may change the chunks of all earlier ones.</remarks>
[Model(Example = "b=8, n=256")]
public sealed partial class CharReformer
{
    /// <summary>What each character is.</summary>
    [Embedding(128, 128)]
    private partial Tensor Embed(IntTensor x);

    /// <summary>What it means where it stands; both streams begin with the character.</summary>
    [Use<ReformerLayer>(128, 4, 32, 4, 16, Repeat = 4)]
    private partial (Tensor First, Tensor Second) Trunk(Tensor first, Tensor second);

    /// <summary>The scale that the scores see.</summary>
    [RmsNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>One score for each character that may follow.</summary>
    [Perceptron(128, Bias = false)]
    private partial Tensor Head(Tensor x);

    /// <summary>For each position the scores of the character after it. Values of later positions play no part; which of the
    /// earlier ones are seen may depend on them.</summary>
    /// <param name="tokens">Characters, each below 128.</param>
    [return: Shape("b", "n", 128)]
    public Tensor Forward([Shape("b", "n")] IntTensor tokens)
    {
        Tensor x = Embed(tokens);
        (Tensor first, Tensor second) = Trunk(x, x);
        return Head(Norm(first + second));
    }

    /// <summary>Mean cross-entropy over all positions, in nats per character.</summary>
    /// <param name="tokens">Characters, each below 128.</param>
    /// <param name="next">The character after each of them.</param>
    public Tensor Loss([Shape("b", "n")] IntTensor tokens, [Shape("b", "n")] IntTensor next)
        => CrossEntropy(Forward(tokens), next);
}
