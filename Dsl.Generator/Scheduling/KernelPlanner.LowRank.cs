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
        LowRankOperands at = LowRankOperands.Of(scan);
        Node sequence = at.Y ?? at.U!;
        (int channels, int states) = (modes.Shape[1].Constant, modes.Shape[2].Constant);
        Size positions = sequence.Shape[isImpulse ? 0 : 1];
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", isImpulse ? Size.One : sequence.Shape[0]), Property("Positions", positions),
            new("Channels", Int(channels)), new("States", Int(states)),
        };
        if (at.U is { } u)
        {
            AddRows(shape, ("U", u));
        }

        if (at.Y is { } y)
        {
            ImmutableArray<Size> strides = _schedule.Layouts.Of(y).Strides;
            shape.Add(Property("YBatch", isImpulse ? Size.Zero : strides[0]));
            shape.Add(Property("YPosition", strides[isImpulse ? 0 : 1]));
        }

        AddFlags(
            shape,
            ("Reverse", scan.Op is LowRankScanOp { Reverse: true } or LowRankGradientOp { Reverse: true }
                or LowRankFinalStateOp { Reverse: true } or LowRankZeroInputOp { Reverse: true }),
            ("Resets", at.Resets is not null), ("Impulse", isImpulse),
            ("FromStates", at.Start is not null), ("ToStates", at.Last is not null),
            ("Lengths", at.Lengths is not null));

        // What need not be there comes behind the rest.
        Node?[] nodes = { at.U, modes, at.Y, at.Start, at.Last, at.Resets, at.Lengths, isGradient ? scan : null };
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

/// <summary>What a scan with a part of rank one reads and writes besides its modes; null is what it has not.</summary>
/// <param name="U">What comes in.</param>
/// <param name="Y">What goes out, or its gradient.</param>
/// <param name="Start">States to begin with.</param>
/// <param name="Last">The last states, or what goes back from them.</param>
/// <param name="Resets">Where states begin anew.</param>
/// <param name="Lengths">How many positions each sample has.</param>
internal sealed record LowRankOperands(
    Node? U, Node? Y, Node? Start, Node? Last, Node? Resets, Node? Lengths = null)
{
    public static LowRankOperands Of(Node scan)
    {
        Node? At(int operand) => scan.Inputs.Skip(operand).FirstOrDefault();
        return scan.Op switch
        {
            LowRankGradientOp { HasStates: true } op => Behind(new(At(0), At(2), At(3), At(4), null), 5, op.Lengths),
            LowRankFinalStateOp op => Behind(new(At(0), null, At(2), scan, null), 3, op.Lengths),
            LowRankZeroInputOp op => Behind(new(null, scan, At(0), null, null), 2, op.Lengths),
            LowRankResponseOp => new(null, scan, null, null, null),
            LowRankGradientOp { Impulse: true } => new(null, At(1), null, null, null),
            LowRankGradientOp => new(At(0), At(2), null, null, At(3)),
            _ => new(At(0), scan, null, null, At(2)),
        };

        LowRankOperands Behind(LowRankOperands others, int count, bool lengths)
        {
            (Node? resets, Node? own) = ScanStates.Behind(scan.Inputs, count, lengths);
            return others with { Resets = resets, Lengths = own };
        }
    }
}
