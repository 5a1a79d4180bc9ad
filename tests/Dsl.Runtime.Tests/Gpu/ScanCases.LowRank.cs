using System.Linq;
using System.Numerics;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <content>States that a part of rank one couples.</content>
internal static partial class ScanCases
{
    private static GpuCase LowRank(int seed, LowRankScanShape shape, bool hasState)
    {
        var c = new GpuCase(seed);
        (int batch, int positions, int channels, int states) =
            (shape.Batch.Constant, shape.Positions.Constant, shape.Channels, shape.States);
        int u = c.Input(batch * positions * channels), y = c.Output(batch * positions * channels);
        int modes = c.Contents(LowRankReference.Modes(seed, channels, states));
        int goesOn = c.Contents(Borders(c, batch * positions)), state = c.Input(batch * channels * states * 2);
        (string Name, int At, bool IsThere)[] buffers =
        [
            ("u", u, !shape.Impulse), ("modes", modes, true), ("y", y, true), ("on", goesOn, shape.Resets),
            ("state", state, hasState),
        ];
        return c.Runs(
            new LowRankScanKernel("scan", [.. buffers.Where(static b => b.IsThere).Select(static b => b.Name)], shape),
            [.. buffers.Where(static b => b.IsThere).Select(static b => b.At)],
            [],
            m =>
            {
                double[] before = [.. m];
                new LowRankReference(shape, at => m[modes + at], at => m[u + at], at => m[goesOn + at] != 0).Forward(
                    at => hasState ? new Complex(
                        before[state + ScanReference.RealAt(at, states)], before[state + ScanReference.RealAt(at, states) + states]) : 0,
                    (at, value) => m[y + at] = value,
                    (row, x) =>
                    {
                        for (int i = 0; i < states && hasState; i++)
                        {
                            int at = state + ScanReference.RealAt((row * states) + i, states);
                            (m[at], m[at + states]) = (x[i].Real, x[i].Imaginary);
                        }
                    });
            });
    }

    private static GpuCase LowRankGradient(int seed, LowRankScanShape shape)
    {
        var c = new GpuCase(seed);
        (int batch, int positions, int channels, int states) =
            (shape.Batch.Constant, shape.Positions.Constant, shape.Channels, shape.States);
        int u = c.Input(batch * positions * channels), y = c.Input(batch * positions * channels);
        int modes = c.Contents(LowRankReference.Modes(seed, channels, states));
        int goesOn = c.Contents(Borders(c, batch * positions));
        int gradient = c.Output(LowRankParts.Rows * channels * states);
        int scratch = c.Scratch(LowRankParts.Scratch(positions, channels, states).Constant);
        (string Name, int At, bool IsThere)[] buffers =
        [
            ("u", u, !shape.Impulse), ("modes", modes, true), ("y", y, true), ("on", goesOn, shape.Resets),
            ("gradient", gradient, true), ("scratch", scratch, true),
        ];
        return c.Runs(
            new LowRankScanGradientKernel("gradient",
                [.. buffers.Where(static b => b.IsThere).Select(static b => b.Name)], shape),
            [.. buffers.Where(static b => b.IsThere).Select(static b => b.At)],
            [],
            m => new LowRankReference(shape, at => m[modes + at], at => m[u + at], at => m[goesOn + at] != 0)
                .Backward(at => m[y + at]).CopyTo(m, gradient));
    }
}
