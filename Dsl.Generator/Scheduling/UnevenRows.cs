using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Scheduling;

/// <summary>
/// A row's lanes walk all its reduced axes as one. Where some operand does not lie so (a broadcast, a halo) the reduction is
/// split: first over the innermost axes that do, then over the rest.
/// </summary>
internal static class UnevenRows
{
    /// <summary>The graph with such reductions split, or null when there is none.</summary>
    public static Graph? Split(Schedule schedule)
    {
        var inner = new Dictionary<Node, ImmutableArray<int>>();
        foreach (FusedKernel kernel in schedule.Kernels.Where(static k => k.Skeleton == Skeleton.Row && k.Reduced.Length > 1))
        {
            int[] order = PhysicalOrder.Of(kernel.Shape.Length).Where(a => kernel.Reduced.Contains(a)).ToArray();
            ImmutableArray<int> run = Domain.InnermostRun(
                kernel.Shape, order, BodyEmitter.RowAccesses(new KernelContext(kernel, schedule)));

            // Neighbours in the domain, too: nothing that stays may lie between them.
            int[] all = PhysicalOrder.Of(kernel.Shape.Length);
            run = run.Skip(Enumerable.Range(0, run.Length).Last(i =>
                i == 0 || System.Array.IndexOf(all, run[i]) != System.Array.IndexOf(all, run[i - 1]) + 1)).ToImmutableArray();
            if (run.Length < kernel.Reduced.Length)
            {
                foreach (Node anchor in kernel.Anchors)
                {
                    inner[anchor] = run;
                }
            }
        }

        return inner.Count == 0 ? null : Rebuild(schedule.Graph, inner);
    }

    private static Graph Rebuild(Graph source, Dictionary<Node, ImmutableArray<int>> inner)
    {
        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        var parts = new Dictionary<(Node X, MomentKind Kind), Node>();
        foreach (Node node in source.Nodes)
        {
            Node[] operands = node.Inputs.Map(i => copies[i.Id]);
            if (!inner.TryGetValue(node, out ImmutableArray<int> first))
            {
                copies[node.Id] = graph.Copy(node, operands);
                continue;
            }

            int[] rest = node.Op.ReducedAxes.Where(a => !first.Contains(a))
                .Select(a => a - first.Count(f => f < a)).ToArray();
            copies[node.Id] = Graph.Name(
                node.Op is MomentsOp moments ? Moments(graph, moments.Kind, operands[0], first.ToArray(), rest, parts)
                    : Reduce(graph, ((ReduceOp)node.Op).Kind, operands[0], first.ToArray(), rest),
                node.Label);
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;
    }

    private static Node Reduce(Graph graph, ReduceKind kind, Node x, int[] first, int[] rest) =>
        graph.Reduce(kind, graph.Reduce(kind, x, first), rest);

    /// <summary>Parts of one size: the mean is the mean of their means, the variance that of their means and the mean
    /// of theirs.</summary>
    private static Node Moments(
        Graph graph,
        MomentKind kind,
        Node x,
        int[] first,
        int[] rest,
        Dictionary<(Node X, MomentKind Kind), Node> parts)
    {
        Node Of(MomentKind which, Node of, int[] axes)
        {
            if (!parts.TryGetValue((of, which), out Node? moment))
            {
                parts[(of, which)] = moment = graph.Add(new MomentsOp(which, axes.ToEquatable()), of);
            }

            return moment;
        }

        Node mean = Of(MomentKind.Mean, x, first);
        return kind == MomentKind.Mean ? Of(MomentKind.Mean, mean, rest) : graph.Pointwise(
            "add", Of(MomentKind.Variance, mean, rest), graph.Mean(Of(MomentKind.Variance, x, first), rest));
    }
}
