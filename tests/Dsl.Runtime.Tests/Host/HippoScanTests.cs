using System;
using System.Linq;
using Dsl.Checkpoints;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Gpu;
using Dsl.Runtime.Tests.Training;
using Dsl.StateSpaces;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class HippoScanTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int, int> Extents => new()
    {
        { 1, 1, 1, 1 }, { 2, 0, 3, 4 }, { 0, 5, 4, 4 }, { 2, 37, 5, 7 }, { 1, 20, 16, 32 }, { 3, 9, 7, 33 }, { 1, 60, 1, 65 },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Both_maps_equal_the_reference(int batch, int positions, int channels, int order) =>
        Check(batch, positions, channels, order, seed: 1);

    [Theory]
    [MemberData(nameof(Extents))]
    public void Memories_to_begin_with_equal_the_reference(int batch, int positions, int channels, int order) =>
        CheckStarts(batch, positions, channels, order, seed: 3);

    [Fact]
    public void Random_extents_equal_the_reference()
    {
        int seed = GpuSeed.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 5; i++)
        {
            Check(random.Next(1, 4), random.Next(1, 40), random.Next(1, 20), random.Next(1, 40), seed + i);
            CheckStarts(random.Next(1, 4), random.Next(1, 40), random.Next(1, 20), random.Next(1, 40), seed + i);
        }
    }

    /// <summary>All of a signal or a window of it, of 2,000 values: what the reference's recurrence gives.</summary>
    [SkippableTheory]
    [InlineData(HippoMeasure.LegS, "legs")]
    [InlineData(HippoMeasure.LegT, "legt")]
    [InlineData(HippoMeasure.FouT, "fout")]
    public void Coefficients_are_those_of_the_reference(HippoMeasure measure, string name)
    {
        const int Order = 16, Window = 500;
        using SafeTensorsReader golden = GoldenFolder.Open($"hippo_{name}_online");
        float[] u = [.. golden.Doubles("aux.u").Select(static x => (float)x)];
        double[] expected = golden.Doubles("out.c_recurrent");
        bool scaled = measure == HippoMeasure.LegS;
        HippoScanShape shape = HippoReference.Shape(1, u.Length, 1, Order, scaled, transposed: false, resets: false);
        float[] transition = scaled ? [] : Transition(measure, Order, Window);
        float[][] buffers = [u, .. scaled ? (float[][])[] : [transition], HostRun.Missing(u.Length * Order)];
        int[] moments = scaled ? [250, 1000, 2000] : [2000];
        HostRun.All(
            new HippoScanKernel("memory", HippoReference.Names(shape, false), shape), [], buffers, [buffers.Length - 1],
            result => HostRun.AssertNear(
                expected, [.. moments.SelectMany(m => result[((m - 1) * Order)..(m * Order)])], 3e-5));
    }

    /// <summary>A signal at twice the speed is the same to a memory without a unit of time.</summary>
    [Fact]
    public void LegS_has_no_unit_of_time()
    {
        const int Order = 8, Length = 4000;
        double[] slow = Last(2 * Length), fast = Last(Length);
        Assert.True(fast.Max(Math.Abs) > 0.1);
        for (int i = 0; i < Order; i++)
        {
            Assert.True(Math.Abs(slow[i] - fast[i]) < 2e-3, $"{i}: {slow[i]} and {fast[i]}");
        }

        static double[] Last(int length)
        {
            HippoScanShape shape = HippoReference.Shape(1, length, 1, Order, scaled: true, transposed: false, resets: false);
            float[] u = [.. Enumerable.Range(0, length).Select(t => MathF.Sin(7f * t / length))];
            double[] last = [];
            HostRun.All(
                new HippoScanKernel("memory", HippoReference.Names(shape, false), shape), [],
                [u, HostRun.Missing(length * Order)], [1],
                result => last = [.. result[^Order..].Select(static x => (double)x)]);
            return last;
        }
    }

    internal static float[] Transition(HippoMeasure measure, int order, double window)
    {
        var rows = new float[order * (order + 1)];
        Initializer.HippoTransition(measure, order, window, Discretization.Bilinear).Fill(rows, 0, 0);
        return rows;
    }

    /// <summary>Scaled and not, both directions, with borders between positions and without, with a state and
    /// without.</summary>
    private static void Check(int batch, int positions, int channels, int order, int seed)
    {
        float[] transition = Transition(HippoMeasure.LegT, order, 10);
        float[] borders = Array.ConvertAll(HostRun.Random(seed, batch * positions), static x => x < -0.8f ? 0f : 1f);
        float[] before = HostRun.Random(seed + 1, batch * channels * (order + 1));
        for (int row = 0; row < batch * channels; row++)
        {
            before[(row * (order + 1)) + order] = 3;
        }

        for (int i = 0; i < 12; i++)
        {
            (bool scaled, bool resets, bool transposed, bool hasState) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, i >= 8);
            HippoScanShape shape = HippoReference.Shape(batch, positions, channels, order, scaled, transposed, resets);
            int values = batch * positions * channels;
            float[] x = HostRun.Random(seed + 2, values * (transposed ? order : 1));
            double[]? last = hasState ? [.. before.Select(static v => (double)v)] : null;
            double[] expected = new HippoReference(shape, batch, positions).Of(
                at => x[at], at => transition[at], (b, t) => !resets || borders[(b * positions) + t] != 0f, last);
            float[][] buffers =
            [
                x, .. scaled ? (float[][])[] : [transition], HostRun.Missing(expected.Length),
                .. resets ? (float[][])[borders] : [], .. hasState ? (float[][])[before] : [],
            ];
            int result = scaled ? 1 : 2;
            int kept = buffers.Length - 1;
            var kernel = new HippoScanKernel("memory", HippoReference.Names(shape, hasState), shape);
            HostRun.All(kernel, [], buffers, hasState ? [result, kept] : [result], y => HostRun.AssertNear(expected, y, 2e-5));
            if (hasState)
            {
                HostRun.All(kernel, [], buffers, [kept, result], y => HostRun.AssertNear(last!, y, 2e-5));
            }
        }
    }

    /// <summary>Memories to begin with that stay as they are, both maps, and what the transposed one leaves before the
    /// first position.</summary>
    private static void CheckStarts(int batch, int positions, int channels, int order, int seed)
    {
        float[] transition = Transition(HippoMeasure.LegT, order, 10);
        float[] borders = Array.ConvertAll(HostRun.Random(seed, batch * positions), static x => x < -0.8f ? 0f : 1f);
        float[] before = HostRun.Random(seed + 1, batch * channels * (order + 1));
        for (int row = 0; row < batch * channels; row++)
        {
            before[(row * (order + 1)) + order] = row % 4;
        }

        for (int i = 0; i < 12; i++)
        {
            (bool scaled, bool resets, bool transposed, bool toStart) = ((i & 1) != 0, (i & 2) != 0, i >= 4, i >= 8);
            HippoScanShape shape = HippoReference.Shape(
                batch, positions, channels, order, scaled, transposed, resets) with
            {
                Starts = scaled || !transposed, ToStart = toStart,
            };
            float[] x = HostRun.Random(seed + 2, batch * positions * channels * (transposed ? order : 1));
            double[] last = [.. before.Select(static v => (double)v)];
            double[] expected = new HippoReference(shape, batch, positions).Of(
                at => x[at], at => transition[at], (b, t) => !resets || borders[(b * positions) + t] != 0f, last);
            expected = toStart ? Pieces(last, shape) : expected;
            float[][] buffers =
            [
                x, .. scaled ? (float[][])[] : [transition], HostRun.Missing(expected.Length),
                .. shape.Starts ? (float[][])[Pieces(before, shape)] : [], .. resets ? (float[][])[borders] : [],
            ];
            HostRun.All(
                new HippoScanKernel("memory", HippoReference.Names(shape, false), shape), [], buffers, [scaled ? 1 : 2],
                y => HostRun.AssertNear(expected, y, 2e-5));
        }
    }

    /// <summary>What there is of memories: no numbers of positions unless the scan is scaled.</summary>
    internal static T[] Pieces<T>(T[] memories, HippoScanShape shape) =>
        [.. memories.Where((_, at) => shape.Scaled || at % (shape.Order + 1) < shape.Order)];
}
