using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// Scans and attention whose operands or results no loops of their skeletons walk as they lie: features that are not neighbours, axes
/// around a running sum that do not merge. Those are copied, which makes them row-major.
/// </summary>
internal static class UnevenScans
{
    /// <summary>The graph with copies for such scans, or null when there is none.</summary>
    public static Graph? Straighten(Schedule schedule)
    {
        var uneven = new HashSet<(Node Scan, int Operand)>();
        foreach (Node scan in schedule.Kernels
            .Where(static k => k.Skeleton is Skeleton.OuterScan or Skeleton.DecayScan or Skeleton.DiagonalScan
                or Skeleton.SelectiveScan or Skeleton.LowRankScan or Skeleton.HippoScan or Skeleton.LinearScan
                or Skeleton.DeltaScan or Skeleton.Spectral or Skeleton.CumulativeSum
                or Skeleton.Attend or Skeleton.AttendGradient)
            .SelectMany(static k => k.Anchors))
        {
            uneven.UnionWith(Enumerable.Range(0, scan.Inputs.Length)
                .Where(i => !Fits(scan, scan.Inputs[i], schedule)).Select(i => (scan, i)));
            if (!Fits(scan, scan, schedule))
            {
                uneven.Add((scan, Result));
            }
        }

        return uneven.Count == 0 ? null : Copies.Insert(Rebuild(schedule.Graph, uneven));
    }

    private const int Result = -1;

    /// <summary>Whether a scan can walk a value, one of its operands or itself, where it lies.</summary>
    private static bool Fits(Node scan, Node value, Schedule schedule)
    {
        Layout layout = schedule.Layouts.Of(value);
        if (Enumerable.Range(0, value.Rank).Any(a => !layout.Digits(a).IsEmpty))
        {
            return false;
        }

        if (scan.Op is DiagonalScanOp or DiagonalScanSumsOp or DiagonalSoFarOp
            or SelectiveScanOp or SelectiveScanGradientOp or SelectiveSoFarOp)
        {
            // λ, w, A and where states begin anew lie as whole rows.
            return layout.Strides[value.Rank - 1].Equals(Size.One)
                && (value.Rank == 3 || layout.Strides[0].Equals(value.Shape[1]));
        }

        if (scan.Op is HippoScanOp or HippoSoFarOp or HippoStartOp)
        {
            // All but u and y lie as whole rows.
            bool isSequence = !scan.Inputs.Skip(1).Contains(value) && (value != scan || scan.Op is not HippoStartOp);
            return layout.Strides[value.Rank - 1].Equals(Size.One) && (isSequence || IsWhole(value, layout));
        }

        if (scan.Op is DiagonalFinalStateOp or DiagonalZeroInputOp or LowRankFinalStateOp or LowRankZeroInputOp)
        {
            // All but u and y lie as whole rows.
            bool isSequence = value.Rank == 3 && value != LowRank.ModesOf(scan.Op, scan.Inputs);
            return layout.Strides[value.Rank - 1].Equals(Size.One) && (isSequence || IsWhole(value, layout));
        }

        if (scan.Op is LowRankScanOp or LowRankResponseOp or LowRankGradientOp or LowRankSoFarOp)
        {
            // Modes, states and where they begin anew lie as whole rows.
            bool isWhole = value == LowRank.ModesOf(scan.Op, scan.Inputs) || value.Rank == 4
                || (value.Rank == 2 && value != scan && scan.Op is not LowRankGradientOp { Impulse: true });
            return layout.Strides[value.Rank - 1].Equals(Size.One)
                && (!isWhole || IsWhole(value, layout));
        }

        if (scan.Op is AttendOp or AttendLogSumOp or AttendGradientOp)
        {
            // Logarithms, segments and what is added to scores: those of a sequence or of a head lie as whole rows.
            int sequences = scan.Op switch
            {
                AttendGradientOp { Rule.IsSoftmax: true } => 5,
                AttendGradientOp => 4,
                _ => 3,
            };
            bool isSequence = value == scan
                ? scan.Op is not (AttendLogSumOp or AttendGradientOp { Operand: AttendOperand.Bias })
                : scan.Inputs.Take(sequences).Contains(value);
            return layout.Strides[value.Rank - 1].Equals(Size.One) && (isSequence || IsWhole(value, layout, 1));
        }

        if (scan.Op is LongConvolutionOp or LongConvolutionTapsOp or LinearScanOp or LinearSoFarOp)
        {
            return layout.Strides[value.Rank - 1].Equals(Size.One);
        }

        if (scan.Op is not CumSumOp sum)
        {
            return (value == scan && scan.Op is OuterScanOp) || (value.Rank == 3 && value != scan)
                || layout.Strides[value.Rank - 1].Equals(Size.One);
        }

        var access = new Access(layout, Enumerable.Range(0, value.Rank).ToImmutableArray());
        int[] inner = Enumerable.Range(0, value.Rank).Skip(sum.Axis + 1).ToArray();
        return Domain.Merges(value.Shape, Enumerable.Range(0, sum.Axis).ToArray(), access)
            && Domain.Merges(value.Shape, inner, access)
            && (inner.Length == 0 || layout.Strides[value.Rank - 1].Equals(Size.One));
    }

    private static bool IsWhole(Node value, Layout layout, int firstAxis = 0) =>
        Enumerable.Range(0, value.Rank - 1).Skip(firstAxis).All(a =>
            layout.Strides[a].Equals(value.Shape.Skip(a + 1).Product()));

    private static Graph Rebuild(Graph source, HashSet<(Node Scan, int Operand)> uneven)
    {
        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        var straight = new Dictionary<Node, Node>();
        foreach (Node node in source.Nodes)
        {
            int before = graph.Nodes.Count;
            Node[] operands = node.Inputs.Select((input, i) =>
                uneven.Contains((node, i)) ? Straight(copies[input.Id]) : copies[input.Id]).ToArray();
            Node made = graph.Copy(node, operands);
            copies[node.Id] = uneven.Contains((node, Result)) ? Copy(made) : made;
            foreach (Node added in graph.Nodes.Skip(before))
            {
                (added.Region, added.IsReplay) = (node.Region, node.IsReplay);
            }
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;

        // One copy for all that read it: they may share a pass.
        Node Straight(Node node) => straight.TryGetValue(node, out Node? copy) ? copy : straight[node] = Copy(node);

        Node Copy(Node node) => graph.Pointwise("mul", node, graph.Constant(1));
    }
}
