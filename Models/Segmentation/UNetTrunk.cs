namespace Models.Segmentation;

/// <summary>
/// A U-Net that halves images three times, without its last layer: down by maxima while channels double, up again
/// beside what each size had on the way down. Images [b, c, 8·h, 8·w] become [b, result, 8·h, 8·w].
/// </summary>
/// <param name="width">Channels at full size.</param>
/// <param name="result">Channels of the result.</param>
/// <param name="factor">1: transposed convolutions enlarge. 2: bilinear interpolation does, and what goes up has half
/// as many channels, so that it has as many as what it meets.</param>
[Block]
public sealed partial class UNetTrunk(int width, int result, int factor)
{
    /// <summary>Full size, on the way down.</summary>
    [Use<DoubleConv>(nameof(width), nameof(width))]
    private partial Tensor Full(Tensor x);

    /// <summary>Half the size.</summary>
    [Use<DoubleConv>("2*width", "2*width")]
    private partial Tensor Half(Tensor x);

    /// <summary>A quarter.</summary>
    [Use<DoubleConv>("4*width", "4*width")]
    private partial Tensor Quarter(Tensor x);

    /// <summary>The smallest images, from which the way goes up.</summary>
    [Use<DoubleConv>("8*width/factor", "8*width/factor")]
    private partial Tensor Bottom(Tensor x);

    /// <summary>Back to a quarter.</summary>
    [Use<UNetLevel>("4*width/factor", "4*width", nameof(factor))]
    private partial Tensor ToQuarter(Tensor x, Tensor shortcut);

    /// <summary>Back to half the size.</summary>
    [Use<UNetLevel>("2*width/factor", "2*width", nameof(factor))]
    private partial Tensor ToHalf(Tensor x, Tensor shortcut);

    /// <summary>Back to full size.</summary>
    [Use<UNetLevel>(nameof(result), nameof(width), nameof(factor))]
    private partial Tensor ToFull(Tensor x, Tensor shortcut);

    /// <summary>[b, result, 8·h, 8·w].</summary>
    /// <param name="image">[b, c, 8·h, 8·w].</param>
    public Tensor Forward(Tensor image)
    {
        Tensor full = Full(image);
        Tensor half = Half(MaxPool(full, 2));
        Tensor quarter = Quarter(MaxPool(half, 2));
        Tensor bottom = Bottom(MaxPool(quarter, 2));
        return ToFull(ToHalf(ToQuarter(bottom, quarter), half), full);
    }
}
