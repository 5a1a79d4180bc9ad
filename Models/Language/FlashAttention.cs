namespace Models.Language;

/// <summary>A gated attention unit in linear time, in which a position sees itself and what came before it. Keeps the shape
/// [b, n, c].</summary>
[Block]
public sealed partial class FlashAttention
{
    /// <summary>Looks back: 64 positions exactly, farther ones through a sum.</summary>
    [Flash(Chunk = 64, Causal = true)]
    private partial Tensor Unit(Tensor x);

    /// <summary>[b, n, c].</summary>
    /// <param name="x">[b, n, c].</param>
    public Tensor Forward(Tensor x) => Unit(x);
}
