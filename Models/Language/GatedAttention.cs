namespace Models.Language;

/// <summary>A gated attention unit in which a position sees itself and what came before it. Keeps the shape
/// [b, n, c].</summary>
[Block]
public sealed partial class GatedAttention
{
    /// <summary>Looks back; trained with 256 positions.</summary>
    [Gau(Causal = true, Context = 256)]
    private partial Tensor Unit(Tensor x);

    /// <summary>[b, n, c].</summary>
    /// <param name="x">[b, n, c].</param>
    public Tensor Forward(Tensor x) => Unit(x);
}
