namespace Models.Language;

/// <summary>One layer of a Reformer (Kitaev et al. 2020, arXiv:2001.04451): of two streams the first gains what attention among
/// positions that hash alike finds in the second, then the second what a gated perceptron makes of the first. The streams
/// follow from the results, so training keeps them for the last layer only. Keeps the shapes [b, n, width].</summary>
/// <param name="width">Features of a position in each stream.</param>
/// <param name="heads">Heads of the attention; they divide the width into even parts.</param>
/// <param name="bucketSize">Positions of a chunk.</param>
/// <param name="rounds">How often positions are hashed.</param>
/// <param name="buckets">Buckets of a round, an even number.</param>
[Block, Reversible]
public sealed partial class ReformerLayer(int width, int heads, int bucketSize, int rounds, int buckets)
{
    /// <summary>The scale that attention sees.</summary>
    [RmsNorm]
    private partial Tensor AttentionNorm(Tensor x);

    /// <summary>Looks back, by rotary positions (Su et al. 2021).</summary>
    [Reformer(
        nameof(heads), BucketSize = nameof(bucketSize), Rounds = nameof(rounds), Buckets = nameof(buckets), Rope = true)]
    private partial Tensor Attention(Tensor x);

    /// <summary>The scale that the perceptron sees.</summary>
    [RmsNorm]
    private partial Tensor PerceptronNorm(Tensor x);

    /// <summary>Works on each position alone; its width is rounded up to a multiple of 8.</summary>
    [Use<GatedPerceptron>(nameof(width), "8*((width + 2)/3)")]
    private partial Tensor Perceptron(Tensor x);

    /// <summary>Both streams, [b, n, width] each.</summary>
    /// <param name="first">[b, n, width].</param>
    /// <param name="second">[b, n, width].</param>
    public (Tensor First, Tensor Second) Forward(Tensor first, Tensor second)
    {
        Tensor found = first + Attention(AttentionNorm(second));
        return (found, second + Perceptron(PerceptronNorm(found)));
    }
}
