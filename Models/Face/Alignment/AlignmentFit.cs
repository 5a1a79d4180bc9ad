using System;

namespace Models.Face.Alignment;

/// <summary>Why points cannot be aligned.</summary>
public enum AlignmentFailure
{
    /// <summary>They can.</summary>
    None,

    /// <summary>There are fewer points than the transformation needs.</summary>
    TooFewPoints,

    /// <summary>The points do not determine the transformation: they coincide or, for a camera, lie in a
    /// plane.</summary>
    DegeneratePoints,

    /// <summary>The covariance of the points is not positive definite.</summary>
    SingularCovariance,
}

/// <summary>A transformation that aligns points, or why there is none. That a face is not alignable is an outcome, not
/// an error: the caller falls back to something simpler.</summary>
/// <typeparam name="T">The kind of transformation.</typeparam>
public sealed class AlignmentFit<T>
{
    private readonly T? _transform;

    internal AlignmentFit(T transform) => _transform = transform;

    internal AlignmentFit(AlignmentFailure failure) => Failure = failure;

    /// <summary>Why there is none.</summary>
    public AlignmentFailure Failure { get; }

    /// <summary>Whether there is one.</summary>
    public bool IsAlignable => Failure == AlignmentFailure.None;

    /// <summary>The transformation.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Transform => IsAlignable
        ? _transform!
        : throw new InvalidOperationException($"The points are not alignable ({Failure}).");

    /// <inheritdoc/>
    public override string ToString() => IsAlignable ? $"{_transform}" : $"not alignable: {Failure}";
}
