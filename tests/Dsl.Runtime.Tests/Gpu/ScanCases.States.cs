using System.Collections.Generic;
using System.Linq;
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
            for (int i = 0; i < 8; i++)
            {
                (bool reverse, bool resets, bool toStates) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
                DiagonalScanShape shape =
                    DiagonalStatesReference.Shape(batch, positions, channels, states, toStates, reverse, resets);
                string text = $"{batch}x{positions}x{channels} {states} states" + (reverse ? " reverse" : "")
                    + (resets ? " resets" : "");
                yield return (
                    $"DiagonalScan {(toStates ? "to" : "from")} states {text}", seed => DiagonalStates(seed, shape));
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
        return c.Runs(
            new DiagonalScanKernel(
                "scan", ["from", "re", "im", "to", .. shape.Resets ? (string[])["on"] : []], shape),
            [from, re, im, to, .. shape.Resets ? (int[])[goesOn] : []],
            [],
            m =>
            {
                var reference = new DiagonalStatesReference(
                    shape, mode => new(m[re + mode], m[im + mode]), at => m[goesOn + at] != 0);
                (shape.ToStates ? reference.To(at => m[from + at]) : reference.From(at => m[from + at])).CopyTo(m, to);
            });
    }
}
