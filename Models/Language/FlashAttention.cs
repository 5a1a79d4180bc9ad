namespace Models.Language;

/// <summary>A gated attention unit in linear time (Hua et al. 2022, arXiv:2202.10447): 64 positions exactly, farther ones
/// through a sum. Keeps the shape [b, n, c].</summary>
/// <param name="causal">Whether a position sees itself and what came before it, or all.</param>
[Block]
public sealed partial class FlashAttention(bool causal)
{
    /// <summary>Looks back.</summary>
    [Flash(Chunk = 64, Causal = true)]
    private partial Tensor Back(Tensor x);

    /// <summary>Looks everywhere.</summary>
    [Flash(Chunk = 64)]
    private partial Tensor Everywhere(Tensor x);

    /// <summary>[b, n, c].</summary>
    /// <param name="x">[b, n, c].</param>
    public Tensor Forward(Tensor x) => causal ? Back(x) : Everywhere(x);
}
