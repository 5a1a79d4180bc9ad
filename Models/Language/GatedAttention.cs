namespace Models.Language;

/// <summary>A gated attention unit (Hua et al. 2022, arXiv:2202.10447). Keeps the shape [b, n, c].</summary>
/// <param name="causal">Whether a position sees itself and what came before it, or all.</param>
/// <param name="keyWidth">Features of queries and keys.</param>
[Block]
public sealed partial class GatedAttention(bool causal, int keyWidth = 128)
{
    /// <summary>Looks back; trained with 256 positions.</summary>
    [Gau(Causal = true, Context = 256, KeyWidth = nameof(keyWidth))]
    private partial Tensor Back(Tensor x);

    /// <summary>Looks everywhere.</summary>
    [Gau(KeyWidth = nameof(keyWidth))]
    private partial Tensor Everywhere(Tensor x);

    /// <summary>[b, n, c].</summary>
    /// <param name="x">[b, n, c].</param>
    public Tensor Forward(Tensor x) => causal ? Back(x) : Everywhere(x);
}
