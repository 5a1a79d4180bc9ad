namespace Models.Face;

/// <summary>A stage of ArcFace's residual network: a block to half the size, then blocks that keep it (Deng et al.
/// 2019).</summary>
/// <param name="width">Channels.</param>
/// <param name="again">Blocks behind the first.</param>
[Block]
public sealed partial class IrStage(int width, int again)
{
    /// <summary>Half the size.</summary>
    [Use<IrBlock>(nameof(width), 2, true)]
    private partial Tensor Down(Tensor x);

    /// <summary>At that size.</summary>
    [Use<IrBlock>(nameof(width), Repeat = nameof(again))]
    private partial Tensor Again(Tensor x);

    /// <summary>[b, width, h/2, w/2].</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x) => Again(Down(x));
}
