namespace Models.Language;

/// <summary>One layer of a transformer that normalises before each part (Xiong et al. 2020, arXiv:2002.04745):
/// attention to what came before, then a gated perceptron 8/3 as wide, each added to what it was given. Keeps the shape
/// [b, n, width].</summary>
/// <param name="width">Features of a position.</param>
/// <param name="heads">Heads of the attention; they divide the width, of softmax into even parts.</param>
/// <param name="attention">Softmax, linear, Performer, sparse or Reformer attention, retention, or states that are linear
/// recurrences.</param>
/// <param name="keyHeads">Of softmax: heads of keys and values, a divisor of <paramref name="heads"/> (grouped queries,
/// Ainslie et al. 2023, arXiv:2305.13245); 0: as many.</param>
[Block]
public sealed partial class TransformerLayer(
    int width, int heads, AttentionKind attention = AttentionKind.Softmax, int keyHeads = 0)
{
    /// <summary>The scale that attention sees.</summary>
    [RmsNorm]
    private partial Tensor AttentionNorm(Tensor x);

    /// <summary>Looks back: by rotary positions (Su et al. 2021), with bounded scores (Henry et al. 2020).</summary>
    [Attention(nameof(heads), KeyHeads = nameof(keyHeads), Causal = true, Rope = true, NormalizeKeys = true)]
    private partial Tensor Attention(Tensor x);

    /// <summary>Looks back through a state.</summary>
    [LinearAttention(nameof(heads), Causal = true)]
    private partial Tensor Linear(Tensor x);

    /// <summary>Looks back through a state of random features.</summary>
    [Performer(nameof(heads), Causal = true)]
    private partial Tensor Performer(Tensor x);

    /// <summary>Looks back at the last 16 positions, and at every 16th before them.</summary>
    [SparseAttention(nameof(heads), 16)]
    private partial Tensor Sparse(Tensor x);

    /// <summary>Looks back, in four rounds, in chunks of 32 that hash alike.</summary>
    [Reformer(nameof(heads), BucketSize = 32, Rounds = 4, Buckets = 8, Rope = true)]
    private partial Tensor Reformer(Tensor x);

    /// <summary>Looks back through a state that forgets.</summary>
    [RetNet(nameof(heads))]
    private partial Tensor Retention(Tensor x);

    /// <summary>Looks back through states of each feature; as a recurrence, since what comes later then changes no bit.</summary>
    [S4D(Form = StateSpaceForm.Recurrence)]
    private partial Tensor StateSpace(Tensor x);

    /// <summary>Looks back through states that all features share.</summary>
    [Lru(nameof(width), MinRadius = 0.4, MaxRadius = 0.999)]
    private partial Tensor Recurrent(Tensor x);

    /// <summary>Looks back through states of each feature that are not independent.</summary>
    [S4]
    private partial Tensor Structured(Tensor x);

    /// <summary>Looks back at what each position chose to keep.</summary>
    [Mamba]
    private partial Tensor Selective(Tensor x);

    /// <summary>Looks back through a state that replaces what it said of a key.</summary>
    [GatedDelta(nameof(heads))]
    private partial Tensor Delta(Tensor x);

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
            : attention == AttentionKind.Reformer ? Reformer(seen)
            : attention == AttentionKind.Retention ? Retention(seen)
            : attention == AttentionKind.StateSpace ? StateSpace(seen)
            : attention == AttentionKind.Recurrent ? Recurrent(seen)
            : attention == AttentionKind.Structured ? Structured(seen)
            : attention == AttentionKind.Selective ? Selective(seen)
            : attention == AttentionKind.Delta ? Delta(seen)
            : Attention(seen));
        return found + Perceptron(PerceptronNorm(found));
    }
}
