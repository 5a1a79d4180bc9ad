using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <content>States that replace what they say of a key.</content>
internal static partial class ScanCases
{
    private static IEnumerable<(string Name, Func<int, GpuCase> Make)> DeltaCases()
    {
        foreach (var e in new[] { (1, 1, 1, 1, 1), (2, 37, 3, 5, 7), (1, 70, 2, 33, 40), (1, 65, 1, 200, 20), (2, 0, 2, 3, 4) })
        {
            var (batch, positions, heads, keys, values) = e;
            foreach (bool decays in new[] { false, true })
            {
                string text = $"{batch}x{positions}x{heads} {keys}->{values}{(decays ? " decays" : "")}";
                yield return ($"DeltaScan {text}", seed => Delta(seed, e, decays, seed % 2 == 0));
                yield return ($"DeltaScan gradient {text}", seed => DeltaGradient(seed, e, decays));
            }
        }
    }

    private static GpuCase Delta(
        int seed, (int Batch, int Positions, int Heads, int Keys, int Values) e, bool decays, bool hasState)
    {
        var c = new GpuCase(seed);
        int[] operands = DeltaOperands(c, e);
        int rows = e.Batch * e.Positions * e.Heads;
        int o = c.Output(rows * e.Values), state = c.Input(e.Batch * e.Heads * e.Keys * e.Values);
        return c.Runs(
            new DeltaScanKernel(
                "scan", DeltaReference.Names(decays, hasState), OfMemory(new double[c.Memory.Length]).Shape),
            [.. operands.Take(4), o, .. decays ? (int[])[operands[4]] : [], .. hasState ? (int[])[state] : []],
            [],
            m =>
            {
                (double[] result, double[] last) = OfMemory([.. m]).Run();
                result.CopyTo(m, o);
                if (hasState)
                {
                    last.CopyTo(m, state);
                }
            });

        DeltaReference OfMemory(double[] m) => DeltaOf(m, operands, e, decays, i => hasState ? m[state + i] : 0);
    }

    private static GpuCase DeltaGradient(
        int seed, (int Batch, int Positions, int Heads, int Keys, int Values) e, bool decays)
    {
        var c = new GpuCase(seed);
        int[] operands = DeltaOperands(c, e);
        int o = c.Input(e.Batch * e.Positions * e.Heads * e.Values);
        DeltaReference empty = OfMemory(new double[c.Memory.Length]);
        int[] results = [.. empty.Lengths.Select(c.Output)];
        int scratch = c.Scratch(empty.Scratch);
        return c.Runs(
            new DeltaScanGradientKernel("gradient", DeltaReference.GradientNames(decays), empty.Shape),
            [.. operands.Take(4), o, .. decays ? (int[])[operands[4]] : [], .. results, scratch],
            [],
            m =>
            {
                double[] before = [.. m];
                double[][] gradients = OfMemory(before).Gradients(at => before[o + at]);
                for (int i = 0; i < results.Length; i++)
                {
                    gradients[i].CopyTo(m, results[i]);
                }
            });

        DeltaReference OfMemory(double[] m) => DeltaOf(m, operands, e, decays, static _ => 0);
    }

    /// <summary>q, k, v, strengths and logarithms of a decay.</summary>
    private static int[] DeltaOperands(GpuCase c, (int Batch, int Positions, int Heads, int Keys, int Values) e)
    {
        int rows = e.Batch * e.Positions * e.Heads;
        double most = 1.5 / Math.Sqrt(e.Keys);
        return
        [
            c.Input(rows * e.Keys), c.Contents(Between(c, rows * e.Keys, -most, most)), c.Input(rows * e.Values),
            c.Contents(Between(c, rows, 0, 1)), c.Contents(Between(c, rows, -0.5, 0)),
        ];
    }

    private static DeltaReference DeltaOf(
        double[] m, int[] operands, (int Batch, int Positions, int Heads, int Keys, int Values) e, bool decays,
        Func<int, double> initial) => new(e.Batch, e.Positions, e.Heads, e.Keys, e.Values)
    {
        Q = at => m[operands[0] + at],
        K = at => m[operands[1] + at],
        V = at => m[operands[2] + at],
        Strength = at => m[operands[3] + at],
        Decay = decays ? at => m[operands[4] + at] : null,
        Initial = initial,
    };
}
