using System;
using System.Numerics;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class LowRankScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1 }, { 2, 0, 3, 4 }, { 0, 5, 4, 4 }, { 2, 37, 5, 7 }, { 1, 64, 16, 4 }, { 3, 65, 33, 6 },
        { 1, 100, 40, 1 }, { 2, 40, 16, 32 }, { 1, 20, 3, 128 }, { 2, 1, 33, 7 }, { 1, 1, 3, 128 },
        { 3, 1, 16, 32 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Result_and_states_equal_the_reference(int batch, int positions, int channels, int states) =>
        CheckResult(batch, positions, channels, states, seed: 1);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Gradient_equals_the_reference(int batch, int positions, int channels, int states) =>
        CheckGradient(batch, positions, channels, states, seed: 1);

    [Fact]
    public void Random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 5; i++)
        {
            var (batch, positions, channels, states) =
                (random.Next(1, 3), random.Next(1, 100), random.Next(1, 40), random.Next(1, 20));
            CheckResult(batch, positions, channels, states, seed + i);
            CheckGradient(batch, positions, channels, states, seed + i);
        }
    }

    /// <summary>Both directions, with borders between positions and without, with a state and without; and an
    /// impulse.</summary>
    private static void CheckResult(int batch, int positions, int channels, int states, int seed)
    {
        float[] u = HostRun.Random(seed, batch * positions * channels);
        float[] modes = LowRankReference.Modes(seed + 1, channels, states);
        float[] goesOn = Borders(seed + 2, batch * positions);
        float[] initial = HostRun.Random(seed + 3, batch * channels * states * 2);
        for (int i = 0; i < 9; i++)
        {
            (bool reverse, bool resets, bool hasState, bool impulse) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0,
                i == 8);
            LowRankScanShape shape = LowRankReference.Shape(batch, positions, channels, states, reverse, resets,
                impulse);
            var y = new double[u.Length];
            var last = new double[initial.Length];
            new LowRankReference(shape, at => modes[at], at => u[at], at => goesOn[at] != 0).Forward(
                state => hasState ? new Complex(
                    initial[ScanReference.RealAt(state, states)], initial[ScanReference.RealAt(state, states) + states]) : 0,
                (at, value) => y[at] = value,
                (row, x) =>
                {
                    for (int state = 0; state < states; state++)
                    {
                        int at = ScanReference.RealAt((row * states) + state, states);
                        (last[at], last[at + states]) = (x[state].Real, x[state].Imaginary);
                    }
                });
            string[] names = [.. impulse ? (string[])[] : ["u"], "modes", "y", .. resets ? (string[])["on"] : [],
                .. hasState ? (string[])["state"] : []];
            float[][] buffers = [.. impulse ? (float[][])[] : [u], modes, HostRun.Missing(u.Length),
                .. resets ? (float[][])[goesOn] : [], .. hasState ? (float[][])[initial] : []];
            int result = impulse ? 1 : 2;
            int kept = names.Length - 1;
            var kernel = new LowRankScanKernel("scan", names, shape);
            HostRun.All(kernel, [], buffers, hasState ? [result, kept] : [result], values =>
                HostRun.AssertNear(y, values));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [kept, result], values => HostRun.AssertNear(last, values));
            }
        }
    }

    private static void CheckGradient(int batch, int positions, int channels, int states, int seed)
    {
        float[] u = HostRun.Random(seed, batch * positions * channels);
        float[] y = HostRun.Random(seed + 1, u.Length);
        float[] modes = LowRankReference.Modes(seed + 2, channels, states);
        float[] goesOn = Borders(seed + 3, batch * positions);
        for (int i = 0; i < 5; i++)
        {
            (bool reverse, bool resets, bool impulse) = ((i & 1) != 0, (i & 2) != 0, i == 4);
            LowRankScanShape shape = LowRankReference.Shape(batch, positions, channels, states, reverse, resets,
                impulse);
            double[] expected = new LowRankReference(shape, at => modes[at], at => u[at], at => goesOn[at] != 0)
                .Backward(at => y[at]);
            string[] names = [.. impulse ? (string[])[] : ["u"], "modes", "y", .. resets ? (string[])["on"]
                : [], "gradient", "scratch"];
            float[][] buffers = [.. impulse ? (float[][])[] : [u], modes, y, .. resets ? (float[][])[goesOn] : [],
                HostRun.Missing(expected.Length), HostRun.Missing(LowRankParts.Scratch(positions, channels,
                    states).Constant)];
            HostRun.All(
                new LowRankScanGradientKernel("gradient", names, shape), [], buffers,
                [names.Length - 2, names.Length - 1],
                values => HostRun.AssertNear(expected, values));
        }
    }

    internal static float[] Borders(int seed, int count) =>
        Array.ConvertAll(HostRun.Random(seed, count), static x => x < -0.8f ? 0f : 1f);
}
