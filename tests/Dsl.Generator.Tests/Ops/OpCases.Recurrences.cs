using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Tests.Ops;

/// <content>Scans and long convolutions.</content>
internal static partial class OpCases
{
    /// <summary>What a position makes of all before it.</summary>
    public static IEnumerable<OpCase> Recurrences()
    {
        foreach (Intra intra in new[] { Intra.Inclusive, Intra.Exclusive, Intra.PreviousChunks })
        {
            foreach (var (reverse, chunk) in new[] { (false, 2), (true, 2), (false, 3), (true, 4) })
            {
                yield return Case(
                    $"outer scan {intra} {reverse} {chunk}", new OuterScanOp(intra, reverse, chunk),
                    [2, 5, 2, 3], [2, 5, 2, 3], [2, 5, 2, 4]);
            }
        }

        foreach (var (exclusive, reverse) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (var (decay, extents) in new (DecayAxis, int[])[]
                { (DecayAxis.Head, [2, 5, 2]), (DecayAxis.Key, [2, 5, 2, 3]), (DecayAxis.Value, [2, 5, 2, 4]) })
            {
                yield return Case(
                    $"decay scan {decay} {exclusive} {reverse}", new DecayScanOp(decay, exclusive, reverse),
                    [2, 5, 2, 3], [2, 5, 2, 3], [2, 5, 2, 4], extents);
            }

            yield return Case($"cumulative sum {exclusive} {reverse}", new CumSumOp(1, exclusive, reverse), [2, 5, 3]);
            yield return Case(
                $"cumulative sum of rows {exclusive} {reverse}", new CumSumOp(2, exclusive, reverse), [2, 1, 4]);
        }

        foreach (bool reverse in new[] { false, true })
        {
            yield return Case(
                $"diagonal scan {reverse}", new DiagonalScanOp(reverse), [2, 5, 3], [3, 2], [3, 2], [3, 2], [3, 2]);
            yield return Make(
                $"diagonal scan {reverse} with resets",
                (g, a) => g.Add(new DiagonalScanOp(reverse), [.. a, GoesOn(g)]),
                [2, 5, 3], [3, 2], [3, 2], [3, 2], [3, 2]);
        }

        foreach (OpCase c in States())
        {
            yield return c;
        }

        foreach (bool transposed in new[] { false, true })
        {
            int[] x = [2, 5, transposed ? 12 : 3];
            yield return Make($"hippo scan {transposed}", (g, a) => Hippo(g, a[0], scaled: false, transposed), x);
            yield return Make($"scaled hippo scan {transposed}", (g, a) => Hippo(g, a[0], scaled: true, transposed), x);
            yield return Make(
                $"hippo scan {transposed} with resets", (g, a) => Hippo(g, a[0], scaled: false, transposed, GoesOn(g)), x);
            yield return Make(
                $"scaled hippo scan {transposed} with resets", (g, a) => Hippo(g, a[0], scaled: true, transposed, GoesOn(g)), x);
            yield return Make(
                $"scaled hippo scan {transposed} from a start",
                (g, a) => Hippo(g, a[0], scaled: true, transposed, start: Ages(g, a[1])), x, [2, 3, 4]);
            yield return Make(
                $"scaled hippo scan {transposed} from a start with resets",
                (g, a) => Hippo(g, a[0], scaled: true, transposed, GoesOn(g), Ages(g, a[1])), x, [2, 3, 4]);
            yield return Make(
                $"scaled hippo scan {transposed} from a start that does not count",
                (g, a) => Hippo(g, a[0], scaled: true, transposed, Borders(g, 5), Ages(g, a[1])), x, [2, 3, 4]);
        }

        foreach (bool resets in new[] { false, true })
        {
            string with = resets ? " with resets" : "";
            Node? Border(Graph g) => resets ? GoesOn(g) : null;
            yield return Make(
                $"hippo scan from a start{with}",
                (g, a) => Hippo(g, a[0], false, false, Border(g), a[1]), [2, 5, 3], [2, 3, 4]);
            yield return Make($"hippo start{with}", (g, a) => HippoStart(g, a[0], Border(g)), [2, 5, 12]);
            yield return Make(
                $"scaled hippo start{with}",
                (g, a) => HippoStart(g, a[0], Border(g), Ages(g, a[1])), [2, 5, 12], [2, 3, 4]);
        }

        yield return Make(
            "hippo scan from a start that does not count",
            (g, a) => Hippo(g, a[0], false, false, Borders(g, 5), a[1]), [2, 5, 3], [2, 3, 4]);
        yield return Make("hippo start that does not count", (g, a) => HippoStart(g, a[0], Borders(g, 5)), [2, 5, 12]);
        yield return Make(
            "scaled hippo start that does not count",
            (g, a) => HippoStart(g, a[0], Borders(g, 5), Ages(g, a[1])), [2, 5, 12], [2, 3, 4]);

        foreach (var (complex, adjoint) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            yield return Case(
                $"linear scan {(complex ? "complex " : "")}{adjoint}", new LinearScanOp(complex, adjoint), [2, 5, 4], [2, 5, 4]);
            yield return Case(
                $"linear scan {(complex ? "complex " : "")}{adjoint} by channel", new LinearScanOp(complex, adjoint), [4], [2, 5, 4]);
        }

        yield return Case("delta scan", new DeltaScanOp(), [2, 5, 2, 3], [2, 5, 2, 3], [2, 5, 2, 4], [2, 5, 2]);
        yield return Case(
            "delta scan that decays", new DeltaScanOp(), [2, 5, 2, 3], [2, 5, 2, 3], [2, 5, 2, 4], [2, 5, 2], [2, 5, 2]);
        yield return Case("low-rank response", new LowRankResponseOp(4), [10, 3, 2]);
        foreach (bool reverse in new[] { false, true })
        {
            yield return Case($"low-rank scan {reverse}", new LowRankScanOp(reverse), [2, 5, 3], [10, 3, 2]);
            yield return Make(
                $"low-rank scan {reverse} with resets",
                (g, a) => g.Add(new LowRankScanOp(reverse), [.. a, GoesOn(g)]),
                [2, 5, 3], [10, 3, 2]);
            yield return Case($"long convolution {reverse}", new LongConvolutionOp(reverse), [2, 5, 3], [5, 3]);
            yield return Case($"long convolution of few {reverse}", new LongConvolutionOp(reverse), [2, 5, 3], [3, 3]);
            yield return Case($"long convolution of many {reverse}", new LongConvolutionOp(reverse), [2, 3, 2], [5, 2]);
        }

        yield return Case(
            "selective scan", new SelectiveScanOp(), [2, 5, 3], [2, 5, 3], [3, 2], [2, 5, 2], [2, 5, 2]);
        yield return Make(
            "selective scan with resets",
            (g, a) => g.Add(new SelectiveScanOp(), [.. a, GoesOn(g)]),
            [2, 5, 3], [2, 5, 3], [3, 2], [2, 5, 2], [2, 5, 2]);
    }

