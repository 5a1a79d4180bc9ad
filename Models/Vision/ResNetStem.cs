namespace Models.Vision;

/// <summary>How ResNets begin: a 7×7 convolution and a maximum, each of stride 2.</summary>
/// <param name="width">Channels.</param>
[Block]
public sealed partial class ResNetStem(int width)
{
    /// <summary>Edges and colours. The normalisation has the offset.</summary>
    [Conv(nameof(width), 7, Stride = 2, Padding = 3, Bias = false)]
    private partial Tensor Look(Tensor x);

    /// <summary>Centred and scaled by the batch.</summary>
    [BatchNorm(Activation = Activation.Relu)]
    private partial Tensor Norm(Tensor x);

    /// <summary>[b, width, h/4, w/4].</summary>
    /// <param name="image">[b, c, h, w].</param>
    public Tensor Forward(Tensor image) => MaxPool(Norm(Look(image)), 3, 2, 1);
}
