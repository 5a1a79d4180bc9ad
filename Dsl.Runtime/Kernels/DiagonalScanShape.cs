namespace Dsl.Kernels;

/// <summary>Extents and strides of a scan with complex states of each channel, over u and y [batch, position, channel]; channels
/// are neighbours. The parts of λ and w are rows [channel, state], and where states begin anew [batch, position].</summary>
public sealed record DiagonalScanShape
{
    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Positions of a sequence.</summary>
    public required Size Positions { get; init; }

    /// <summary>Channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Complex states of a channel.</summary>
    public required int States { get; init; }

    /// <summary>Whether a position sees later positions instead of earlier ones.</summary>
    public bool Reverse { get; init; }

    /// <summary>Whether a buffer says where states begin anew: floats, 0 there.</summary>
    public bool Resets { get; init; }

    /// <summary>Whether there are no u and w, but states to begin with, [batch, part, channel, state]: real parts
    /// before imaginary ones. They are those of the first position: y is Σ Re(x) there, and a turn comes between it and
    /// the next.</summary>
    public bool FromStates { get; init; }

    /// <summary>Whether there are no w and y, but the states behind the last position, [batch, part, channel,
    /// state].</summary>
    public bool ToStates { get; init; }

    /// <summary>Whether, where states come in or go out, a buffer says how many positions each sample has, the first
    /// ones: floats [batch] from 1 to <see cref="Positions"/>. y is 0 behind them.</summary>
    public bool Lengths { get; init; }

    /// <summary>Elements from one sample of u to the next.</summary>
    public required Size UBatch { get; init; }

    /// <summary>Elements from one position of u to the next.</summary>
    public required Size UPosition { get; init; }

    /// <summary>Elements from one sample of y to the next.</summary>
    public required Size YBatch { get; init; }

    /// <summary>Elements from one position of y to the next.</summary>
    public required Size YPosition { get; init; }
}
