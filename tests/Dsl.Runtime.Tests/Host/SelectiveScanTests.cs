using System;
using System.Linq;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class SelectiveScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1 }, { 2, 0, 3, 4 }, { 0, 5, 4, 4 }, { 2, 37, 5, 7 }, { 1, 64, 16, 4 }, { 3, 65, 33, 6 },
        { 1, 200, 40, 1 }, { 2, 130, 16, 16 }, { 1, 70, 3, 65 }, { 9, 33, 20, 3 }, { 1, 34, 2, 256 },
        { 2, 1, 33, 7 }, { 1, 1, 3, 256 }, { 3, 1, 16, 16 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Result_and_states_equal_the_reference(int batch, int positions, int channels, int states) =>
        CheckResult(batch, positions, channels, states, seed: 1);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Gradients_equal_the_reference(int batch, int positions, int channels, int states) =>
        CheckGradients(batch, positions, channels, states, seed: 1);

    [Fact]
    public void Random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 10; i++)
        {
            var (batch, positions, channels, states) =
                (random.Next(1, 4), random.Next(1, 150), random.Next(1, 50), random.Next(1, 20));
            CheckResult(batch, positions, channels, states, seed + i);
            CheckGradients(batch, positions, channels, states, seed + i);
        }
    }

    [Fact]
    public void Gradients_that_are_not_wanted_are_not_written()
    {
        var (batch, positions, channels, states) = (2, 37, 20, 5);
        (SelectiveReference reference, float[][] operands, float[] y) = Random(batch, positions, channels, states, seed: 3, resets: false);
        double[][] all = reference.Gradients(at => y[at]);
        for (int which = 0; which < all.Length; which++)
        {
            SelectiveScanShape shape = reference.Shape(resets: false) with { Gradients = (SelectiveGradients)(1 << which) };
            HostRun.All(
                new SelectiveScanGradientKernel("g", ["y", "u", "delta", "a", "b", "c", "to", "scratch"], shape), [],
                [y, .. operands.Take(5), HostRun.Missing(all[which].Length), Scratch(shape)], [6, 7],
                result => HostRun.AssertNear(all[which], result));
        }
    }

    /// <summary>With borders between positions and without, with states before the first and without.</summary>
    private static void CheckResult(int batch, int positions, int channels, int states, int seed)
    {
        float[] initial = HostRun.Random(seed + 9, batch * channels * states);
        for (int i = 0; i < 4; i++)
        {
            (bool resets, bool hasState) = ((i & 1) != 0, (i & 2) != 0);
            (SelectiveReference reference, float[][] operands, _) = Random(
                batch, positions, channels, states, seed, resets, hasState ? at => initial[at] : static _ => 0);
            (double[] y, double[] last) = reference.Run();
            string[] names = ["u", "delta", "a", "b", "c", "y", .. resets ? (string[])["on"] : [], .. hasState ? (string[])["state"] : []];
            float[][] buffers =
            [
                .. operands.Take(5), HostRun.Missing(y.Length), .. operands.Skip(5), .. hasState ? (float[][])[initial] : [],
            ];
            var kernel = new SelectiveScanKernel("scan", names, reference.Shape(resets));
            int kept = names.Length - 1;
            HostRun.All(kernel, [], buffers, hasState ? [5, kept] : [5], result => HostRun.AssertNear(y, result));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [kept, 5], result => HostRun.AssertNear(last, result));
            }
        }
    }

    private static void CheckGradients(int batch, int positions, int channels, int states, int seed)
    {
        foreach (bool resets in new[] { false, true })
        {
            (SelectiveReference reference, float[][] operands, float[] y) = Random(batch, positions, channels, states, seed, resets);
            double[][] expected = reference.Gradients(at => y[at]);
            SelectiveScanShape shape = reference.Shape(resets);
            string[] names =
            [
                "y", "u", "delta", "a", "b", "c", .. resets ? (string[])["on"] : [], "ofu", "ofdelta", "ofa", "ofb", "ofc", "scratch",
            ];
            float[][] buffers = [y, .. operands, .. expected.Select(static e => HostRun.Missing(e.Length)), Scratch(shape)];
            int first = 1 + operands.Length;
            for (int which = 0; which < expected.Length; which++)
            {
                int[] written = [first + which, .. Enumerable.Range(first, 6).Where(i => i != first + which)];
                HostRun.All(
                    new SelectiveScanGradientKernel("g", names, shape), [], buffers, written,
                    result => HostRun.AssertNear(expected[which], result));
            }
        }
    }

    private static float[] Scratch(SelectiveScanShape shape) => HostRun.Missing(
        (int)SelectiveScanParts.Scratch(shape.Batch, shape.Positions, shape.Channels, shape.States).Constant);

    /// <summary>u, Δ, A, B, C, and where states begin anew; and a gradient.</summary>
    private static (SelectiveReference Reference, float[][] Operands, float[] Y) Random(
        int batch, int positions, int channels, int states, int seed, bool resets, Func<int, double>? initial = null)
    {
        float[] u = HostRun.Random(seed, batch * positions * channels);
        float[] delta = HostRun.Random(seed + 1, u.Length, 0.01f, 1);
        float[] a = HostRun.Random(seed + 2, channels * states, -2, -0.05f);
        float[] b = HostRun.Random(seed + 3, batch * positions * states);
        float[] c = HostRun.Random(seed + 4, b.Length);
        float[] goesOn = Array.ConvertAll(HostRun.Random(seed + 5, batch * positions), static x => x < -0.8f ? 0f : 1f);
        var reference = new SelectiveReference(batch, positions, channels, states)
        {
            U = at => u[at],
            Delta = at => delta[at],
            A = at => a[at],
            B = at => b[at],
            C = at => c[at],
            GoesOn = row => !resets || goesOn[row] != 0,
            Initial = initial ?? (static _ => 0),
        };
        return (reference, [u, delta, a, b, c, .. resets ? (float[][])[goesOn] : []], HostRun.Random(seed + 6, u.Length));
    }
}
