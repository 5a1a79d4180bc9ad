namespace Dsl.Kernels;

/// <summary>Extents and strides of a linear recurrence of each channel, over factors, inputs and results [batch, position,
/// channel]; channels are neighbours. Complex, imaginary parts come behind the real ones of all channels.</summary>
public sealed record LinearScanShape
{
    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Positions of a sequence.</summary>
    public required Size Positions { get; init; }

    /// <summary>Channels; of complex ones half of the numbers of a position.</summary>
    public required int Channels { get; init; }

    /// <summary>Whether numbers are complex.</summary>
    public bool Complex { get; init; }

    /// <summary>Whether it is the adjoint scan.</summary>
    public bool Adjoint { get; init; }

    /// <summary>Elements from one sample of the factors to the next; 0 where they are the same everywhere.</summary>
    public Size ABatch { get; init; } = 0;

    /// <summary>Elements from one position of the factors to the next; 0 where they are the same everywhere.</summary>
    public Size APosition { get; init; } = 0;

    /// <summary>Elements from one sample of the inputs to the next.</summary>
    public required Size XBatch { get; init; }

    /// <summary>Elements from one position of the inputs to the next.</summary>
    public required Size XPosition { get; init; }

    /// <summary>Elements from one sample of the results to the next.</summary>
    public required Size YBatch { get; init; }

    /// <summary>Elements from one position of the results to the next.</summary>
    public required Size YPosition { get; init; }
}
