namespace Dsl.Kernels;

/// <summary>Extents and strides of a scan whose states are coupled by a part of rank one, over u and y [batch,
/// position, channel]; channels are neighbours. What describes the recurrence are rows [10, channel, state]: the real
/// and imaginary parts of λ, p, b, q and w. Where states begin anew is [batch, position].</summary>
public sealed record LowRankScanShape
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

    /// <summary>Whether there is no buffer of u: it is 1 at the position that comes first, else 0.</summary>
    public bool Impulse { get; init; }

    /// <summary>Whether there are states [batch, part, channel, state] that the first position begins with, real parts
    /// before imaginary ones: it has x = start + b·u, with no turn before it. Without <see cref="ToStates"/> there is
    /// no u.</summary>
    public bool FromStates { get; init; }

    /// <summary>Whether the states behind the last position are wanted instead of y, [batch, part, channel, state]; or,
    /// for the gradient, whether the conjugate of the gradient by them is there.</summary>
    public bool ToStates { get; init; }

    /// <summary>Whether, where states come in or go out, a buffer says how many positions each sample has, the first
    /// ones: floats [batch] from 1 to <see cref="Positions"/>. y is 0 behind them.</summary>
    public bool Lengths { get; init; }

    /// <summary>Elements from one sample of u to the next.</summary>
    public Size UBatch { get; init; } = 0;

    /// <summary>Elements from one position of u to the next.</summary>
    public Size UPosition { get; init; } = 0;

    /// <summary>Elements from one sample of y to the next.</summary>
    public Size YBatch { get; init; } = 0;

    /// <summary>Elements from one position of y to the next.</summary>
    public Size YPosition { get; init; } = 0;
}
