using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>A cache line of each row that is asked for ahead, row after row (see <see cref="Prefetch"/>); none by default.</summary>
/// <param name="at">The line of the first row.</param>
/// <param name="step">Elements from one row to the next.</param>
internal readonly unsafe struct LineAhead(float* at, nint step)
{
    /// <summary>The line of the first row; null for none.</summary>
    public readonly float* At = at;

    /// <summary>Elements from one row to the next.</summary>
    public readonly nint Step = step;

    /// <summary>Another line of the same rows.</summary>
    public LineAhead Line(int line) => new(At + (line * TileWalk.LineFloats), Step);
}
