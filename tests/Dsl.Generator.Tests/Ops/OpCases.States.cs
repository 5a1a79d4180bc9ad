using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Tests.Ops;

/// <content>Scans that take states instead of u, or give them instead of y.</content>
internal static partial class OpCases
{
    private static IEnumerable<OpCase> States()
    {
        foreach (bool reverse in new[] { false, true })
        {
            foreach (int n in new[] { 1, 5 })
            {
                int[] u = [2, n, 3], states = [2, 2, 3, 2], pole = [3, 2], modes = [10, 3, 2];
                foreach (var (op, own, shapes) in new (Op, Op, int[][])[]
                {
                    (new DiagonalFinalStateOp(reverse), new DiagonalFinalStateOp(reverse, true), [u, pole, pole]),
                    (
                        new DiagonalZeroInputOp(reverse, n), new DiagonalZeroInputOp(reverse, n, true),
                        [states, pole, pole]),
                    (new LowRankFinalStateOp(reverse), new LowRankFinalStateOp(reverse, true), [u, modes, states]),
                    (new LowRankZeroInputOp(reverse, n), new LowRankZeroInputOp(reverse, n, true), [states, modes]),
                })
                {
                    string name = $"{op.Name} {reverse} of {n}";
                    yield return Case(name, op, shapes);
                    yield return Make(name + " with resets", (g, a) => g.Add(op, [.. a, Borders(g, n)]), shapes);
                    foreach (int least in new[] { 1, n - 1 }.Where(l => l > 0).Distinct())
                    {
                        yield return Make(
                            $"{name} with lengths from {least}", (g, a) => g.Add(own, [.. a, Lengths(g, least, n)]), shapes);
                        yield return Make(
                            $"{name} with resets and lengths from {least}",
                            (g, a) => g.Add(own, [.. a, Borders(g, n), Lengths(g, least, n)]), shapes);
                    }
                }
            }
        }
    }

    /// <summary>Of the first sample, and all positions of the second.</summary>
    private static Node Lengths(Graph g, int first, int positions)
    {
        Node sample = g.Add(new IotaOp(new Size[] { 2 }.ToEquatable(), 0));
        return g.Pointwise(
            "add", g.Pointwise("mul", sample, g.Constant(positions - first)), g.Constant(first));
    }

    /// <summary>Positions 0 and 3 begin anew, in both samples.</summary>
    private static Node Borders(Graph g, int positions)
    {
        Node position = g.Add(new IotaOp(new Size[] { 2, positions }.ToEquatable(), 1));
        Node distance = g.Pointwise("abs", g.Pointwise("sub", g.Pointwise("abs", g.Pointwise(
            "sub", position, g.Constant(1.5))), g.Constant(1.5)));
        return g.Pointwise("less", g.Constant(0.5), distance);
    }
}
