namespace Dsl.Kernels;

/// <summary>Extents and strides of a causal convolution over x and y [batch, position, channel] with a kernel
/// [distance, channel]; channels are neighbours.</summary>
public sealed record SpectralShape
{
    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Positions of a sequence.</summary>
    public required Size Positions { get; init; }

    /// <summary>Numbers of a channel's kernel; those beyond the positions meet nothing.</summary>
    public required Size Taps { get; init; }

    /// <summary>Channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Whether a position sees later positions instead of earlier ones.</summary>
    public bool Reverse { get; init; }

    /// <summary>Elements from one sample of x to the next.</summary>
    public required Size XBatch { get; init; }

    /// <summary>Elements from one position of x to the next.</summary>
    public required Size XPosition { get; init; }

    /// <summary>Elements from one distance of the kernel to the next.</summary>
    public required Size KTap { get; init; }

    /// <summary>Elements from one sample of y to the next.</summary>
    public required Size YBatch { get; init; }

    /// <summary>Elements from one position of y to the next.</summary>
    public required Size YPosition { get; init; }
}
