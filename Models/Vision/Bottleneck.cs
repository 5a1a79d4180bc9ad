namespace Models.Vision;

/// <summary>The residual block of ResNet-50 and deeper: 1×1 to fewer channels, 3×3, 1×1 to four times as many, beside a
/// shortcut (He et al. 2015, arXiv:1512.03385). The 3×3 convolution has the stride, as in what is called v1.5; the
/// paper gives it to the 1×1 before.</summary>
/// <param name="width">Channels of the 3×3 convolution.</param>
/// <param name="stride">Of the 3×3 convolution.</param>
/// <param name="projects">Whether the shortcut is a 1×1 convolution: where size or channels change.</param>
[Block]
public sealed partial class Bottleneck(int width, int stride = 1, bool projects = false)
{
    /// <summary>Fewer channels. The normalisation has the offset, here and below.</summary>
    [Conv(nameof(width), 1, Bias = false)]
    private partial Tensor Narrow(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor NarrowNorm(Tensor x);

    /// <summary>Looks around.</summary>
    [Conv(nameof(width), 3, Stride = nameof(stride), Padding = 1, Bias = false)]
    private partial Tensor Look(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor LookNorm(Tensor x);

    /// <summary>More channels.</summary>
    [Conv("4*width", 1, Bias = false)]
    private partial Tensor Widen(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor WidenNorm(Tensor x);

    /// <summary>The shortcut where size or channels change.</summary>
    [Conv("4*width", 1, Stride = nameof(stride), Bias = false)]
    private partial Tensor Project(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor ProjectNorm(Tensor x);

    /// <summary>[b, 4·width, h/stride, w/stride].</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor y = WidenNorm(Widen(LookNorm(Look(NarrowNorm(Narrow(x))))));
        return Relu(y + (projects ? ProjectNorm(Project(x)) : x));
    }
}
