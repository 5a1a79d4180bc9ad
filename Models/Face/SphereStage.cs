namespace Models.Face;

/// <summary>A stage of SphereFace: a convolution to half the size, then residual pairs (Liu et al. 2017).</summary>
/// <param name="width">Channels.</param>
/// <param name="pairs">How many pairs.</param>
[Block]
public sealed partial class SphereStage(int width, int pairs)
{
    /// <summary>Half the size.</summary>
    [Conv(nameof(width), 3, Stride = 2, Padding = 1)]
    private partial Tensor Down(Tensor x);

    /// <summary>Its rectifier.</summary>
    [PRelu]
    private partial Tensor Slope(Tensor x);

    /// <summary>At that size.</summary>
    [Use<SpherePair>(nameof(width), Repeat = nameof(pairs))]
    private partial Tensor Pairs(Tensor x);

    /// <summary>[b, width, h/2, w/2].</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x) => Pairs(Slope(Down(x)));
}
