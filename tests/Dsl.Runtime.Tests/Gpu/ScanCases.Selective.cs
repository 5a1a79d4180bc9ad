using System;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <content>States that choose what they keep.</content>
internal static partial class ScanCases
{
    private static GpuCase Selective(
        int seed, int batch, int positions, int channels, int states, bool resets, bool hasState)
    {
        var c = new GpuCase(seed);
        int[] operands = SelectiveOperands(c, batch, positions, channels, states);
        int y = c.Output(batch * positions * channels);
        int goesOn = c.Contents(Borders(c, batch * positions)), state = c.Input(batch * channels * states);
        string[] names =
        [
            "u", "delta", "a", "b", "c", "y", .. resets ? (string[])["on"] : [], .. hasState ? (string[])["state"] : [],
        ];
        SelectiveScanShape shape = Reference(new double[c.Memory.Length]).Shape(resets);
        return c.Runs(
            new SelectiveScanKernel("scan", names, shape),
            [.. operands, y, .. resets ? (int[])[goesOn] : [], .. hasState ? (int[])[state] : []],
            [],
            m =>
            {
                (double[] result, double[] last) = Reference([.. m]).Run();
                result.CopyTo(m, y);
                if (hasState)
                {
                    last.CopyTo(m, state);
                }
            });

        SelectiveReference Reference(double[] m) => OfMemory(
            m, operands, (batch, positions, channels, states), row => !resets || m[goesOn + row] != 0,
            i => hasState ? m[state + i] : 0);
    }

    private static GpuCase SelectiveGradient(int seed, int batch, int positions, int channels, int states, bool resets)
    {
        var c = new GpuCase(seed);
        int y = c.Input(batch * positions * channels);
        int[] operands = SelectiveOperands(c, batch, positions, channels, states);
        int goesOn = c.Contents(Borders(c, batch * positions));
        (int rows, int pairs) = (batch * positions * channels, batch * positions * states);
        int[] results = [c.Output(rows), c.Output(rows), c.Output(channels * states), c.Output(pairs), c.Output(pairs)];
        SelectiveScanShape shape = Reference(new double[c.Memory.Length]).Shape(resets);
        int scratch = c.Scratch(
            SelectiveScanParts.Scratch(shape.Batch, shape.Positions, channels, states).Constant);
        return c.Runs(
            new SelectiveScanGradientKernel(
                "gradient",
                [
                    "y", "u", "delta", "a", "b", "c", .. resets ? (string[])["on"] : [],
                    "ofu", "ofdelta", "ofa", "ofb", "ofc", "scratch",
                ],
                shape),
            [y, .. operands, .. resets ? (int[])[goesOn] : [], .. results, scratch],
            [],
            m =>
            {
                double[][] gradients = Reference([.. m]).Gradients(at => m[y + at]);
                for (int i = 0; i < results.Length; i++)
                {
                    gradients[i].CopyTo(m, results[i]);
                }
            });

        SelectiveReference Reference(double[] m) => OfMemory(
            m, operands, (batch, positions, channels, states), row => !resets || m[goesOn + row] != 0, static _ => 0);
    }

    /// <summary>u, Δ, A, B and C.</summary>
    private static int[] SelectiveOperands(GpuCase c, int batch, int positions, int channels, int states) =>
    [
        c.Input(batch * positions * channels), c.Contents(Between(c, batch * positions * channels, 0.01, 1)),
        c.Contents(Between(c, channels * states, -2, -0.05)), c.Input(batch * positions * states),
        c.Input(batch * positions * states),
    ];

    private static SelectiveReference OfMemory(
        double[] m, int[] operands, (int Batch, int Positions, int Channels, int States) e, Func<int, bool> goesOn,
        Func<int, double> initial) => new(e.Batch, e.Positions, e.Channels, e.States)
    {
        U = at => m[operands[0] + at],
        Delta = at => m[operands[1] + at],
        A = at => m[operands[2] + at],
        B = at => m[operands[3] + at],
        C = at => m[operands[4] + at],
        GoesOn = goesOn,
        Initial = initial,
    };
}
