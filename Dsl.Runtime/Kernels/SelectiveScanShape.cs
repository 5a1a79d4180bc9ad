using System;

namespace Dsl.Kernels;

/// <summary>Gradients of a selective scan.</summary>
[Flags]
public enum SelectiveGradients
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Of u.</summary>
    U = 1,

    /// <summary>Of the steps.</summary>
    Delta = 2,

    /// <summary>Of A.</summary>
    A = 4,

    /// <summary>Of B.</summary>
    B = 8,

    /// <summary>Of C.</summary>
    C = 16,

    /// <summary>All of them.</summary>
    All = U | Delta | A | B | C,
}

/// <summary>Extents and strides of a scan with real states of each channel whose factors depend on the position, over u, Δ and y
/// [batch, position, channel], and B and C [batch, position, state]; elements of a position are neighbours. A is rows
/// [channel, state], and where states begin anew [batch, position].</summary>
public sealed record SelectiveScanShape
{
    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Positions of a sequence.</summary>
    public required Size Positions { get; init; }

    /// <summary>Channels.</summary>
    public required int Channels { get; init; }

    /// <summary>States of a channel.</summary>
    public required int States { get; init; }

    /// <summary>Whether a buffer says where states begin anew: floats, 0 there.</summary>
    public bool Resets { get; init; }

    /// <summary>Of the gradient: which are wanted.</summary>
    public SelectiveGradients Gradients { get; init; } = SelectiveGradients.All;

    /// <summary>Elements from one sample of u to the next.</summary>
    public required Size UBatch { get; init; }

    /// <summary>Elements from one position of u to the next.</summary>
    public required Size UPosition { get; init; }

    /// <summary>Elements from one sample of Δ to the next.</summary>
    public required Size DeltaBatch { get; init; }

    /// <summary>Elements from one position of Δ to the next.</summary>
    public required Size DeltaPosition { get; init; }

    /// <summary>Elements from one sample of B to the next.</summary>
    public required Size BBatch { get; init; }

    /// <summary>Elements from one position of B to the next.</summary>
    public required Size BPosition { get; init; }

    /// <summary>Elements from one sample of C to the next.</summary>
    public required Size CBatch { get; init; }

    /// <summary>Elements from one position of C to the next.</summary>
    public required Size CPosition { get; init; }

    /// <summary>Elements from one sample of y, or of its gradient, to the next.</summary>
    public required Size YBatch { get; init; }

    /// <summary>Elements from one position of y, or of its gradient, to the next.</summary>
    public required Size YPosition { get; init; }

    /// <summary>Elements from one sample of the gradient of u to the next.</summary>
    public Size OfUBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of u to the next.</summary>
    public Size OfUPosition { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of Δ to the next.</summary>
    public Size OfDeltaBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of Δ to the next.</summary>
    public Size OfDeltaPosition { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of B to the next.</summary>
    public Size OfBBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of B to the next.</summary>
    public Size OfBPosition { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of C to the next.</summary>
    public Size OfCBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of C to the next.</summary>
    public Size OfCPosition { get; init; } = 0;
}
