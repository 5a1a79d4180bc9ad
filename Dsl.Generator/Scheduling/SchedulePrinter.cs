using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>The dump <c>.schedule.txt</c>: launches in order, what each fuses, and why a node did not join its producer.</summary>
internal static class SchedulePrinter
{
    public static string Print(Schedule schedule, PlannedProgram program)
    {
        var text = new StringBuilder();
        text.Append($"{program.Name}: {program.Kernels.Length} launches{Prepared(program)}{Transposes(schedule, program)}\n");
        for (int i = 0; i < program.Kernels.Length; i++)
        {
            PlannedKernel k = program.Kernels[i];
            string extents = k.Shape.Length > 0
                ? string.Join(" ", k.Shape.Select(static p => $"{p.Key}={p.Value.Trim('"')}"))
                : string.Join(" × ", k.Arguments.Select(static a => a.Trim('"')));
            text.Append($"{i,3} {k.Skeleton,-15} {k.Name}\n");
            text.Append($"      {k.Summary}\n");
            text.Append($"      {extents}\n");
            text.Append($"      buffers {string.Join(", ", k.Buffers)}\n");
        }

        foreach (Node node in schedule.Graph.Nodes.Where(schedule.Fusion.Reasons.ContainsKey))
        {
            text.Append($"not fused: {node} {node.Op.Name} {node.Label}: {schedule.Fusion.Reasons[node]}\n");
        }

        foreach (Node join in schedule.Graph.Nodes.Where(static n => n.Op is JoinOp))
        {
            string operands = string.Join(", ", join.Inputs.Select(schedule.BufferOf));
            text.Append($"{join.Op.Name} {schedule.BufferOf(join)} holds {operands}\n");
        }

        string[] copies = schedule.Kernels.SelectMany(static k =>
            k.Stores).Where(Copies.IsCopy).Select(schedule.BufferOf).ToArray();
        if (copies.Length > 0)
        {
            text.Append($"copies: {copies.Length} ({string.Join(", ", copies)})\n");
        }

        foreach (Packing packing in schedule.Layouts.Packings)
        {
            text.Append($"parameter {packing}\n");
        }

        return text.ToString();
    }

    /// <summary>How many of the first launches run only when parameters, or sizes, have changed.</summary>
    private static string Prepared(PlannedProgram program) => program.Prepared == 0 ? ""
        : $"; the first {program.Prepared} when {string.Join(", ", program.PreparedFor.Prepend("parameters"))} change";

    /// <summary>How many launches only bring elements into another order: of activations and of gradients, which a good
    /// schedule has none of, and of parameters and what is made of them alone, which one of both passes reads along their other
    /// axis.</summary>
    private static string Transposes(Schedule schedule, PlannedProgram program)
    {
        string[] sources = program.Kernels.Where(static k => k.Skeleton == "Transpose").Select(static k => k.Buffers[0])
            .ToArray();
        var made = new HashSet<Node>();
        foreach (Node node in schedule.Graph.Nodes)
        {
            if (node.Op is ParameterOp || (node.Inputs.Any(made.Contains) && node.Inputs.All(i => made.Contains(i) || Views.IsNumber(i))))
            {
                made.Add(node);
            }
        }

        var buffers = new HashSet<string>(made
            .Where(n => n.Op is ParameterOp || schedule.Fusion.IsMaterialised(n)).Select(schedule.BufferOf));
        int ofParameters = sources.Count(buffers.Contains);
        return sources.Length == 0 ? ""
            : $"; transposes: {sources.Length - ofParameters} of activations, {ofParameters} of parameters";
    }
}
