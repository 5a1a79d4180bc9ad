using System;
using System.Linq;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <content>HiPPO memories, and recurrences with factors of their own at each position.</content>
internal static partial class ScanCases
{
    private static GpuCase Hippo(int seed, HippoScanShape shape, int batch, int positions, bool state)
    {
        var c = new GpuCase(seed);
        (int channels, int order) = (shape.Channels, shape.Order);
        (int values, bool hasState) = (batch * positions * channels, state && !shape.Transposed);
        int x = c.Input(values * (shape.Transposed ? order : 1));
        int transition = c.Contents(HippoScanTests.Transition(HippoMeasure.LegT, order, 10));
        int y = c.Output(values * (shape.Transposed ? 1 : order));
        int goesOn = c.Contents(Borders(c, batch * positions));
        int kept = c.Contents(Enumerable.Range(0, batch * channels * (order + 1))
            .Select(i => i % (order + 1) == order ? 3f : MathF.Sin(i)).ToArray());
        int[] places =
        [
            x, .. shape.Scaled ? (int[])[] : [transition], y, .. shape.Resets ? (int[])[goesOn] : [],
            .. hasState ? (int[])[kept] : [],
        ];
        return c.Runs(
            new HippoScanKernel("memory", HippoReference.Names(shape, hasState), shape),
            places,
            [],
            m =>
            {
                double[]? states = hasState ? m[kept..(kept + (batch * channels * (order + 1)))] : null;
                double[] before = [.. m];
                new HippoReference(shape, batch, positions).Of(
                    at => before[x + at], at => before[transition + at],
                    (b, t) => !shape.Resets || before[goesOn + (b * positions) + t] != 0, states).CopyTo(m, y);
                states?.CopyTo(m, kept);
            });
    }

    private static GpuCase HippoStarts(int seed, HippoScanShape shape, int batch, int positions)
    {
        var c = new GpuCase(seed);
        (int channels, int order) = (shape.Channels, shape.Order);
        int values = batch * positions * channels;
        float[] before = [.. Enumerable.Range(0, batch * channels * (order + 1))
            .Select(i => i % (order + 1) == order ? i / (order + 1) % 4 : MathF.Sin(i))];
        float[] pieces = HippoScanTests.Pieces(before, shape);
        int x = c.Input(values * (shape.Transposed ? order : 1));
        int transition = c.Contents(HippoScanTests.Transition(HippoMeasure.LegT, order, 10));
        int y = c.Output(shape.ToStart ? pieces.Length : values * (shape.Transposed ? 1 : order));
        int goesOn = c.Contents(Borders(c, batch * positions));
        int start = c.Contents(pieces);
        int[] places =
        [
            x, .. shape.Scaled ? (int[])[] : [transition], y, .. shape.Starts ? (int[])[start] : [],
            .. shape.Resets ? (int[])[goesOn] : [],
        ];
        return c.Runs(
            new HippoScanKernel("memory", HippoReference.Names(shape, false), shape),
            places,
            [],
            m =>
            {
                double[] states = [.. before.Select(static v => (double)v)];
                double[] from = [.. m];
                double[] result = new HippoReference(shape, batch, positions).Of(
                    at => from[x + at], at => from[transition + at],
                    (b, t) => !shape.Resets || from[goesOn + (b * positions) + t] != 0, states);
                (shape.ToStart ? HippoScanTests.Pieces(states, shape) : result).CopyTo(m, y);
            });
    }

    private static GpuCase Linear(int seed, LinearScanShape shape, int batch, int positions, bool hasState)
    {
        var c = new GpuCase(seed);
        int width = shape.Channels * (shape.Complex ? 2 : 1);
        int a = c.Input(batch * positions * width), x = c.Input(batch * positions * width);
        int y = c.Output(batch * positions * width), state = c.Input(batch * width);
        return c.Runs(
            new LinearScanKernel("scan", LinearReference.Names(hasState), shape),
            [a, x, y, .. hasState ? (int[])[state] : []],
            [],
            m =>
            {
                double[]? states = hasState ? m[state..(state + (batch * width))] : null;
                double[] before = [.. m];
                LinearReference.Of(shape, batch, positions, at => before[a + at], at => before[x + at], states).CopyTo(m, y);
                states?.CopyTo(m, state);
            });
    }
}
