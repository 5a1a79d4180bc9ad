using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Memory;

/// <summary>
/// Works out when each buffer of a program is first and last touched. Offsets are not fixed here: the formula for each length
/// goes into the plan, and the arena planner, compiled into both sides, places the buffers for a session's largest sizes.
/// </summary>
internal static class ProgramPlanner
{
    public static PlannedProgram Plan(Schedule schedule)
    {
        PlannedKernels planned = KernelPlanner.Plan(schedule);
        ImmutableArray<PlannedKernel> kernels = planned.All;
        Limits.Check(schedule, kernels);
        var lifetimes = new Dictionary<string, (int First, int Last)>(StringComparer.Ordinal);
        var whole = schedule.Parts.ToDictionary(static p => p.Name, static p => p.Buffer, StringComparer.Ordinal);
        for (int i = 0; i < kernels.Length; i++)
        {
            foreach (string buffer in kernels[i].Buffers.Select(b => whole.TryGetValue(b, out string? root) ? root : b))
            {
                lifetimes[buffer] = lifetimes.TryGetValue(buffer, out (int First, int Last) life) ? (life.First, i) : (i, i);
            }
        }

        GraphOutput[] results = schedule.Graph.Outputs
            .Where(static o => !RegionOutputs.Contains(o.Name)).ToArray();
        var held = new HashSet<string>(results.Select(o => schedule.BufferOf(Views.Base(o.Node))), StringComparer.Ordinal);
        var buffers = new List<PlannedBuffer>();
        foreach (Node input in schedule.Graph.Inputs)
        {
            string name = schedule.BufferOf(input);
            int last = held.Contains(name) ? kernels.Length : lifetimes.TryGetValue(name, out (int First, int Last) life) ? life.Last : -1;
            Layout layout = schedule.Layouts.Of(input);
            buffers.Add(new PlannedBuffer(name, layout.Length, layout.Origin, -1, last));
        }

        IEnumerable<Node> roots = schedule.Kernels.SelectMany(static k => k.Stores).Select(schedule.Layouts.Root).Distinct();
        foreach (Node node in roots.Where(n => !RegionOutputs.Contains(schedule.BufferOf(n))))
        {
            string name = schedule.BufferOf(node);
            Layout layout = schedule.Layouts.Of(node);
            (int first, int last) = lifetimes[name];
            buffers.Add(new PlannedBuffer(name, layout.Length, layout.Origin, first, held.Contains(name) ? kernels.Length : last)
            {
                IsKept = node.Op is MemoryOp { KeepsResult: true },
                IsPrepared = first < planned.Prepared,
            });
        }

        buffers.AddRange(planned.Copies.Select(c =>
            new PlannedBuffer(c.Key, c.Value, Size.Zero, lifetimes[c.Key].First, lifetimes[c.Key].Last)
            {
                IsPrepared = lifetimes[c.Key].First < planned.Prepared,
            }));
        foreach ((string name, Size length) in kernels.Where(static k => k.Scratch is not null).Select(static k => k.Scratch!.Value))
        {
            buffers.Add(new PlannedBuffer(name, length, Size.Zero, lifetimes[name].First, lifetimes[name].Last));
        }

        foreach ((string name, Size length) in kernels.Where(static k => k.Memory is not null).Select(static k => k.Memory!.Value))
        {
            buffers.Add(new PlannedBuffer(name, length, Size.Zero, lifetimes[name].First, lifetimes[name].Last) { IsKept = true });
        }

        return new PlannedProgram(
            schedule.Name,
            schedule.Symbols.ToImmutableArray(),
            schedule.Graph.Inputs.Select(i => Tensor(schedule, ((InputOp)i.Op).Tensor, i)).ToImmutableArray(),
            results.Select(o => Tensor(schedule, o.Name, o.Node)).ToImmutableArray(),
            buffers.ToImmutableArray(),
            kernels)
        {
            Prepared = planned.Prepared,
            PreparedFor = planned.PreparedFor,
            Extents = ExtentPlanner.Plan(schedule),
            Parts = schedule.Parts.Select(static p => new PlannedPart(p.Name, p.Buffer, p.Shift)).ToImmutableArray(),
            Ops = schedule.Graph.Nodes.Count(static n => !Views.IsView(n) && !Views.IsLeaf(n) && !Views.IsNumber(n)),
        };
    }

    private static PlannedTensor Tensor(Schedule schedule, string name, Node node)
    {
        Layout layout = node.Op is TransposeOp or BroadcastOp or StopGradientOp or SliceOp
            ? throw new InvalidOperationException($"Result '{name}' is a view.")
            : schedule.Layouts.Of(node);
        return new PlannedTensor(
            name, schedule.BufferOf(node), node.Shape, layout.Strides, node.DType == DType.Int, Limit(schedule.Graph, node),
            Ignored(schedule.Graph, node), (node.Op as InputOp)?.LengthsOf ?? "");
    }

    /// <summary>For labels and row numbers: the number of classes, or of rows, that they must stay below.</summary>
    private static int Limit(Graph graph, Node node) => graph.Nodes
        .Select(n => n.Op switch
        {
            OneHotOp hot when Views.Base(n.Inputs[0]) == node => hot.Classes,
            GatherOp when n.Inputs[1] == node => n.Inputs[0].Shape[0].Constant,
            CollectiveOp { Kind: CollectiveKind.OwnLabels } own when Labels(n.Inputs[0]) == node => own.Classes * own.Ranks,
            MarginLossOp when Views.Base(n.Inputs[2]) == node => n.Inputs[1].Shape[0].Constant,
            MarginLogSumOp when Views.Base(n.Inputs[2]) == node => n.Inputs[1].Shape[0].Constant,
            _ => 0,
        })
        .Where(static limit => limit > 0).DefaultIfEmpty(0).Min();

    /// <summary>The input of labels, which may be those of all ranks.</summary>
    private static Node Labels(Node node) =>
        Views.Base(node) is { Op: CollectiveOp { Kind: CollectiveKind.Gather } } all ? Views.Base(all.Inputs[0]) : Views.Base(node);

    /// <summary>For labels: the one that need not be a class, because it does not count. A row must exist.</summary>
    private static int? Ignored(Graph graph, Node node) =>
        !graph.Nodes.Any(n => n.Op is GatherOp && n.Inputs[1] == node)
        && graph.Nodes.Where(n => n.Op is DiffersOp && Labels(n.Inputs[0]) == node)
            .Select(static n => (int?)((DiffersOp)n.Op).Number).Distinct().Take(2).ToArray() is { Length: 1 } one
            ? one[0] : null;
}
