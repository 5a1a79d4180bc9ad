namespace Models.Language;

/// <summary>A gated attention unit in linear time (Hua et al. 2022, arXiv:2202.10447): positions of
/// a chunk exactly, farther ones through a sum. Keeps the shape [b, n, c].</summary>
/// <param name="causal">Whether a position sees itself and what came before it, or all.</param>
/// <param name="keyWidth">Features of queries and keys.</param>
/// <param name="chunk">Positions of a chunk.</param>
[Block]
public sealed partial class FlashAttention(bool causal, int keyWidth = 128, int chunk = 128)
{
    /// <summary>Looks back.</summary>
    [Flash(KeyWidth = nameof(keyWidth), Chunk = nameof(chunk), Causal = true)]
    private partial Tensor Back(Tensor x);

    /// <summary>Looks everywhere.</summary>
    [Flash(KeyWidth = nameof(keyWidth), Chunk = nameof(chunk))]
    private partial Tensor Everywhere(Tensor x);

    /// <summary>[b, n, c].</summary>
    /// <param name="x">[b, n, c].</param>
    public Tensor Forward(Tensor x) => causal ? Back(x) : Everywhere(x);
}
