namespace Models.Segmentation;

/// <summary>Two 3×3 convolutions that keep the size of images, each with batch normalisation and ReLU.</summary>
/// <param name="width">Channels of the result.</param>
/// <param name="middle">Channels between the two.</param>
[Block]
public sealed partial class DoubleConv(int width, int middle)
{
    /// <summary>Looks around. The normalisation has the offset.</summary>
    [Conv(nameof(middle), 3, Padding = 1, Bias = false)]
    private partial Tensor First(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor FirstNorm(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(nameof(width), 3, Padding = 1, Bias = false)]
    private partial Tensor Second(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor SecondNorm(Tensor x);

    /// <summary>[b, width, h, w] of images [b, c, h, w].</summary>
    /// <param name="x">Images.</param>
    public Tensor Forward(Tensor x) => SecondNorm(Second(FirstNorm(First(x))));
}
