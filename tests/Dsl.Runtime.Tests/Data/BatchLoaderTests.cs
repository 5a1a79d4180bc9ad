using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Data;
using Xunit;

namespace Dsl.Runtime.Tests.Data;

public class BatchLoaderTests
{
    [Fact]
    public void AnEpochHandsOutEverySampleOnceWithItsColumnsTogether()
    {
        var loader = new BatchLoader(DatasetTests.Numbered(10), 4, seed: 3);
        Assert.Equal(3, loader.BatchesPerEpoch);
        int[] ids = [.. Run(loader, 3).SelectMany(static b => b)];
        Assert.Equal(Enumerable.Range(0, 10), ids.Order());
        Assert.NotEqual(Enumerable.Range(0, 10), ids);
        Assert.Equal(new BatchPosition(1, 0), loader.Position);
    }

    [Fact]
    public void TheLastBatchIsPartialOrDropped()
    {
        var kept = new BatchLoader(DatasetTests.Numbered(10), 4);
        Assert.Equal([4, 4, 2, 4], Run(kept, 4).Select(static b => b.Length));
        var dropped = new BatchLoader(DatasetTests.Numbered(10), 4, dropLast: true);
        Assert.Equal(2, dropped.BatchesPerEpoch);
        Assert.Equal([4, 4, 4, 4], Run(dropped, 4).Select(static b => b.Length));
        Assert.Equal(new BatchPosition(2, 0), dropped.Position);
        Assert.Throws<ArgumentException>(() => new BatchLoader(DatasetTests.Numbered(3), 4, dropLast: true));
    }

    [Fact]
    public void WithoutShufflingSamplesComeInTheirOrder()
    {
        var loader = new BatchLoader(DatasetTests.Numbered(6), 4, shuffle: false);
        Assert.Equal([0, 1, 2, 3, 4, 5, 0, 1, 2, 3], Run(loader, 3).SelectMany(static b => b));
    }

    [Fact]
    public void EpochsDifferAndSeedsDiffer()
    {
        int[] twoEpochs =
            [.. Run(new BatchLoader(DatasetTests.Numbered(40), 40, seed: 1), 2).SelectMany(static b => b)];
        Assert.NotEqual(twoEpochs[..40], twoEpochs[40..]);
        Assert.NotEqual(twoEpochs[..40], Run(new BatchLoader(DatasetTests.Numbered(40), 40, seed: 2), 1)[0]);
    }

    [Fact]
    public void AnotherLoaderContinuesExactlyFromAnyPosition()
    {
        List<int[]> whole = Run(new BatchLoader(DatasetTests.Numbered(10), 4, seed: 8), 12);
        for (int done = 0; done < 12; done++)
        {
            var first = new BatchLoader(DatasetTests.Numbered(10), 4, seed: 8);
            Run(first, done);
            var second = new BatchLoader(DatasetTests.Numbered(10), 4, seed: 8) { Position = first.Position };
            Assert.Equal(whole.Skip(done), Run(second, 12 - done));
        }
    }

    [Fact]
    public void NextAllocatesNothing()
    {
        var loader = new BatchLoader(DatasetTests.Numbered(1000), 64, seed: 1);
        Run(loader, 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            loader.Next();
            _ = loader.Floats("x").Length + loader.Ints("id").Length;
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void NonsenseIsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(DatasetTests.Numbered(3), 0));
        Assert.Throws<ArgumentException>(() => new BatchLoader(new Dataset(), 4));
        var loader = new BatchLoader(DatasetTests.Numbered(10), 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Position = new BatchPosition(0, 3));
        Assert.Throws<KeyNotFoundException>(() => loader.Ints("label").Length);
        Assert.Throws<InvalidOperationException>(() => loader.Ints("x").Length);
    }

    /// <summary>The ids of some batches; every sample's numbers are checked against its id.</summary>
    private static List<int[]> Run(BatchLoader loader, int batches)
    {
        var result = new List<int[]>();
        for (int b = 0; b < batches; b++)
        {
            int rows = loader.Next();
            int[] ids = loader.Ints("id").ToArray();
            Assert.Equal(rows, ids.Length);
            Assert.Equal(ids.SelectMany(static i => new float[] { i, -i }), loader.Floats("x").ToArray());
            result.Add(ids);
        }

        return result;
    }
}
