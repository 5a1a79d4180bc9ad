using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Scheduling;

/// <content>HiPPO memories.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanHippoScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        HippoScanOp op = scan.Op switch
        {
            HippoSoFarOp { Order: var order, Scaled: var scaled } => new HippoScanOp(order, scaled),
            HippoStartOp { Order: var order, Scaled: var scaled } =>
                new HippoScanOp(order, scaled, Transposed: true, Starts: scaled),
            _ => (HippoScanOp)scan.Op,
        };
        bool toStart = scan.Op is HippoStartOp;
        (Node u, Node y) = op.Transposed ? (scan, scan.Inputs[0]) : (scan.Inputs[0], scan);
        int always = op.Scaled ? 1 : 2;
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", y.Shape[0]), Property("Positions", y.Shape[1]),
            Property("Channels", toStart ? u.Shape[1] : u.Shape[2]), new("Order", Int(op.Order)),
        };
        if (toStart)
        {
            shape.AddRange(new KeyValuePair<string, string>[] { new("UBatch", "0"), new("UPosition", "0") });
        }
        else
        {
            AddRows(shape, ("U", u));
        }

        AddRows(shape, ("Y", y));
        AddFlags(
            shape,
            ("Scaled", op.Scaled), ("Transposed", op.Transposed), ("Starts", op.Starts), ("ToStart", toStart),
            ("Resets", scan.Inputs.Length > always + (op.Starts ? 1 : 0)));

        // The result comes before what need not be there.
        List<string> buffers = scan.Inputs.Take(always).Select(i => _schedule.BufferOf(Holder(i))).ToList();
        buffers.Add(_schedule.BufferOf(scan));
        buffers.AddRange(scan.Inputs.Skip(always).Select(i => _schedule.BufferOf(Holder(i))));
        (string Name, Size Length)? memory = scan.Op is HippoSoFarOp
            ? (kernel.Name + ".Memory", HippoSoFarOp.StateLength(op.Order, scan.Inputs)) : null;
        if (memory is { } state)
        {
            buffers.Add(state.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "HippoScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "HippoScanShape",
            Shape = shape.ToImmutableArray(),
            Memory = memory,
            Summary = Members(kernel),
        };
    }
}
