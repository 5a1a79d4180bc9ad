using System;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class DecayScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int, int> Extents => new()
    {
        { 2, 75, 2, 1, 150 }, { 1, 1, 1, 1, 1 }, { 2, 0, 3, 4, 5 }, { 0, 5, 2, 4, 4 }, { 2, 37, 3, 5, 7 }, { 1, 37, 5, 33, 40 },
        { 2, 70, 2, 16, 16 }, { 1, 100, 1, 8, 100 }, { 3, 65, 4, 32, 33 }, { 1, 40, 1, 64, 128 }, { 1, 20, 1, 1500, 300 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void HeadDecay_EqualsReference(int batch, int positions, int heads, int keys, int values) =>
        Check(batch, positions, heads, keys, values, DecayAxis.Head);

    [Theory]
    [MemberData(nameof(Extents))]
    public void KeyDecay_EqualsReference(int batch, int positions, int heads, int keys, int values) =>
        Check(batch, positions, heads, keys, values, DecayAxis.Key);

    [Theory]
    [MemberData(nameof(Extents))]
    public void ValueDecay_EqualsReference(int batch, int positions, int heads, int keys, int values) =>
        Check(batch, positions, heads, keys, values, DecayAxis.Value);

    [Fact]
    public void RandomExtents_EqualReference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 12; i++)
        {
            Check(
                random.Next(1, 3), random.Next(1, 150), random.Next(1, 4), random.Next(1, 50), random.Next(1, 80),
                (DecayAxis)random.Next(3), seed + i);
        }
    }

    /// <summary>Both directions, both reaches, with a state and without. Queries have heads before positions.</summary>
    private static void Check(int batch, int positions, int heads, int keys, int values, DecayAxis decay, int seed = 1)
    {
        int logs = decay switch { DecayAxis.Key => keys, DecayAxis.Value => values, _ => 1 };
        float[] q = HostRun.Random(seed, batch * positions * heads * keys);
        float[] k = HostRun.Random(seed + 1, batch * positions * heads * keys);
        float[] v = HostRun.Random(seed + 2, batch * positions * heads * values);
        float[] l = HostRun.Random(seed + 3, batch * positions * heads * logs, -2, 0);
        for (int i = 0; i < l.Length; i += 7)
        {
            l[i] = float.NegativeInfinity;
        }

        float[] initial = HostRun.Random(seed + 4, batch * heads * keys * values);
        int At(int b, int t, int h) => (((b * positions) + t) * heads) + h;
        for (int i = 0; i < 8; i++)
        {
            (bool exclusive, bool reverse, bool hasState) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            var shape = new DecayScanShape
            {
                Batch = batch,
                Positions = positions,
                Heads = heads,
                Keys = keys,
                Values = values,
                Decay = decay,
                Exclusive = exclusive,
                Reverse = reverse,
                QBatch = positions * heads * keys,
                QHead = positions * keys,
                QPosition = keys,
                KBatch = positions * heads * keys,
                KPosition = heads * keys,
                KHead = keys,
                VBatch = positions * heads * values,
                VPosition = heads * values,
                VHead = values,
                DBatch = positions * heads * logs,
                DPosition = heads * logs,
                DHead = logs,
                OBatch = positions * heads * values,
                OPosition = heads * values,
                OHead = values,
            };
            var o = new double[v.Length];
            var state = new double[initial.Length];
            ScanReference.Decay(
                (batch, positions, heads, keys, values),
                exclusive,
                reverse,
                (b, t, h, x) => q[(((((b * heads) + h) * positions) + t) * keys) + x],
                (b, t, h, x) => k[(At(b, t, h) * keys) + x],
                (b, t, h, y) => v[(At(b, t, h) * values) + y],
                (b, t, h, x, y) => l[(At(b, t, h) * logs) + (decay == DecayAxis.Key ? x : decay == DecayAxis.Value ? y : 0)],
                (b, h, x, y) => hasState ? initial[(((((b * heads) + h) * keys) + x) * values) + y] : 0,
                (b, t, h, y, value) => o[(At(b, t, h) * values) + y] = value,
                (b, h, x, y, value) => state[(((((b * heads) + h) * keys) + x) * values) + y] = value);
            string[] names = ["q", "k", "v", "l", "o", "state"];
            float[][] buffers = [q, k, v, l, HostRun.Missing(v.Length), initial];
            int operands = hasState ? 6 : 5;
            var kernel = new DecayScanKernel("scan", names[..operands], shape);
            HostRun.All(
                kernel, [], buffers[..operands], hasState ? [4, 5] : [4], result => HostRun.AssertNear(o, result));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [5, 4], result => HostRun.AssertNear(state, result));
            }
        }
    }
}
