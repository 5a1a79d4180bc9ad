namespace Dsl.Kernels;

/// <summary>Extents and strides of a scan with decay over q, k [batch, position, head, key], v and the result [batch,
/// position, head, value], and logarithms of the decay [batch, position, head], with a key or a value behind where
/// <see cref="Decay"/> says so. Features are neighbours.</summary>
public sealed record DecayScanShape
{
    /// <summary>Sequences of each head.</summary>
    public required Size Batch { get; init; }

    /// <summary>Positions of a sequence.</summary>
    public required Size Positions { get; init; }

    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Features of q and k.</summary>
    public required int Keys { get; init; }

    /// <summary>Features of v and the result.</summary>
    public required int Values { get; init; }

    /// <summary>What decays by itself.</summary>
    public DecayAxis Decay { get; init; }

    /// <summary>Whether a position sees the state before its own key, value and decay.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether a position sees later positions instead of earlier ones.</summary>
    public bool Reverse { get; init; }

    /// <summary>Elements from one sample of q to the next.</summary>
    public required Size QBatch { get; init; }

    /// <summary>Elements from one position of q to the next.</summary>
    public required Size QPosition { get; init; }

    /// <summary>Elements from one head of q to the next.</summary>
    public required Size QHead { get; init; }

    /// <summary>Elements from one sample of k to the next.</summary>
    public required Size KBatch { get; init; }

    /// <summary>Elements from one position of k to the next.</summary>
    public required Size KPosition { get; init; }

    /// <summary>Elements from one head of k to the next.</summary>
    public required Size KHead { get; init; }

    /// <summary>Elements from one sample of v to the next.</summary>
    public required Size VBatch { get; init; }

    /// <summary>Elements from one position of v to the next.</summary>
    public required Size VPosition { get; init; }

    /// <summary>Elements from one head of v to the next.</summary>
    public required Size VHead { get; init; }

    /// <summary>Elements from one sample of the decay to the next.</summary>
    public required Size DBatch { get; init; }

    /// <summary>Elements from one position of the decay to the next.</summary>
    public required Size DPosition { get; init; }

    /// <summary>Elements from one head of the decay to the next.</summary>
    public required Size DHead { get; init; }

    /// <summary>Elements from one sample of the result to the next.</summary>
    public required Size OBatch { get; init; }

    /// <summary>Elements from one position of the result to the next.</summary>
    public required Size OPosition { get; init; }

    /// <summary>Elements from one head of the result to the next.</summary>
    public required Size OHead { get; init; }
}
