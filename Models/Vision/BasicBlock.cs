namespace Models.Vision;

/// <summary>The residual block of ResNet-18 and -34: two 3×3 convolutions beside a shortcut (He et al. 2015,
/// arXiv:1512.03385).</summary>
/// <param name="width">Channels.</param>
/// <param name="stride">Of the first convolution. Above 1 the shortcut is a 1×1 convolution of that stride.</param>
[Block]
public sealed partial class BasicBlock(int width, int stride = 1)
{
    /// <summary>Looks around. The normalisation has the offset, here and below.</summary>
    [Conv(nameof(width), 3, Stride = nameof(stride), Padding = 1, Bias = false)]
    private partial Tensor First(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor FirstNorm(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor Second(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor SecondNorm(Tensor x);

    /// <summary>The shortcut where size and channels change.</summary>
    [Conv(nameof(width), 1, Stride = nameof(stride), Bias = false)]
    private partial Tensor Project(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor ProjectNorm(Tensor x);

    /// <summary>[b, width, h/stride, w/stride].</summary>
    /// <param name="x">[b, c, h, w]; c is the width where the stride is 1.</param>
    public Tensor Forward(Tensor x)
    {
        Tensor y = SecondNorm(Second(FirstNorm(First(x))));
        return Relu(y + (stride > 1 ? ProjectNorm(Project(x)) : x));
    }
}
