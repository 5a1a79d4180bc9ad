using Dsl;
using Models.Language;
using static Dsl.Functions;

namespace Samples.Duplication;

/// <summary>One layer of attention among positions that hash alike, in chunks of 32 positions and 4 rounds.</summary>
[Model(Example = "b=8, n=256")]
internal sealed partial class DuplicationReformer
{
    /// <summary>What each symbol is.</summary>
    [Embedding(DuplicationData.Symbols, 128)]
    private partial Tensor Embed(IntTensor x);

    /// <summary>What each position is.</summary>
    [Embedding(DuplicationData.Length, 128)]
    private partial Tensor Place(IntTensor x);

    /// <summary>The scale that attention sees.</summary>
    [RmsNorm]
    private partial Tensor AttentionNorm(Tensor x);

    /// <summary>Looks back.</summary>
    [Reformer(2, BucketSize = 32, Rounds = 4, Buckets = 8)]
    private partial Tensor Attention(Tensor x);

    /// <summary>The scale that the perceptron sees.</summary>
    [RmsNorm]
    private partial Tensor PerceptronNorm(Tensor x);

    /// <summary>Works on each position alone.</summary>
    [Use<GatedPerceptron>(128, 256)]
    private partial Tensor Perceptron(Tensor x);

    /// <summary>The scale that the scores see.</summary>
    [RmsNorm]
    private partial Tensor HeadNorm(Tensor x);

    /// <summary>One score for each symbol that may follow.</summary>
    [Perceptron(DuplicationData.Symbols, Bias = false)]
    private partial Tensor Head(Tensor x);

    /// <summary>For each position the scores of the symbol after it.</summary>
    /// <param name="tokens">Symbols.</param>
    /// <param name="places">The number of each position.</param>
    [return: Shape("b", "n", DuplicationData.Symbols)]
    public Tensor Forward([Shape("b", "n")] IntTensor tokens, [Shape("b", "n")] IntTensor places)
    {
        Tensor x = Embed(tokens) + Place(places);
        x = x + Attention(AttentionNorm(x));
        x = x + Perceptron(PerceptronNorm(x));
        return Head(HeadNorm(x));
    }

    /// <summary>Mean cross-entropy over the positions with a label.</summary>
    /// <param name="tokens">Symbols.</param>
    /// <param name="places">The number of each position.</param>
    /// <param name="next">The symbol after each position, or -1.</param>
    public Tensor Loss(
        [Shape("b", "n")] IntTensor tokens, [Shape("b", "n")] IntTensor places, [Shape("b", "n")] IntTensor next)
        => CrossEntropy(Forward(tokens, places), next, ignore: DuplicationData.NoLabel);
}
