namespace Models.Sequence;

/// <summary>State spaces that choose by what they see, or their time-invariant twin; normalised first, added to what was
/// given. Keeps the shape [b, n, width].</summary>
/// <param name="selective">Whether they choose.</param>
[Block]
public sealed partial class SelectiveLayer(bool selective)
{
    /// <summary>The scale that the states see.</summary>
    [RmsNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>What was chosen of what came before.</summary>
    [Mamba]
    private partial Tensor Chosen(Tensor x);

    /// <summary>What came before.</summary>
    [S4D]
    private partial Tensor Past(Tensor x);

    /// <summary>[b, n, width].</summary>
    /// <param name="x">[b, n, width].</param>
    public Tensor Forward(Tensor x) => x + (selective ? Chosen(Norm(x)) : Past(Norm(x)));
}
