namespace Dsl.Kernels;

/// <summary>Extents and strides of a HiPPO memory, over values [batch, position, channel] and coefficients [batch, position,
/// channel·order]; channels and coefficients are neighbours. The transition is rows [order, order + 1], memories to
/// begin with [batch, channel, order], scaled [batch, channel, order + 1] with how many positions they have taken in
/// behind them, and where memories begin anew [batch, position].</summary>
public sealed record HippoScanShape
{
    /// <summary>Sequences.</summary>
    public required Size Batch { get; init; }

    /// <summary>Positions of a sequence.</summary>
    public required Size Positions { get; init; }

    /// <summary>Channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Coefficients of a channel.</summary>
    public required int Order { get; init; }

    /// <summary>Whether it is HiPPO-LegS, whose steps shrink with time and which has no transition.</summary>
    public bool Scaled { get; init; }

    /// <summary>Whether it is the transposed map, from gradients of coefficients to gradients of values.</summary>
    public bool Transposed { get; init; }

    /// <summary>Whether there are memories to begin with. Of the transposed map, which needs how many positions they
    /// have taken in, only where it is scaled.</summary>
    public bool Starts { get; init; }

    /// <summary>Whether the transposed map gives what it has left before the first position, the gradient of memories
    /// to begin with, shaped as these are, instead of gradients of values.</summary>
    public bool ToStart { get; init; }

    /// <summary>Whether a buffer says where memories begin anew: floats, 0 there.</summary>
    public bool Resets { get; init; }

    /// <summary>Elements from one sample of the values to the next.</summary>
    public required Size UBatch { get; init; }

    /// <summary>Elements from one position of the values to the next.</summary>
    public required Size UPosition { get; init; }

    /// <summary>Elements from one sample of the coefficients to the next.</summary>
    public required Size YBatch { get; init; }

    /// <summary>Elements from one position of the coefficients to the next.</summary>
    public required Size YPosition { get; init; }
}