    /// <summary>A third of five positions begins anew, in both samples.</summary>
    private static Node GoesOn(Graph g)
    {
        Node position = g.Add(new IotaOp(new Size[] { 2, 5 }.ToEquatable(), 1));
        Node distance = g.Pointwise("abs", g.Pointwise("sub", position, g.Constant(2)));
        return g.Pointwise("less", g.Constant(0.5), distance);
    }

    /// <summary>Memories of four coefficients, each of another number of positions, 0 first.</summary>
    private static Node Ages(Graph g, Node coefficients)
    {
        Size[] shape = [2, 3, 1];
        Node ages = g.Add(new IotaOp(shape.ToEquatable(), 1));
        return g.Concat(2, coefficients, g.Pointwise("add", ages, g.Add(new IotaOp(shape.ToEquatable(), 0))));
    }

    /// <summary>A memory of four coefficients, whose transition is no symmetric matrix.</summary>
    private static Node Hippo(
        Graph g, Node x, bool scaled, bool transposed, Node? goesOn = null, Node? start = null) => g.Add(
        new HippoScanOp(4, scaled, transposed, start is not null), Operands(g, x, scaled, start, goesOn));

    /// <summary>The gradient of its start, without one of a memory with a transition.</summary>
    private static Node HippoStart(Graph g, Node x, Node? goesOn, Node? start = null) =>
        g.Add(new HippoStartOp(4, start is not null), Operands(g, x, start is not null, start, goesOn));

    private static Node[] Operands(Graph g, Node x, bool scaled, Node? start, Node? goesOn)
    {
        Node Place(int axis) => g.Add(new IotaOp(new Size[] { 4, 5 }.ToEquatable(), axis));
        Node transition = g.Pointwise(
            "sub", g.Pointwise("mul", Place(0), g.Constant(0.1)), g.Pointwise("mul", Place(1), g.Constant(0.07)));
        Node?[] operands = [x, scaled ? null : transition, start, goesOn];
        return [.. operands.OfType<Node>()];
    }
}
