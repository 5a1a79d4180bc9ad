namespace Models.Face;

/// <summary>The residual block of SphereFace: two 3×3 convolutions, each with a rectifier behind it, beside what comes in
/// (Liu et al. 2017, arXiv:1704.08063). Nothing follows the sum.</summary>
/// <param name="width">Channels.</param>
[Block]
public sealed partial class SpherePair(int width)
{
    /// <summary>Looks around.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor First(Tensor x);

    /// <summary>A slope of its own for each channel, here and below.</summary>
    [PRelu]
    private partial Tensor FirstSlope(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor Second(Tensor x);

    /// <summary>Its rectifier.</summary>
    [PRelu]
    private partial Tensor SecondSlope(Tensor x);

    /// <summary>[b, width, h, w].</summary>
    /// <param name="x">[b, width, h, w].</param>
    public Tensor Forward(Tensor x) => x + SecondSlope(Second(FirstSlope(First(x))));
}
