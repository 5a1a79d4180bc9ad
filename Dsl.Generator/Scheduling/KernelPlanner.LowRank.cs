using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Scheduling;

/// <content>Scans with a part of rank one: they have no body.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanLowRankScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        bool isGradient = scan.Op is LowRankGradientOp;
        bool isImpulse = scan.Op is LowRankResponseOp or LowRankGradientOp { Impulse: true };
        Node modes = LowRank.ModesOf(scan.Op, scan.Inputs);
        Node y = isGradient ? scan.Inputs[isImpulse ? 1 : 2] : scan;
        Layout ys = _schedule.Layouts.Of(y);
        (int channels, int states) = (modes.Shape[1].Constant, modes.Shape[2].Constant);
        Size positions = y.Shape[isImpulse ? 0 : 1];
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", isImpulse ? Size.One : y.Shape[0]), Property("Positions", positions),
            new("Channels", Int(channels)), new("States", Int(states)),
        };
        if (!isImpulse)
        {
            Layout us = _schedule.Layouts.Of(scan.Inputs[0]);
            shape.Add(Property("UBatch", us.Strides[0]));
            shape.Add(Property("UPosition", us.Strides[1]));
        }

        shape.Add(Property("YBatch", isImpulse ? Size.Zero : ys.Strides[0]));
        shape.Add(Property("YPosition", ys.Strides[isImpulse ? 0 : 1]));
        Node? resets = isImpulse ? null : scan.Inputs.Skip(isGradient ? 3 : 2).FirstOrDefault();
        AddFlags(
            shape,
            ("Reverse", scan.Op is LowRankScanOp { Reverse: true } or LowRankGradientOp { Reverse: true }),
            ("Resets", resets is not null),
            ("Impulse", isImpulse));

        // What need not be there comes behind the rest.
        var nodes = new List<Node?> { isImpulse ? null : scan.Inputs[0], modes, y, resets, isGradient ? scan : null };
        List<string> buffers = nodes.OfType<Node>().Select(n => _schedule.BufferOf(Holder(n))).ToList();
        (string Name, Size Length)? scratch = null, memory = null;
        if (isGradient)
        {
            scratch = (kernel.Name + ".Scratch", LowRankParts.Scratch(positions, channels, states));
        }
        else if (scan.Op is LowRankSoFarOp)
        {
            memory = (kernel.Name + ".Memory", LowRankSoFarOp.StateLength(scan.Inputs));
        }

        buffers.AddRange(new[] { scratch?.Name, memory?.Name }.OfType<string>());
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = isGradient ? "LowRankScanGradient" : "LowRankScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "LowRankScanShape",
            Shape = shape.ToImmutableArray(),
            Scratch = scratch,
            Memory = memory,
            Summary = Members(kernel),
        };
    }
}
