using System;
using System.Linq;
using System.Threading;
using Dsl.Sharding;
using Xunit;

namespace Dsl.Runtime.Tests.Sharding;

/// <summary>What ranks that are threads tell each other.</summary>
public sealed class LocalCollectivesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Ranks_get_what_the_operations_mean(int ranks)
    {
        LocalCollectives.Run(ranks, group =>
        {
            Assert.Equal(ranks, group.Ranks);
            for (int round = 0; round < 20; round++)
            {
                float[] mine = [group.Rank, round, -group.Rank];
                var all = new float[3 * ranks];
                group.AllGather(mine, all);
                Assert.Equal(Enumerable.Range(0, ranks).SelectMany(r => new float[] { r, round, -r }), all);

                float[] sums = [.. mine];
                group.AllReduce(sums, Reduction.Sum);
                float sum = ranks * (ranks - 1) / 2;
                Assert.Equal([sum, ranks * round, -sum], sums);

                float[] most = [.. mine];
                group.AllReduce(most, Reduction.Max);
                Assert.Equal([ranks - 1, round, 0], most);

                // Rank r has 10·r + p for rank p.
                float[] parts = [.. Enumerable.Range(0, ranks).Select(p => (10f * group.Rank) + p)];
                var part = new float[1];
                group.ReduceScatter(parts, part);
                Assert.Equal([(10 * sum) + (ranks * group.Rank)], part);
            }
        });
    }

    /// <summary>Labels travel as the bits of floats.</summary>
    [Fact]
    public void Values_are_gathered_as_bits() => LocalCollectives.Run(2, static group =>
    {
        float[] labels = [BitConverter.Int32BitsToSingle(-1), BitConverter.Int32BitsToSingle(7 + group.Rank)];
        var all = new float[4];
        group.AllGather(labels, all);
        Assert.Equal([-1, 7, -1, 8], all.Select(BitConverter.SingleToInt32Bits));
    });

    [Fact]
    public void A_rank_that_fails_stops_the_others()
    {
        int waited = 0;
        var error = Assert.Throws<FormatException>(() => LocalCollectives.Run(3, group =>
        {
            if (group.Rank == 1)
            {
                throw new FormatException("rank 1");
            }

            try
            {
                group.AllReduce(new float[2], Reduction.Sum);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref waited);
                throw;
            }
        }));
        Assert.Equal("rank 1", error.Message);
        Assert.Equal(2, waited);
    }

    [Fact]
    public void Ranks_that_do_different_things_are_refused()
    {
        var lengths = Assert.Throws<InvalidOperationException>(() => LocalCollectives.Run(
            2, static group => group.AllReduce(new float[2 + group.Rank], Reduction.Sum)));
        Assert.Contains("all ranks must do the same", lengths.Message, StringComparison.Ordinal);
        var operations = Assert.Throws<InvalidOperationException>(() => LocalCollectives.Run(
            2, static group => group.AllReduce(new float[2], group.Rank == 0 ? Reduction.Sum : Reduction.Max)));
        Assert.Contains("AllReduce of maxima", operations.Message, StringComparison.Ordinal);
        var ended = Assert.Throws<InvalidOperationException>(() => LocalCollectives.Run(2, static group =>
        {
            if (group.Rank == 0)
            {
                group.AllReduce(new float[2], Reduction.Sum);
            }
        }));
        Assert.Contains("all ranks must do the same", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused_before_anybody_waits() => LocalCollectives.Run(2, static group =>
    {
        Assert.Throws<ArgumentException>(() => group.AllGather(new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => group.ReduceScatter(new float[3], new float[2]));
    });

    [Fact]
    public void There_is_a_rank_at_least() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LocalCollectives.Run(0, static _ => { }));
}
