namespace Models.Segmentation;

/// <summary>A step up of a U-Net: what comes from below at twice the size, beside what that size had on the way
/// down.</summary>
/// <param name="width">Channels of the result.</param>
/// <param name="skip">Channels of the shortcut.</param>
/// <param name="factor">1: a transposed convolution enlarges, to as many channels as the shortcut has. 2: bilinear
/// interpolation enlarges, which keeps the channels.</param>
[Block]
public sealed partial class UNetLevel(int width, int skip, int factor)
{
    /// <summary>A patch of 2×2 for each pixel.</summary>
    [ConvTranspose(nameof(skip), 2, Stride = 2)]
    private partial Tensor Enlarge(Tensor x);

    /// <summary>Looks at both.</summary>
    [Use<DoubleConv>(nameof(width), nameof(skip))]
    private partial Tensor Join(Tensor x);

    /// <summary>[b, width, 2·h, 2·w].</summary>
    /// <param name="x">[b, c, h, w].</param>
    /// <param name="shortcut">[b, skip, 2·h, 2·w].</param>
    public Tensor Forward([Shape("b", "c", "h", "w")] Tensor x, [Shape("b", "s", "2*h", "2*w")] Tensor shortcut) =>
        Join(Concat(shortcut, factor == 1 ? Enlarge(x) : UpsamplingBilinear2d(x, 2)));
}
