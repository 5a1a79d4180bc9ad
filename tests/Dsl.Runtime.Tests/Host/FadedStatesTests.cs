using System;
using System.Linq;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>What nothing feeds any more fades to 0, and is no number below 10⁻³⁸ on the way: these are slow.</summary>
[Collection(HostTests.Name)]
public sealed class FadedStatesTests
{
    private const int Positions = 1_500;
    private const int Channels = 3;
    private const float Kept = 0.9f;

    /// <summary>1 at the first position, 0 behind it.</summary>
    private static readonly float[] s_impulse = [.. Enumerable.Range(0, Positions * Channels).Select(static i => i < Channels ? 1f : 0f)];

    [Fact]
    public void Diagonal_states_fade()
    {
        float[] zeros = new float[Channels], ones = [.. zeros.Select(static _ => 1f)];
        HostRun.All(
            new DiagonalScanKernel(
                "scan", ["u", "re", "im", "wre", "wim", "y"], ScanReference.DiagonalShape(1, Positions, Channels, 1, false, false)),
            [],
            [s_impulse, [.. ones.Select(static _ => Kept)], zeros, ones, zeros, HostRun.Missing(s_impulse.Length)],
            [5],
            CheckFading);
    }

    [Fact]
    public void Coupled_states_fade()
    {
        // λ, p, b, q and w; nothing is coupled.
        float[] modes = [.. new[] { Kept, 0, 0, 0, 1, 0, 0, 0, 1, 0 }.SelectMany(static m => Enumerable.Repeat(m, Channels))];
        HostRun.All(
            new LowRankScanKernel(
                "scan", ["modes", "y"], LowRankReference.Shape(1, Positions, Channels, 1, impulse: true)),
            [],
            [modes, HostRun.Missing(s_impulse.Length)],
            [1],
            CheckFading);
    }

    [Fact]
    public void Decaying_states_fade()
    {
        var shape = new DecayScanShape
        {
            Batch = 1, Positions = Positions, Heads = 1, Keys = Channels, Values = Channels, Decay = DecayAxis.Head,
            QBatch = 0, KBatch = 0, VBatch = 0, DBatch = 0, OBatch = 0, QHead = 0, KHead = 0, VHead = 0, DHead = 0, OHead = 0,
            QPosition = Channels, KPosition = Channels, VPosition = Channels, DPosition = 1, OPosition = Channels,
        };
        float[] ones = [.. s_impulse.Select(static _ => 1f)];
        float[] logs = [.. Enumerable.Repeat(MathF.Log(Kept), Positions)];
        HostRun.All(
            new DecayScanKernel("scan", ["q", "k", "v", "l", "o"], shape),
            [],
            [ones, s_impulse, ones, logs, HostRun.Missing(ones.Length)],
            [4],
            CheckFading);
    }

    [Fact]
    public void Memories_fade()
    {
        HippoScanShape shape = HippoReference.Shape(1, Positions, Channels, 1, scaled: false, transposed: false, resets: false);
        HostRun.All(
            new HippoScanKernel("memory", HippoReference.Names(shape, false), shape),
            [],
            [s_impulse, [Kept, 1f], HostRun.Missing(s_impulse.Length)],
            [2],
            CheckFading);
    }

    [Fact]
    public void States_of_a_delta_rule_fade()
    {
        var shape = new DeltaScanShape
        {
            Batch = 1, Positions = Positions, Heads = 1, Keys = Channels, Values = Channels, Decays = true,
            QBatch = 0, KBatch = 0, VBatch = 0, BBatch = 0, OBatch = 0, QHead = 0, KHead = 0, VHead = 0, BHead = 0, OHead = 0,
            QPosition = Channels, KPosition = Channels, VPosition = Channels, BPosition = 1, OPosition = Channels, DPosition = 1,
        };
        float[] ones = [.. s_impulse.Select(static _ => 1f)], strengths = [.. Enumerable.Repeat(1f, Positions)];
        float[] logs = [.. Enumerable.Repeat(MathF.Log(Kept), Positions)];
        HostRun.All(
            new DeltaScanKernel("scan", ["q", "k", "v", "b", "o", "d"], shape),
            [],
            [ones, s_impulse, ones, strengths, HostRun.Missing(ones.Length), logs],
            [4],
            CheckFading);
    }

    private static void CheckFading(float[] result)
    {
        Assert.DoesNotContain(result, static y => float.IsSubnormal(y) || float.IsNaN(y));
        Assert.Equal(0f, result[^1]);

        // Halfway to what is cleared it is still there.
        int there = 80 * Channels;
        Assert.Equal(1, result[there] / (result[0] * Math.Pow(Kept, 80)), 3);
    }
}
