namespace Models.Vision;

/// <summary>A stage of VGG: 3×3 convolutions of one width, then a 2×2 maximum (Simonyan and Zisserman 2014,
/// arXiv:1409.1556).</summary>
/// <param name="width">Channels.</param>
/// <param name="convolutions">2 or 3.</param>
/// <param name="border">Zero pixels around the image of the first convolution.</param>
[Block]
public sealed partial class VggStage(int width, int convolutions, int border = 1)
{
    /// <summary>Looks around.</summary>
    [Conv(nameof(width), 3, Padding = nameof(border), Activation = Activation.Relu)]
    private partial Tensor First(Tensor x);

    /// <summary>Looks farther.</summary>
    [Conv(nameof(width), 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Second(Tensor x);

    /// <summary>Looks farther still.</summary>
    [Conv(nameof(width), 3, Padding = 1, Activation = Activation.Relu)]
    private partial Tensor Third(Tensor x);

    /// <summary>[b, width, h/2, w/2] with a border of 1.</summary>
    /// <param name="x">[b, c, h, w].</param>
    public Tensor Forward(Tensor x)
    {
        Tensor y = Second(First(x));
        return MaxPool(convolutions > 2 ? Third(y) : y, 2);
    }
}
