using System;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class OuterScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1, 1, 1 }, { 2, 0, 3, 4, 5, 4 }, { 0, 5, 2, 4, 4, 4 }, { 2, 37, 3, 5, 7, 1 },
        { 1, 37, 5, 33, 40, 3 },
        { 2, 70, 2, 16, 16, 4 }, { 1, 100, 4, 8, 100, 5 }, { 3, 65, 2, 32, 32, 32 }, { 2, 200, 4, 17, 31, 64 },

        // Few sequences: columns of the state, or ranges of positions, side by side.
        { 1, 300, 1, 70, 130, 64 }, { 1, 430, 1, 33, 70, 100 },
        { 1, 500, 1, 20, 36, 7 }, { 1, 333, 2, 16, 33, 16 }, { 1, 260, 3, 7, 5, 64 }, { 1, 1024, 1, 9, 16, 64 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Inclusive_EqualsReference(int batch, int positions, int heads, int keys, int values, int chunk) =>
        Check<Tile8x2, Tile6x2>(batch, positions, heads, keys, values, chunk, Intra.Inclusive);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Exclusive_EqualsReference(int batch, int positions, int heads, int keys, int values, int chunk) =>
        Check<Tile9x3, Tile4x3>(batch, positions, heads, keys, values, chunk, Intra.Exclusive);

    [Theory]
    [MemberData(nameof(Extents))]
    public void PreviousChunks_EqualsReference(int batch, int positions, int heads, int keys, int values, int chunk) =>
        Check<Tile14x1, Tile3x2>(batch, positions, heads, keys, values, chunk, Intra.PreviousChunks);

    [Theory]
    [InlineData(1, 70, 1, 600, 1000, 16)]
    [InlineData(1, 40, 4, 1100, 530, 64)]
    public void LargeStates_AreCutByColumns(int batch, int positions, int heads, int keys, int values, int chunk) =>
        Check<Tile8x2, Tile6x2>(batch, positions, heads, keys, values, chunk, Intra.Inclusive);

    [Fact]
    public void RandomExtents_EqualReference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 12; i++)
        {
            Check<Tile14x2, Tile6x2>(
                random.Next(1, 3), random.Next(1, 150), random.Next(1, 4), random.Next(1, 50), random.Next(1, 50),
                random.Next(1, 70), (Intra)random.Next(3), seed + i);
        }
    }

    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(2, 37, 3)]
    public unsafe void WhatScratchHolds_DoesNotShow(int batch, int positions, int heads)
    {
        const int Features = 11;
        int count = batch * positions * heads * Features;
        int row = heads * Features;
        var shape = new OuterScanShape
        {
            Batch = batch,
            Positions = positions,
            Heads = heads,
            Keys = Features,
            Values = Features,
            Chunk = 16,
            QBatch = positions * row,
            QPosition = row,
            QHead = Features,
            KBatch = positions * row,
            KPosition = row,
            KHead = Features,
            VBatch = positions * row,
            VPosition = row,
            VHead = Features,
            OBatch = positions * row,
            OPosition = row,
            OHead = Features,
        };
        string[] names = ["q", "k", "v", "o", "scan.Scratch"];
        Launch launch = new OuterScanKernel<Tile8x2, Tile6x2>("scan", names, shape).Prepare();
        launch.Resize(new SizeValues([]));
        for (int i = 0; i < names.Length; i++)
        {
            launch.Slots.SetOffset(i, i * count);
        }

        float[] Run(float held)
        {
            using var memory = new HostBlock(((5L * count) + 4096) * sizeof(float));
            using var scratch = new HostBlock((Launch.ScratchFloats + 1024L) * sizeof(float));
            new Span<float>(memory.Pointer, (5 * count) + 4096).Fill(held);
            new Span<float>(scratch.Pointer, Launch.ScratchFloats).Fill(held);
            HostRun.Random(9, 3 * count).CopyTo(new Span<float>(memory.Pointer, 3 * count));
            for (int phase = 0; phase < launch.Phases; phase++)
            {
                for (int slice = 0; slice < launch.Slices(phase); slice++)
                {
                    launch.RunHost(memory.Pointer, scratch.Pointer, phase, slice);
                }
            }

            return new Span<float>(memory.Pointer + (3 * count), count).ToArray();
        }

        Assert.Equal(Run(0), Run(float.NaN));
        Assert.DoesNotContain(float.NaN, Run(float.NaN));
    }

    /// <summary>Both directions, operands with gaps, and a result whose features are not neighbours.</summary>
    private static void Check<TWide, TNarrow>(
        int batch, int positions, int heads, int keys, int values, int chunk, Intra intra, int seed = 1)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
    {
        foreach (bool reverse in new[] { false, true })
        {
            // q head before position, k and v side by side, the result with features apart in reverse.
            int feature = reverse ? 2 : 1;
            int both = heads * (keys + values);
            var shape = new OuterScanShape
            {
                Batch = batch,
                Positions = positions,
                Heads = heads,
                Keys = keys,
                Values = values,
                Chunk = chunk,
                Intra = intra,
                Reverse = reverse,
                QBatch = positions * heads * keys,
                QHead = positions * keys,
                QPosition = keys,
                KBatch = positions * both,
                KPosition = both,
                KHead = keys,
                VBatch = positions * both,
                VPosition = both,
                VHead = values,
                OBatch = positions * heads * values * feature,
                OPosition = heads * values * feature,
                OHead = values * feature,
                OFeature = feature,
            };
            float[] q = HostRun.Random(seed, batch * positions * heads * keys);
            float[] kv = HostRun.Random(seed + 1, batch * positions * both);
            float[] v = kv.Length == 0 ? [] : [.. kv.AsSpan(heads * keys)];
            float[] o = HostRun.Missing(batch * positions * heads * values * feature);
            double[] expected = Array.ConvertAll(o, static x => (double)x);
            ScanReference.Run(
                (batch, positions, heads, keys, values),
                (t, s) => ScanReference.Sees(intra, reverse, chunk, t, s),
                (b, t, h, x) => q[(((b * heads) + h) * positions * keys) + (t * keys) + x],
                (b, t, h, x) => kv[(((b * positions) + t) * both) + (h * keys) + x],
                (b, t, h, x) => v[(((b * positions) + t) * both) + (h * values) + x],
                (b, t, h, x, y) => expected[((((((b * positions) + t) * heads) + h) * values) + x) * feature] = y);
            bool few = batch * heads < 4;
            float[][] buffers = few ? [q, kv, v, o, HostRun.Missing(8 * keys * values)] : [q, kv, v, o];
            string[] names = few ? ["q", "k", "v", "o", "scan.Scratch"] : ["q", "k", "v", "o"];
            HostRun.All(
                new OuterScanKernel<TWide, TNarrow>("scan", names, shape),
                [],
                buffers,
                few ? [3, 4] : [3],
                result =>
                {
                    // Between the features nothing is written.
                    for (int i = 0; i < result.Length; i++)
                    {
                        if (i % feature != 0)
                        {
                            Assert.True(float.IsNaN(result[i]));
                            (result[i], expected[i]) = (0, 0);
                        }
                    }

                    HostRun.AssertNear(expected, result);
                });
        }
    }
}
