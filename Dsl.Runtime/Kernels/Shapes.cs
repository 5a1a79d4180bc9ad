namespace Dsl.Kernels;

/// <summary>Extents and strides (in elements) of a batch of products C[batch,row,column] = Σ A[batch,row,k]·B[batch,k,column],
/// where k runs over outer × middle × depth. Columns of B are contiguous.</summary>
public sealed record ContractShape
{
    /// <summary>Independent products.</summary>
    public Size Batch { get; init; } = 1;

    /// <summary>Rows of A and of the result.</summary>
    public required Size Rows { get; init; }

    /// <summary>Columns of B and of the result.</summary>
    public required Size Columns { get; init; }

    /// <summary>Innermost part of the summed index.</summary>
    public required Size Depth { get; init; }

    /// <summary>Middle part of the summed index.</summary>
    public Size Middle { get; init; } = 1;

    /// <summary>Outermost part of the summed index.</summary>
    public Size Outer { get; init; } = 1;

    /// <summary>From one product's A to the next.</summary>
    public Size ABatch { get; init; } = 0;

    /// <summary>From one row of A to the next.</summary>
    public required Size ARow { get; init; }

    /// <summary>From one depth step of A to the next.</summary>
    public required Size ADepth { get; init; }

    /// <summary>From one middle step of A to the next.</summary>
    public Size AMiddle { get; init; } = 0;

    /// <summary>From one outer step of A to the next.</summary>
    public Size AOuter { get; init; } = 0;

    /// <summary>From one product's B to the next.</summary>
    public Size BBatch { get; init; } = 0;

    /// <summary>From one depth step of B to the next.</summary>
    public required Size BDepth { get; init; }

    /// <summary>From one middle step of B to the next.</summary>
    public Size BMiddle { get; init; } = 0;

    /// <summary>From one outer step of B to the next.</summary>
    public Size BOuter { get; init; } = 0;

    /// <summary>Which buffers the body walks row after row of <see cref="Columns"/> elements, product after product, nearly without
    /// gaps: bit i stands for buffer i. Only speed depends on it: the host asks memory for them ahead.</summary>
    public int Beside { get; init; }
}

/// <summary>
/// Geometry of a convolution. Forward: output pixel (y, x) sums source pixels (y·StrideY - PaddingY + u·DilationY, …) over the
/// taps (u, v). Transposed: pixel (y, x) of the input gradient sums output-gradient pixels ((y + PaddingY - u·DilationY)/StrideY, …)
/// over the taps for which the division is exact. Pixels are channel-contiguous (NHWC); whatever lies outside the source image
/// is a zero halo in its buffer, so nothing is ever tested.
/// </summary>
/// <remarks>Weights: forward [group][u][v][in channel][out channel]; transposed [group][u][v][source channel][domain channel],
/// that is, in either case InChannels counts the channels summed over and OutChannels the columns.</remarks>
public sealed record ConvolveShape
{
    /// <summary>Images.</summary>
    public required Size Images { get; init; }

    /// <summary>Rows of pixels of the domain (what is computed).</summary>
    public required Size Height { get; init; }

    /// <summary>Columns of pixels of the domain.</summary>
    public required Size Width { get; init; }

    /// <summary>Channel groups.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels per group that are summed over.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels per group that are computed.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Taps downwards.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Taps across.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Vertical stride.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Horizontal stride.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Padding above.</summary>
    public int PaddingY { get; init; }

    /// <summary>Padding at the left.</summary>
    public int PaddingX { get; init; }

    /// <summary>Vertical dilation.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>Horizontal dilation.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Gradient with respect to the input instead of the convolution itself.</summary>
    public bool Transposed { get; init; }

    /// <summary>Elements from one source image to the next, halo included.</summary>
    public required Size ImagePitch { get; init; }

    /// <summary>Elements from one source pixel row to the next, halo included.</summary>
    public required Size RowPitch { get; init; }

    /// <summary>Elements from one source pixel to the next; 0: as many as it has channels.</summary>
    public int PixelPitch { get; init; }

    /// <summary>Elements from one source pixel to the next.</summary>
    internal int Pixel => PixelPitch == 0 ? Groups * InChannels : PixelPitch;

    /// <summary>Whether each group has one channel.</summary>
    internal bool IsDepthwise => InChannels == 1 && OutChannels == 1 && Groups > 1;
}

/// <summary>
/// Geometry of a pool. Forward: domain pixel (y, x) visits source pixels (y·StrideY - PaddingY + u·DilationY, …). Transposed: it
/// visits source pixels ((y + PaddingY - u·DilationY)/StrideY, …) where the division is exact. Source pixels outside
/// SourceHeight × SourceWidth are skipped. Taps are visited in order of their number u·KernelWidth + v.
/// </summary>
public sealed record PoolShape
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

    /// <summary>Taps downwards.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Taps across.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Vertical stride.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Horizontal stride.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Padding above.</summary>
    public int PaddingY { get; init; }

    /// <summary>Padding at the left.</summary>
    public int PaddingX { get; init; }

    /// <summary>Vertical dilation.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>Horizontal dilation.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Visits the windows that contain a pixel instead of the pixels of a window.</summary>
    public bool Transposed { get; init; }

    /// <summary>Visits a row of pixels in all images before the next row: for bodies that read more for a row than an
    /// image has.</summary>
    public bool ImagesInnermost { get; init; }
}

/// <summary>An image buffer and the zeros around it.</summary>
public sealed record HaloShape
{
    /// <summary>Images.</summary>
    public required Size Images { get; init; }

    /// <summary>Rows of pixels inside the halo.</summary>
    public required Size Height { get; init; }

    /// <summary>Columns of pixels inside the halo.</summary>
    public required Size Width { get; init; }

    /// <summary>Channels of a pixel.</summary>
    public required int Channels { get; init; }

    /// <summary>Zero rows above.</summary>
    public int Top { get; init; }

    /// <summary>Zero rows below.</summary>
    public int Bottom { get; init; }

    /// <summary>Zero columns at the left.</summary>
    public int Left { get; init; }

    /// <summary>Zero columns at the right.</summary>
    public int Right { get; init; }
}
