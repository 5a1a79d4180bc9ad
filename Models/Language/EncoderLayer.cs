namespace Models.Language;

/// <summary>One layer of a transformer in which a position sees all others, normalised before each part (Xiong et al.
/// 2020, arXiv:2002.04745): attention, then a gated perceptron 8/3 as wide, each added to what it was given. Keeps the
/// shape [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of the attention; they divide the width, of softmax into even parts.</param>
/// <param name="attention">Softmax, linear, Performer, sparse, Linformer or Reformer attention.</param>
/// <param name="length">Of Linformer: positions of the longest sequence.</param>
[Block]
public sealed partial class EncoderLayer(int width, int heads, AttentionKind attention, int length)
{
    /// <summary>The scale that attention sees.</summary>
    [RmsNorm]
    private partial Tensor AttentionNorm(Tensor x);

    /// <summary>Looks everywhere: by rotary positions (Su et al. 2021), with bounded scores (Henry et al.
    /// 2020).</summary>
    [Attention(nameof(heads), Rope = true, NormalizeKeys = true)]
    private partial Tensor Attention(Tensor x);

    /// <summary>Looks at the sum of all.</summary>
    [LinearAttention(nameof(heads))]
    private partial Tensor Linear(Tensor x);

    /// <summary>Looks at a sum of random features.</summary>
    [Performer(nameof(heads))]
    private partial Tensor Performer(Tensor x);

    /// <summary>Looks at the 15 nearest on either side, and at every 16th.</summary>
    [SparseAttention(nameof(heads), 16, Causal = false)]
    private partial Tensor Sparse(Tensor x);

    /// <summary>Looks at 64 sums of positions.</summary>
    [Linformer(nameof(heads), nameof(length), Rank = 64)]
    private partial Tensor Linformer(Tensor x);

    /// <summary>Looks, in two rounds, at chunks of 16 that hash alike.</summary>
    [Reformer(nameof(heads), BucketSize = 16, Rounds = 2, Buckets = 16, Causal = false, Rope = true)]
    private partial Tensor Reformer(Tensor x);

    /// <summary>The scale that the perceptron sees.</summary>
    [RmsNorm]
    private partial Tensor PerceptronNorm(Tensor x);

    /// <summary>Works on each position alone; its width is rounded up to a multiple of 8.</summary>
    [Use<GatedPerceptron>(nameof(width), "8*((width + 2)/3)")]
    private partial Tensor Perceptron(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor seen = AttentionNorm(x);
        Tensor found = x + (attention == AttentionKind.Linear ? Linear(seen)
            : attention == AttentionKind.Performer ? Performer(seen)
            : attention == AttentionKind.Sparse ? Sparse(seen)
            : attention == AttentionKind.Linformer ? Linformer(seen)
            : attention == AttentionKind.Reformer ? Reformer(seen)
            : Attention(seen));
        return found + Perceptron(PerceptronNorm(found));
    }
}
