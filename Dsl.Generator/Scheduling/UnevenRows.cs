using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

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
        foreach (Node node in source.Nodes)
        {
            Node[] operands = node.Inputs.Map(i => copies[i.Id]);
            if (node.Op is not ReduceOp reduce || !inner.TryGetValue(node, out ImmutableArray<int> first))
            {
                copies[node.Id] = graph.Add(node.Op, node.Label, operands);
                continue;
            }

            int[] rest = reduce.Axes.Where(a => !first.Contains(a)).Select(a => a - first.Count(f => f < a)).ToArray();
            Node partial = graph.Reduce(reduce.Kind, operands[0], first.ToArray());
            copies[node.Id] = Graph.Name(graph.Reduce(reduce.Kind, partial, rest), node.Label);
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;
    }
}
