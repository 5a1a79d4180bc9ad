using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <content>Scans that take states instead of u, or give them instead of y.</content>
internal static partial class ScanCases
{
    private static IEnumerable<(string Name, System.Func<int, GpuCase> Make)> States()
    {
        foreach (var (batch, positions, channels, states) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 5), (2, 333, 3, 5), (1, 70, 40, 32), (1, 20, 5, 300), (2, 0, 3, 3),
        })
        {
            // A single sample has all positions.
            for (int i = 0; i < (batch > 1 ? 16 : 8); i++)
            {
                (bool reverse, bool resets, bool toStates, bool lengths) =
                    ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0);
                DiagonalScanShape shape = DiagonalStatesReference.Shape(
                    batch, positions, channels, states, toStates, reverse, resets, lengths);
                string text = $"{batch}x{positions}x{channels} {states} states" + (reverse ? " reverse" : "")
                    + (resets ? " resets" : "") + (lengths ? " lengths" : "");
                yield return (
                    $"DiagonalScan {(toStates ? "to" : "from")} states {text}", seed => DiagonalStates(seed, shape));
            }
        }

        foreach (var (batch, positions, channels, states) in new[]
        {
            (1, 1, 1, 1), (2, 37, 3, 5), (1, 70, 40, 32), (1, 35, 5, 128), (2, 0, 3, 3),
        })
        {
            for (int i = 0; i < (batch > 1 ? 8 : 4); i++)
            {
                (bool reverse, bool resets, bool lengths) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
                LowRankScanShape plain = LowRankReference.Shape(batch, positions, channels, states, reverse, resets);
                LowRankScanShape begun = plain with { FromStates = true, Lengths = lengths };
                LowRankScanShape both = begun with { ToStates = true };
                string text = $"{batch}x{positions}x{channels} {states} states"
                    + (reverse ? " reverse" : "") + (resets ? " resets" : "") + (lengths ? " lengths" : "");
                yield return ($"LowRankScan from states {text}", seed => LowRankStates(seed, begun, isGradient: false));
                yield return ($"LowRankScan to states {text}", seed => LowRankStates(seed, both, isGradient: false));
                yield return (
                    $"LowRankScan gradient with states {text}", seed => LowRankStates(seed, both, isGradient: true));
            }
        }
    }

    private static GpuCase DiagonalStates(int seed, DiagonalScanShape shape)
    {
        var c = new GpuCase(seed);
        int modes = shape.Channels * shape.States;
        int rows = shape.Batch.Constant * shape.Positions.Constant;
        (int sequence, int states) = (rows * shape.Channels, shape.Batch.Constant * modes * 2);
        int from = c.Input(shape.ToStates ? sequence : states);
        int re = c.Contents(Poles(c, modes)), im = c.Contents(Poles(c, modes));
        int to = c.Output(shape.ToStates ? states : sequence);
        int goesOn = c.Contents(Borders(c, rows));
        int own = c.Contents(SampleLengths.Of(seed, shape.Batch.Constant, shape.Positions.Constant));
        string[] behind =
            [.. shape.Resets ? (string[])["on"] : [], .. shape.Lengths ? (string[])["lengths"] : []];
        return c.Runs(
            new DiagonalScanKernel("scan", ["from", "re", "im", "to", .. behind], shape),
            [from, re, im, to, .. shape.Resets ? (int[])[goesOn] : [], .. shape.Lengths ? (int[])[own] : []],
            [],
            m =>
            {
                var reference = new DiagonalStatesReference(
                    shape, mode => new(m[re + mode], m[im + mode]), at => m[goesOn + at] != 0, at => m[own + at]);
                (shape.ToStates ? reference.To(at => m[from + at]) : reference.From(at => m[from + at])).CopyTo(m, to);
            });
    }

    private static GpuCase LowRankStates(int seed, LowRankScanShape shape, bool isGradient)
    {
        var c = new GpuCase(seed);
        (int batch, int positions, int channels, int states) =
            (shape.Batch.Constant, shape.Positions.Constant, shape.Channels, shape.States);
        (int sequence, int planes) = (batch * positions * channels, batch * channels * states * 2);
        int u = c.Input(sequence), y = isGradient || shape.ToStates ? c.Input(sequence) : c.Output(sequence);
        int modes = c.Contents(LowRankReference.Modes(seed, channels, states));
        int start = c.Input(planes), last = isGradient || !shape.ToStates ? c.Input(planes) : c.Output(planes);
        int goesOn = c.Contents(Borders(c, batch * positions));
        int own = c.Contents(SampleLengths.Of(seed, batch, positions));
        int gradient = isGradient ? c.Output(LowRankParts.Rows * channels * states) : -1;
        int scratch = isGradient ? c.Scratch(LowRankParts.Scratch(positions, channels, states).Constant) : -1;
        (string Name, int At, bool IsThere)[] buffers =
        [
            ("u", u, shape.ToStates), ("modes", modes, true), ("y", y, isGradient || !shape.ToStates),
            ("start", start, true), ("last", last, shape.ToStates), ("on", goesOn, shape.Resets),
            ("lengths", own, shape.Lengths),
            ("gradient", gradient, isGradient), ("scratch", scratch, isGradient),
        ];
        string[] names = [.. buffers.Where(static b => b.IsThere).Select(static b => b.Name)];
        Kernel kernel = isGradient ? new LowRankScanGradientKernel("gradient", names, shape)
            : new LowRankScanKernel("scan", names, shape);
        return c.Runs(
            kernel,
            [.. buffers.Where(static b => b.IsThere).Select(static b => b.At)],
            [],
            m =>
            {
                var reference = new LowRankReference(
                    shape, at => m[modes + at], at => shape.ToStates ? m[u + at] : 0, at => m[goesOn + at] != 0,
                    at => m[own + at]);
                Complex Start(int state) => reference.OfPlanes(at => m[start + at], state);
                if (isGradient)
                {
                    reference.Backward(at => m[y + at], Start, state => reference.OfPlanes(at => m[last + at], state))
                        .CopyTo(m, gradient);
                }
                else if (shape.ToStates)
                {
                    reference.Last(at => m[start + at]).CopyTo(m, last);
                }
                else
                {
                    System.Array.Clear(m, y, sequence);
                    reference.Forward(Start, (at, value) => m[y + at] = value, static (_, _) => { });
                }
            });
    }
}
