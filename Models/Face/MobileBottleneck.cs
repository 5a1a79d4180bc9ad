namespace Models.Face;

/// <summary>The inverted residual block of MobileFaceNet: 1×1 to more channels, 3×3 for each of them alone, 1×1 to fewer
/// without a rectifier (Sandler et al. 2018, arXiv:1801.04381; Chen et al. 2018, arXiv:1804.07573).</summary>
/// <param name="width">Channels of the result.</param>
/// <param name="hidden">Channels between: the expansion times those that come in.</param>
/// <param name="stride">Of the 3×3 convolution.</param>
/// <param name="residual">Whether what comes in is added: where size and channels stay.</param>
[Block]
public sealed partial class MobileBottleneck(int width, int hidden, int stride = 1, bool residual = true)
{
    /// <summary>More channels. The normalisation has the offset, here and below.</summary>
    [Conv(nameof(hidden), 1, Bias = false)]
    private partial Tensor Expand(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor ExpandNorm(Tensor x);

    /// <summary>A slope of its own for each channel, here and below.</summary>
    [PRelu]
    private partial Tensor ExpandSlope(Tensor x);

    /// <summary>Looks around, each channel by itself.</summary>
    [Conv(nameof(hidden), 3, Stride = nameof(stride), Padding = 1, Groups = nameof(hidden), Bias = false)]
    private partial Tensor Look(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor LookNorm(Tensor x);

    /// <summary>Its rectifier.</summary>
    [PRelu]
    private partial Tensor LookSlope(Tensor x);

    /// <summary>Fewer channels, linear.</summary>
    [Conv(nameof(width), 1, Bias = false)]
    private partial Tensor Narrow(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor NarrowNorm(Tensor x);

    /// <summary>[b, width, h/stride, w/stride].</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor y = NarrowNorm(Narrow(LookSlope(LookNorm(Look(ExpandSlope(ExpandNorm(Expand(x))))))));
        return residual ? x + y : y;
    }
}
