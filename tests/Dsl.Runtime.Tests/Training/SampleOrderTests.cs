using System;
using System.Linq;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

public sealed class SampleOrderTests
{
    private static readonly int[] s_all = [.. Enumerable.Range(0, 40)];

    [Fact]
    public void An_epoch_has_every_sample_once()
    {
        var order = new SampleOrder(40, 3, shuffle: true);

        Assert.All(Enumerable.Range(0, 3), epoch => Assert.Equal(s_all, order.Of(epoch).ToArray().Order()));
    }

    [Fact]
    public void Epochs_differ_and_seeds_differ()
    {
        int[] first = new SampleOrder(40, 1, shuffle: true).Of(0).ToArray();

        Assert.NotEqual(first, new SampleOrder(40, 1, shuffle: true).Of(1).ToArray());
        Assert.NotEqual(first, new SampleOrder(40, 2, shuffle: true).Of(0).ToArray());
    }

    [Fact]
    public void An_epoch_does_not_depend_on_those_before_it()
    {
        var walked = new SampleOrder(40, 8, shuffle: true);
        for (int epoch = 0; epoch < 5; epoch++)
        {
            int[] reached = walked.Of(epoch).ToArray();
            Assert.Equal(reached, new SampleOrder(40, 8, shuffle: true).Of(epoch).ToArray());
        }
    }

    [Fact]
    public void Unshuffled_samples_come_as_they_are()
    {
        var order = new SampleOrder(40, 3, shuffle: false);

        Assert.Equal(s_all, order.Of(0).ToArray());
        Assert.Equal(s_all, order.Of(7).ToArray());
    }

    [Fact]
    public void Batches_of_like_length_have_every_sample_once()
    {
        int[] lengths = [.. Enumerable.Range(0, 4001).Select(static i => i * 7919 % 500)];
        var order = new SampleOrder(lengths, 3, batchSize: 8);
        int[] first = order.Of(0).ToArray();
        Assert.Equal(Enumerable.Range(0, 4001), first.Order());
        Assert.NotEqual(first, order.Of(1).ToArray());
        Assert.Equal(first, new SampleOrder(lengths, 3, batchSize: 8).Of(0).ToArray());

        // Of 4000 lengths below 500, 256 sorted at a time: eight in a row are some 16 apart, by chance 400 were.
        Assert.InRange(first.Take(4000).Chunk(8).Average(b => b.Max(i => lengths[i]) - b.Min(i => lengths[i])), 0, 40);

        // Short and long batches come in any order.
        int[] means = [.. first.Take(4000).Chunk(8).Select(b => (int)b.Average(i => lengths[i]))];
        Assert.InRange(means.Zip(means.Skip(1)).Count(static p => p.First < p.Second), 200, 300);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Orders_allocate_nothing(bool grouped)
    {
        SampleOrder order = grouped
            ? new SampleOrder([.. Enumerable.Range(0, 1000).Select(static i => i % 77)], 1, batchSize: 8)
            : new SampleOrder(1000, 1, shuffle: true);
        // The first time through, the runtime itself may allocate for code it meets.
        All();
        long before = GC.GetAllocatedBytesForCurrentThread();
        All();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void All()
        {
            for (int epoch = 0; epoch < 20; epoch++)
            {
                _ = order.Of(epoch);
            }
        }
    }
}
