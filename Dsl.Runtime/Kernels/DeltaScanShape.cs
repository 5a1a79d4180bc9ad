using System;

namespace Dsl.Kernels;

/// <summary>Gradients of a delta rule.</summary>
[Flags]
public enum DeltaGradients
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Of the queries.</summary>
    Q = 1,

    /// <summary>Of the keys.</summary>
    K = 2,

    /// <summary>Of the values.</summary>
    V = 4,

    /// <summary>Of the strengths.</summary>
    B = 8,

    /// <summary>Terms of that of the decay, q·q̄ - v·v̄: it is their sum from the end.</summary>
    D = 16,

    /// <summary>All of them.</summary>
    All = Q | K | V | B | D,
}

/// <summary>Extents and strides of a delta rule over q and k [batch, position, head, key], v and the result [batch, position, head,
/// value], and strengths and logarithms of the decay [batch, position, head]. Features are neighbours.</summary>
public sealed record DeltaScanShape
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

    /// <summary>Whether a buffer has logarithms of a decay; else nothing is forgotten but what is overwritten.</summary>
    public bool Decays { get; init; }

    /// <summary>Of the gradient: which are wanted.</summary>
    public DeltaGradients Gradients { get; init; } = DeltaGradients.All;

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

    /// <summary>Elements from one sample of the strengths to the next.</summary>
    public required Size BBatch { get; init; }

    /// <summary>Elements from one position of the strengths to the next.</summary>
    public required Size BPosition { get; init; }

    /// <summary>Elements from one head of the strengths to the next.</summary>
    public required Size BHead { get; init; }

    /// <summary>Elements from one sample of the result, or of its gradient, to the next.</summary>
    public required Size OBatch { get; init; }

    /// <summary>Elements from one position of the result, or of its gradient, to the next.</summary>
    public required Size OPosition { get; init; }

    /// <summary>Elements from one head of the result, or of its gradient, to the next.</summary>
    public required Size OHead { get; init; }

    /// <summary>Elements from one sample of the decay to the next.</summary>
    public Size DBatch { get; init; } = 0;

    /// <summary>Elements from one position of the decay to the next.</summary>
    public Size DPosition { get; init; } = 0;

    /// <summary>Elements from one head of the decay to the next.</summary>
    public Size DHead { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of q to the next.</summary>
    public Size OfQBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of q to the next.</summary>
    public Size OfQPosition { get; init; } = 0;

    /// <summary>Elements from one head of the gradient of q to the next.</summary>
    public Size OfQHead { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of k to the next.</summary>
    public Size OfKBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of k to the next.</summary>
    public Size OfKPosition { get; init; } = 0;

    /// <summary>Elements from one head of the gradient of k to the next.</summary>
    public Size OfKHead { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of v to the next.</summary>
    public Size OfVBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of v to the next.</summary>
    public Size OfVPosition { get; init; } = 0;

    /// <summary>Elements from one head of the gradient of v to the next.</summary>
    public Size OfVHead { get; init; } = 0;

    /// <summary>Elements from one sample of the gradient of the strengths to the next.</summary>
    public Size OfBBatch { get; init; } = 0;

    /// <summary>Elements from one position of the gradient of the strengths to the next.</summary>
    public Size OfBPosition { get; init; } = 0;

    /// <summary>Elements from one head of the gradient of the strengths to the next.</summary>
    public Size OfBHead { get; init; } = 0;

    /// <summary>Elements from one sample of the terms for the decay to the next.</summary>
    public Size OfDBatch { get; init; } = 0;

    /// <summary>Elements from one position of the terms for the decay to the next.</summary>
    public Size OfDPosition { get; init; } = 0;

    /// <summary>Elements from one head of the terms for the decay to the next.</summary>
    public Size OfDHead { get; init; } = 0;
}
