namespace Dsl.Kernels;

/// <summary>
/// Geometry of a resampling. Forward: domain pixel (y, x) is a weighted sum of source pixels. Transposed: the domain
/// is the image that was resampled, the source the gradient of the result, and domain pixel (y, x) sums over the
/// source pixels that read it, with the weights they read it with. Pixels are channel-contiguous (NHWC).
/// </summary>
public sealed record ResampleShape
{
    /// <summary>Images.</summary>
    public required Size Images { get; init; }

    /// <summary>Rows of pixels of the domain.</summary>
    public required Size Height { get; init; }

    /// <summary>Columns of pixels of the domain.</summary>
    public required Size Width { get; init; }

    /// <summary>Channels: the lanes.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows of pixels of the source.</summary>
    public required Size SourceHeight { get; init; }

    /// <summary>Columns of pixels of the source.</summary>
    public required Size SourceWidth { get; init; }

    /// <summary>Elements from one source image to the next, halo included.</summary>
    public required Size ImagePitch { get; init; }

    /// <summary>Elements from one source pixel row to the next, halo included.</summary>
    public required Size RowPitch { get; init; }

    /// <summary>Elements from one source pixel to the next; 0: as many as it has channels. More where the source is
    /// some of the channels of a buffer.</summary>
    public int PixelPitch { get; init; }

    /// <summary>Elements from one source pixel to the next.</summary>
    internal int Pixel => PixelPitch == 0 ? Channels : PixelPitch;

    /// <summary>Which pixels are read, and with what weights.</summary>
    public required ResampleMode Mode { get; init; }

    /// <summary>Whether the middles of the corner pixels stay in place, not their edges.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>The scale that positions are computed with is this over <see cref="Denominator"/>; 0: the quotient of
    /// the extents.</summary>
    public int Numerator { get; init; }

    /// <summary>See <see cref="Numerator"/>.</summary>
    public int Denominator { get; init; } = 1;

    /// <summary>The gradient.</summary>
    public bool Transposed { get; init; }

    /// <summary>The rule along one axis.</summary>
    internal ResampleAxis Axis(int source, int domain) => ResampleAxis.Of(
        Mode,
        AlignCorners,
        Transposed ? domain : source,
        Transposed ? source : domain,
        new Ratio(Numerator, Denominator));
}
