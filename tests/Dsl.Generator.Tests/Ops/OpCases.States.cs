using System.Collections.Generic;
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
                Op last = new DiagonalFinalStateOp(reverse), first = new DiagonalZeroInputOp(reverse, n);
                yield return Case($"diagonal final state {reverse} of {n}", last, [2, n, 3], [3, 2], [3, 2]);
                yield return Case($"diagonal zero input {reverse} of {n}", first, [2, 2, 3, 2], [3, 2], [3, 2]);
                yield return Make(
                    $"diagonal final state {reverse} of {n} with resets",
                    (g, a) => g.Add(new DiagonalFinalStateOp(reverse), [.. a, Borders(g, n)]), [2, n, 3], [3, 2], [3, 2]);
                yield return Make(
                    $"diagonal zero input {reverse} of {n} with resets",
                    (g, a) => g.Add(new DiagonalZeroInputOp(reverse, n), [.. a, Borders(g, n)]), [2, 2, 3, 2], [3, 2], [3, 2]);
                last = new LowRankFinalStateOp(reverse);
                first = new LowRankZeroInputOp(reverse, n);
                yield return Case($"low-rank final state {reverse} of {n}", last, [2, n, 3], [10, 3, 2], [2, 2, 3, 2]);
                yield return Case($"low-rank zero input {reverse} of {n}", first, [2, 2, 3, 2], [10, 3, 2]);
                yield return Make(
                    $"low-rank final state {reverse} of {n} with resets",
                    (g, a) => g.Add(new LowRankFinalStateOp(reverse), [.. a, Borders(g, n)]), [2, n, 3], [10, 3, 2], [2, 2, 3, 2]);
                yield return Make(
                    $"low-rank zero input {reverse} of {n} with resets",
                    (g, a) => g.Add(new LowRankZeroInputOp(reverse, n), [.. a, Borders(g, n)]), [2, 2, 3, 2], [10, 3, 2]);
            }
        }
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
