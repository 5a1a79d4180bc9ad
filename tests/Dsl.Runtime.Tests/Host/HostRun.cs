using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>
/// Runs one kernel with every vector width and with 1, 2 and 3 threads in memory that is otherwise NaN, and checks
/// what must hold for
/// every skeleton: equal bits for every thread count, nothing written but the buffers meant for it, nothing allocated.
/// </summary>
internal static unsafe class HostRun
{
    private const int Guard = 64;

    public static IEnumerable<int> Widths => new[] { 16, 8, 4, 1 }.Where(HostVectors.Supports);

    /// <summary>Runs the kernel and gives each result to <paramref name="check"/>.</summary>
    /// <param name="kernel">What is run.</param>
    /// <param name="sizes">N0, N1, … of the body.</param>
    /// <param name="buffers">Contents of every buffer; results are NaN.</param>
    /// <param name="written">The buffers that may change, the one that is checked first.</param>
    /// <param name="check">Takes the contents of the first of <paramref name="written"/>.</param>
    /// <param name="origins">Where in its buffer a slot points; 0 when absent.</param>
    public static void All(
        Kernel kernel, int[] sizes, float[][] buffers, int[] written, Action<float[]> check, int[]? origins = null)
    {
        try
        {
            foreach (int width in Widths)
            {
                HostVectors.Override(width);
                float[]? single = null;
                foreach (int threads in new[] { 1, 2, 3 })
                {
                    float[] result = Once(kernel, sizes, buffers, written, origins, threads);
                    single ??= result;
                    AssertBits(single, result, $"{width} lanes, {threads} threads against 1");
                }

                check(single!);
            }
        }
        finally
        {
            HostVectors.Override(null);
        }
    }

    /// <summary>Compares with a reference: |actual - expected| ≤ relative·(|expected| + scale).</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">The result.</param>
    /// <param name="relative">What an error may be of the scale.</param>
    /// <param name="terms">The largest of the terms of which a result is the difference: their rounding is left where they
    /// cancel. The scale is this, or the largest number expected where that is more.</param>
    public static void AssertNear(
        double[] expected, ReadOnlySpan<float> actual, double relative = 1e-5, double terms = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Length == 0 ? 0 : Math.Max(terms, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            Assert.True(
                error <= relative * (Math.Abs(expected[i]) + scale) + 1e-30,
                $"element {i}: expected {expected[i]}, actual {actual[i]}");
        }
    }

    public static float[] Random(int seed, int count, float from = -1, float to = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = from + ((to - from) * random.NextSingle());
        }

        return values;
    }

    public static float[] Missing(int count)
    {
        var values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }

    private static float[] Once(
        Kernel kernel, int[] sizes, float[][] buffers, int[] written, int[]? origins, int threads)
    {
        using var engine = new HostEngine(threads);
        Launch launch = kernel.Prepare();
        var offsets = new int[buffers.Length];
        int length = Guard;
        for (int i = 0; i < buffers.Length; i++)
        {
            offsets[i] = length;
            launch.Slots.SetOffset(i, length + (origins?[i] ?? 0));
            length += buffers[i].Length + Guard;
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            launch.Slots.SetSize(i, sizes[i]);
        }

        launch.Resize(new SizeValues([]));
        engine.Allocate(length);
        object loaded = engine.Load([launch]);
        var before = new float[length];
        Array.Fill(before, float.NaN);
        for (int i = 0; i < buffers.Length; i++)
        {
            buffers[i].CopyTo(before, offsets[i]);
        }

        engine.Write(0, before);
        engine.Run(loaded);
        AssertNothingAllocated(engine, loaded, before);
        var after = new float[length];
        engine.Read(0, after);
        foreach (int i in written)
        {
            before.AsSpan(offsets[i], buffers[i].Length).Clear();
            if (i != written[0])
            {
                after.AsSpan(offsets[i], buffers[i].Length).Clear();
            }
        }

        float[] result = after[offsets[written[0]]..(offsets[written[0]] + buffers[written[0]].Length)];
        after.AsSpan(offsets[written[0]], result.Length).Clear();
        AssertBits(before, after, "memory outside the results");
        return result;
    }

    private static void AssertNothingAllocated(HostEngine engine, object loaded, float[] before)
    {
        // Asked of every worker, because the process has other threads, which allocate now and then. The runtime
        // itself may
        // allocate once for what runs for the first time: one quiet run proves it.
        var meter = new AllocationMeter(engine.Team.Threads);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            engine.Write(0, before);
            engine.Team.RunOnEach(meter);
            long total = meter.Total;
            engine.Run(loaded);
            engine.Team.RunOnEach(meter);
            least = Math.Min(least, meter.Total - total);
        }

        Assert.Equal(0, least);
    }

    private static void AssertBits(float[] expected, float[] actual, string where)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail($"{where}: element {i} is {actual[i]:R}, not {expected[i]:R}");
            }
        }
    }
}
