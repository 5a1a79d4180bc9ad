using System;

namespace Dsl.Sharding;

/// <summary>How values of all ranks become one.</summary>
public enum Reduction
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The largest.</summary>
    Max,
}

/// <summary>
/// What the ranks of one training tell each other; the operations have the names and meanings of MPI and NCCL. Each rank has
/// one, and all ranks call the same operations with the same lengths in the same order: a call returns when all ranks have made it.
/// </summary>
public interface ICollectives
{
    /// <summary>Which rank this is, from 0.</summary>
    int Rank { get; }

    /// <summary>How many ranks there are.</summary>
    int Ranks { get; }

    /// <summary>Gives every rank the values of all, in the order of ranks. Values are moved as bits.</summary>
    /// <param name="mine">The values of this rank.</param>
    /// <param name="all">Room for <see cref="Ranks"/> times as many.</param>
    void AllGather(ReadOnlySpan<float> mine, Span<float> all);

    /// <summary>Makes of the values of all ranks one, element by element; every rank gets the same bits.</summary>
    /// <param name="values">The values of this rank, then the result.</param>
    /// <param name="reduction">What becomes of them.</param>
    void AllReduce(Span<float> values, Reduction reduction);

    /// <summary>Sums what all ranks have for all ranks, and gives each its part.</summary>
    /// <param name="all">What this rank has: a part for each rank, in their order.</param>
    /// <param name="mine">Gets the sum of this rank's parts.</param>
    void ReduceScatter(ReadOnlySpan<float> all, Span<float> mine);
}
