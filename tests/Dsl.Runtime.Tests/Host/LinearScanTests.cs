using System;
using System.Linq;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class LinearScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int> Extents => new()
    {
        { 1, 1, 1 }, { 2, 0, 3 }, { 0, 5, 4 }, { 2, 37, 5 }, { 3, 60, 33 }, { 1, 200, 16 }, { 1, 150, 40 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Scans_and_adjoints_equal_the_reference(int batch, int positions, int channels) =>
        Check(batch, positions, channels, seed: 1);

    [Fact]
    public void Random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 5; i++)
        {
            Check(random.Next(1, 4), random.Next(1, 80), random.Next(1, 50), seed + i);
        }
    }

    /// <summary>Real and complex, scan and adjoint, with a state and without, with a factor for each position and for all.</summary>
    private static void Check(int batch, int positions, int channels, int seed)
    {
        for (int i = 0; i < 16; i++)
        {
            (bool complex, bool adjoint, bool hasState) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            LinearScanShape shape = LinearReference.Shape(batch, positions, channels, complex, adjoint, constant: (i & 8) != 0);
            int width = channels * (complex ? 2 : 1);

            // Below 1, so that no state grows.
            float[] a = Array.ConvertAll(HostRun.Random(seed, batch * positions * width), static v => 0.7f * v);
            float[] x = HostRun.Random(seed + 1, batch * positions * width);
            float[] before = HostRun.Random(seed + 2, batch * width);
            double[]? last = hasState ? [.. before.Select(static v => (double)v)] : null;
            double[] expected = LinearReference.Of(shape, batch, positions, at => a[at], at => x[at], last);
            float[][] buffers = [a, x, HostRun.Missing(x.Length), .. hasState ? (float[][])[before] : []];
            var kernel = new LinearScanKernel("scan", LinearReference.Names(hasState), shape);
            HostRun.All(kernel, [], buffers, hasState ? [2, 3] : [2], y => HostRun.AssertNear(expected, y));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [3, 2], y => HostRun.AssertNear(last!, y));
            }
        }
    }
}
