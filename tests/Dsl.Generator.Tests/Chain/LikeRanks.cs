extern alias runtime;
using System;
using ICollectives = runtime::Dsl.Sharding.ICollectives;
using Reduction = runtime::Dsl.Sharding.Reduction;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The first of several ranks that all have the same values: what a graph means by its collective operations.</summary>
internal sealed class LikeRanks(int ranks) : ICollectives
{
    public int Rank => 0;

    public int Ranks => ranks;

    public void AllGather(ReadOnlySpan<float> mine, Span<float> all)
    {
        for (int rank = 0; rank < ranks; rank++)
        {
            mine.CopyTo(all[(rank * mine.Length)..]);
        }
    }

    public void AllReduce(Span<float> values, Reduction reduction)
    {
        for (int i = 0; i < values.Length && reduction == Reduction.Sum; i++)
        {
            values[i] *= ranks;
        }
    }

    public void ReduceScatter(ReadOnlySpan<float> all, Span<float> mine)
    {
        all[..mine.Length].CopyTo(mine);
        AllReduce(mine, Reduction.Sum);
    }
}
