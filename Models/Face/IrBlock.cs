namespace Models.Face;

/// <summary>The "improved residual" block of ArcFace: normalisation, 3×3, normalisation, rectifier, 3×3, normalisation
/// beside a shortcut (Deng et al. 2019, arXiv:1801.07698). Nothing follows the sum.</summary>
/// <param name="width">Channels.</param>
/// <param name="stride">Of the second convolution.</param>
/// <param name="projects">Whether the shortcut is a 1×1 convolution: where size or channels change.</param>
[Block]
public sealed partial class IrBlock(int width, int stride = 1, bool projects = false)
{
    /// <summary>Centred and scaled by the batch before anything else.</summary>
    [BatchNorm]
    private partial Tensor Norm(Tensor x);

    /// <summary>Looks around.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor First(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor FirstNorm(Tensor x);

    /// <summary>A slope of its own for each channel.</summary>
    [PRelu]
    private partial Tensor Slope(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(nameof(width), 3, Stride = nameof(stride), Padding = 1, Bias = false)]
    private partial Tensor Second(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor SecondNorm(Tensor x);

    /// <summary>The shortcut where size or channels change.</summary>
    [Conv(nameof(width), 1, Stride = nameof(stride), Bias = false)]
    private partial Tensor Project(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm]
    private partial Tensor ProjectNorm(Tensor x);

    /// <summary>[b, width, h/stride, w/stride].</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor y = SecondNorm(Second(Slope(FirstNorm(First(Norm(x))))));
        return y + (projects ? ProjectNorm(Project(x)) : x);
    }
}
