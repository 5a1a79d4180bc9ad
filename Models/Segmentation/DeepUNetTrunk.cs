namespace Models.Segmentation;

/// <summary>A U-Net that halves images four times, without its last layer: one level around a
/// <see cref="UNetTrunk"/>. Images [b, c, 16·h, 16·w] become [b, width, 16·h, 16·w].</summary>
/// <param name="width">Channels at full size; 64 in the paper.</param>
/// <param name="factor">1: transposed convolutions enlarge. 2: bilinear interpolation does.</param>
[Block]
public sealed partial class DeepUNetTrunk(int width, int factor)
{
    /// <summary>Full size, on the way down.</summary>
    [Use<DoubleConv>(nameof(width), nameof(width))]
    private partial Tensor Top(Tensor x);

    /// <summary>What half the size and less have to say.</summary>
    [Use<UNetTrunk>("2*width", "2*width/factor", nameof(factor))]
    private partial Tensor Below(Tensor x);

    /// <summary>Back to full size.</summary>
    [Use<UNetLevel>(nameof(width), nameof(width), nameof(factor))]
    private partial Tensor ToTop(Tensor x, Tensor shortcut);

    /// <summary>[b, width, 16·h, 16·w].</summary>
    /// <param name="image">[b, c, 16·h, 16·w].</param>
    public Tensor Forward(Tensor image)
    {
        Tensor top = Top(image);
        return ToTop(Below(MaxPool(top, 2)), top);
    }
}
