using System;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class SpectralTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1 }, { 2, 0, 3, 4 }, { 0, 5, 4, 5 }, { 1, 2, 1, 2 }, { 1, 3, 2, 3 }, { 2, 37, 5, 37 },
        { 1, 64, 16, 64 },
        { 3, 65, 33, 65 }, { 2, 50, 20, 7 }, { 2, 20, 17, 31 }, { 5, 130, 3, 130 }, { 1, 300, 40, 300 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Result_equals_the_sum(int batch, int positions, int channels, int taps) =>
        CheckResult(batch, positions, channels, taps, seed: 1);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Gradient_of_the_kernel_equals_the_sum(int batch, int positions, int channels, int taps) =>
        CheckTaps(batch, positions, channels, taps, seed: 1);

    [Fact]
    public void Random_extents_equal_the_sum()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 10; i++)
        {
            var (batch, positions, channels, taps) =
                (random.Next(1, 4), random.Next(1, 150), random.Next(1, 50), random.Next(1, 150));
            CheckResult(batch, positions, channels, taps, seed + i);
            CheckTaps(batch, positions, channels, taps, seed + i);
        }
    }

    private static void CheckResult(int batch, int positions, int channels, int taps, int seed)
    {
        float[] x = HostRun.Random(seed, batch * positions * channels);
        float[] k = HostRun.Random(seed + 1, taps * channels);
        foreach (bool reverse in new[] { false, true })
        {
            var y = new double[x.Length];
            SpectralReference.Run(
                (batch, positions, channels, taps), reverse, (at, other, tap) => y[at] += (double)k[tap] * x[other]);
            SpectralShape shape = SpectralReference.Shape(batch, positions, channels, taps, reverse);
            HostRun.All(
                new SpectralKernel("spectral", ["x", "k", "y", "scratch"], shape),
                [],
                [x, k, HostRun.Missing(x.Length), SpectralReference.Scratch(shape)],
                [2, 3],
                result => HostRun.AssertNear(y, result));
        }
    }

    private static void CheckTaps(int batch, int positions, int channels, int taps, int seed)
    {
        float[] x = HostRun.Random(seed, batch * positions * channels);
        float[] y = HostRun.Random(seed + 1, batch * positions * channels);
        foreach (bool reverse in new[] { false, true })
        {
            var k = new double[taps * channels];
            SpectralReference.Run(
                (batch, positions, channels, taps), reverse, (at, other, tap) => k[tap] += (double)y[at] * x[other]);
            SpectralShape shape = SpectralReference.Shape(batch, positions, channels, taps, reverse);
            HostRun.All(
                new SpectralTapsKernel("taps", ["x", "k", "y", "scratch"], shape),
                [],
                [x, HostRun.Missing(k.Length), y, SpectralReference.Scratch(shape)],
                [1, 3],
                result => HostRun.AssertNear(k, result));
        }
    }
}

/// <summary>A causal convolution by its definition.</summary>
internal static class SpectralReference
{
    /// <summary>Calls <paramref name="visit"/> with an element of y, one of x and one of k that meet.</summary>
    public static void Run(
        (int Batch, int Positions, int Channels, int Taps) extents, bool reverse, Action<int, int, int> visit)
    {
        (int batch, int n, int channels, int taps) = extents;
        for (int row = 0; row < batch * n; row++)
        {
            int t = row % n;
            for (int tap = 0; tap < taps && (reverse ? t + tap < n : tap <= t); tap++)
            {
                for (int c = 0; c < channels; c++)
                {
                    visit((row * channels) + c, ((reverse ? row + tap : row - tap) * channels) + c, (tap * channels)
                        + c);
                }
            }
        }
    }

    /// <summary>Row-major operands.</summary>
    public static SpectralShape Shape(int batch, int positions, int channels, int taps, bool reverse) => new()
    {
        Batch = batch,
        Positions = positions,
        Taps = taps,
        Channels = channels,
        Reverse = reverse,
        XBatch = positions * channels,
        XPosition = channels,
        KTap = channels,
        YBatch = positions * channels,
        YPosition = channels,
    };

    public static float[] Scratch(SpectralShape shape) =>
        HostRun.Missing(SpectralParts.Scratch(shape.Positions, shape.Taps, shape.Channels).Constant);
}
