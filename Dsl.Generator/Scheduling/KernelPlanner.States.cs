using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <content>Diagonal scans that take states instead of u, or give them instead of y.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanDiagonalStates(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        bool gives = scan.Op is DiagonalFinalStateOp;
        bool lengths = scan.Op is DiagonalFinalStateOp { Lengths: true } or DiagonalZeroInputOp { Lengths: true };
        Node sequence = gives ? scan.Inputs[0] : scan;
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", sequence.Shape[0]), Property("Positions", sequence.Shape[1]),
            Property("Channels", sequence.Shape[2]), Property("States", scan.Inputs[1].Shape[1]),
        };
        AddRows(shape, (gives ? "U" : "Y", sequence));
        foreach (string missing in gives ? new[] { "YBatch", "YPosition" } : new[] { "UBatch", "UPosition" })
        {
            shape.Add(new(missing, "0"));
        }

        AddFlags(
            shape,
            ("Reverse", scan.Op is DiagonalFinalStateOp { Reverse: true } or DiagonalZeroInputOp { Reverse: true }),
            ("Resets", ScanStates.Behind(scan.Inputs, 3, lengths).Resets is not null), ("FromStates", !gives),
            ("ToStates", gives), ("Lengths", lengths));

        // The result comes before what need not be there.
        Node[] nodes = scan.Inputs.Take(3).Append(scan).Concat(scan.Inputs.Skip(3)).ToArray();
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "DiagonalScan",
            Buffers = nodes.Select(n => _schedule.BufferOf(Holder(n))).ToImmutableArray(),
            ShapeType = "DiagonalScanShape",
            Shape = shape.ToImmutableArray(),
            Summary = Members(kernel),
        };
    }
}
