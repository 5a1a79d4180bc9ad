using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Scheduling;

/// <content>The delta rule and its gradients.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanDeltaScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        bool isGradient = scan.Op is DeltaScanGradientOp;
        Node o = isGradient ? scan.Inputs[4] : scan;
        Node[] operands = isGradient ? DeltaScanGradientOp.Forward(scan.Inputs).ToArray() : scan.Inputs.ToArray();
        (Size sequences, int keys, int values) =
            (o.Shape[0] * o.Shape[2], operands[0].Shape[3].Constant, o.Shape[3].Constant);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", o.Shape[0]), Property("Positions", o.Shape[1]), Property("Heads", o.Shape[2]),
            new("Keys", Int(keys)), new("Values", Int(values)),
        };
        AddFlags(shape, ("Decays", operands.Length > 4));
        var rows = new List<(string Name, Node Node)>
        {
            ("Q", operands[0]), ("K", operands[1]), ("V", operands[2]), ("B", operands[3]), ("O", o),
        };
        rows.AddRange(operands.Skip(4).Select(static d => ("D", d)));
        (string Name, Size Length)? scratch = null, memory = null;
        if (isGradient)
        {
            Node[] gradients = kernel.Stores.OrderBy(static s => OperandOf(s)).ToArray();
            rows.AddRange(gradients.Select(static s => ("Of" + OperandOf(s), s)));
            shape.Add(new("Gradients", string.Join(" | ", gradients.Select(static s => $"DeltaGradients.{OperandOf(s)}"))));
            scratch = (kernel.Name + ".Scratch", DeltaScanParts.Scratch(sequences, o.Shape[1], keys, values));
        }
        else if (scan.Op is DeltaSoFarOp)
        {
            memory = (kernel.Name + ".Memory", DeltaSoFarOp.StateLength(operands));
        }

        var buffers = new List<string>();
        AddSequences(shape, buffers, rows);
        if ((scratch ?? memory) is { } own)
        {
            buffers.Add(own.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = isGradient ? "DeltaScanGradient" : "DeltaScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "DeltaScanShape",
            Shape = shape.ToImmutableArray(),
            Scratch = scratch,
            Memory = memory,
            Summary = Members(kernel),
        };

        static DeltaOperand OperandOf(Node store) => ((DeltaScanGradientOp)store.Op).Operand;
    }
}
