using System;
using System.Numerics;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class DiagonalScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1 }, { 2, 0, 3, 4 }, { 0, 5, 4, 4 }, { 2, 37, 5, 7 }, { 1, 64, 16, 4 }, { 3, 65, 33, 6 },
        { 1, 200, 40, 1 }, { 2, 130, 16, 32 }, { 1, 70, 3, 65 }, { 2, 1, 33, 7 }, { 1, 1, 3, 65 }, { 3, 1, 16, 32 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Result_and_states_equal_the_reference(int batch, int positions, int channels, int states) =>
        CheckResult(batch, positions, channels, states, seed: 1);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Sums_equal_the_reference(int batch, int positions, int channels, int states) =>
        CheckSums(batch, positions, channels, states, seed: 1);

    [Fact]
    public void Random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 10; i++)
        {
            var (batch, positions, channels, states) =
                (random.Next(1, 3), random.Next(1, 150), random.Next(1, 50), random.Next(1, 20));
            CheckResult(batch, positions, channels, states, seed + i);
            CheckSums(batch, positions, channels, states, seed + i);
        }
    }

    /// <summary>Both directions, with borders between positions and without, with a state and without.</summary>
    private static void CheckResult(int batch, int positions, int channels, int states, int seed)
    {
        float[] u = HostRun.Random(seed, batch * positions * channels);
        (float[] re, float[] im) = Poles(seed + 1, channels * states);
        float[] wRe = HostRun.Random(seed + 2, channels * states);
        float[] wIm = HostRun.Random(seed + 3, channels * states);
        float[] goesOn = Borders(seed + 4, batch * positions);
        float[] initial = HostRun.Random(seed + 5, batch * channels * states * 2);
        for (int i = 0; i < 8; i++)
        {
            (bool reverse, bool resets, bool hasState) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            var y = new double[u.Length];
            var last = new double[initial.Length];
            ScanReference.Diagonal(
                (batch, positions, channels, states),
                reverse,
                at => u[at],
                mode => new(re[mode], im[mode]),
                (b, t) => !resets || goesOn[(b * positions) + t] != 0,
                state => hasState ? new Complex(
                    initial[ScanReference.RealAt(state, states)], initial[ScanReference.RealAt(state, states) + states]) : 0,
                (at, mode, x, _) => y[at] += (new Complex(wRe[mode], wIm[mode]) * x).Real,
                (state, x) => (
                    last[ScanReference.RealAt(state, states)], last[ScanReference.RealAt(state, states) + states]) = (x.Real, x.Imaginary));
            string[] names = ["u", "re", "im", "wre", "wim", "y", .. resets ? (string[])["on"] : [], .. hasState ? (string[])["state"] : []];
            float[][] buffers =
            [
                u, re, im, wRe, wIm, HostRun.Missing(u.Length), .. resets ? (float[][])[goesOn] : [],
                .. hasState ? (float[][])[initial] : [],
            ];
            var kernel = new DiagonalScanKernel(
                "scan", names, ScanReference.DiagonalShape(batch, positions, channels, states, reverse, resets));
            int kept = names.Length - 1;
            HostRun.All(kernel, [], buffers, hasState ? [5, kept] : [5], result => HostRun.AssertNear(y, result));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [kept, 5], result => HostRun.AssertNear(last, result));
            }
        }
    }

    private static void CheckSums(int batch, int positions, int channels, int states, int seed)
    {
        float[] y = HostRun.Random(seed, batch * positions * channels);
        float[] u = HostRun.Random(seed + 1, batch * positions * channels);
        (float[] re, float[] im) = Poles(seed + 2, channels * states);
        float[] goesOn = Borders(seed + 3, batch * positions);
        for (int i = 0; i < 4; i++)
        {
            (bool reverse, bool resets) = ((i & 1) != 0, (i & 2) != 0);
            var sums = new double[4 * channels * states];
            ScanReference.Diagonal(
                (batch, positions, channels, states),
                reverse,
                at => u[at],
                mode => new(re[mode], im[mode]),
                (b, t) => !resets || goesOn[(b * positions) + t] != 0,
                _ => 0,
                (at, mode, x, z) =>
                {
                    double[] terms = [x.Real, x.Imaginary, z.Real, z.Imaginary];
                    for (int part = 0; part < 4; part++)
                    {
                        sums[(part * channels * states) + mode] += y[at] * terms[part];
                    }
                },
                static (_, _) => { });
            string[] names = ["y", "u", "re", "im", "sums", .. resets ? (string[])["on"] : []];
            float[][] buffers = [y, u, re, im, HostRun.Missing(sums.Length), .. resets ? (float[][])[goesOn] : []];
            HostRun.All(
                new DiagonalScanSumsKernel(
                    "sums", names, ScanReference.DiagonalShape(batch, positions, channels, states, reverse, resets)),
                [], buffers, [4], result => HostRun.AssertNear(sums, result));
        }
    }

    /// <summary>Poles inside the unit circle, from fast to slow.</summary>
    internal static (float[] Re, float[] Im) Poles(int seed, int count)
    {
        float[] size = HostRun.Random(seed, count, 0.3f, 0.99f);
        float[] angle = HostRun.Random(seed + 100, count, -3, 3);
        var (re, im) = (new float[count], new float[count]);
        for (int i = 0; i < count; i++)
        {
            (re[i], im[i]) = (size[i] * MathF.Cos(angle[i]), size[i] * MathF.Sin(angle[i]));
        }

        return (re, im);
    }

    internal static float[] Borders(int seed, int count) =>
        Array.ConvertAll(HostRun.Random(seed, count), static x => x < -0.8f ? 0f : 1f);
}
