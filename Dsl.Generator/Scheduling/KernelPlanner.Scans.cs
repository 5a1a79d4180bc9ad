using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Scheduling;

/// <content>Scans along an axis: they have no body.</content>
internal sealed partial class KernelPlanner
{
    /// <summary>Rows that the tiles of a scan are chosen for: half the positions of a short chunk on the host, so that none are left
    /// over.</summary>
    private const int ScanRows = 8;

    private PlannedKernel PlanOuterScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        var op = (OuterScanOp)scan.Op;
        int heads = scan.Shape[2].Constant;
        int keys = scan.Inputs[0].Shape[3].Constant;
        int values = scan.Shape[3].Constant;
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", scan.Shape[0]), Property("Positions", scan.Shape[1]), new("Heads", Int(heads)),
            new("Keys", Int(keys)), new("Values", Int(values)), new("Chunk", Int(op.Chunk)),
        };
        if (op.Intra != Intra.Inclusive)
        {
            shape.Add(new("Intra", $"Intra.{op.Intra}"));
        }

        if (op.Reverse)
        {
            shape.Add(new("Reverse", "true"));
        }

        var buffers = new List<string>();
        (string Name, Node Node)[] operands =
        {
            ("Q", scan.Inputs[0]), ("K", scan.Inputs[1]), ("V", scan.Inputs[2]), ("O", scan),
        };
        AddSequences(shape, buffers, operands);

        AddSize(shape, "OFeature", _schedule.Layouts.Of(scan).Strides[3], 1);

        // Where few sequences would keep few cores busy they are cut, and the states at the cuts are kept.
        (string Name, Size Length)? scratch = heads >= OuterScanRanges.ManySequences ? null
            : (kernel.Name + ".Scratch", OuterScanRanges.MostStates * keys * values);
        if (scratch is { } s)
        {
            buffers.Add(s.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "OuterScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "OuterScanShape",
            Shape = shape.ToImmutableArray(),
            Tiles = TileFor(op.Intra == Intra.PreviousChunks ? op.Chunk : ScanRows, values),
            Scratch = scratch,
            Summary = Members(kernel),
        };
    }

    /// <summary>Operands and strides as both kinds of scans name them.</summary>
    private void AddSequences(
        List<KeyValuePair<string, string>> shape, List<string> buffers, IEnumerable<(string Name, Node Node)> operands)
    {
        foreach ((string name, Node node) in operands)
        {
            Layout layout = _schedule.Layouts.Of(node);
            buffers.Add(_schedule.BufferOf(Holder(node)));
            shape.Add(Property(name + "Batch", layout.Strides[0]));
            shape.Add(Property(name + "Position", layout.Strides[1]));
            shape.Add(Property(name + "Head", layout.Strides[2]));
        }
    }

    /// <summary>Where sequences without heads lie.</summary>
    private void AddRows(List<KeyValuePair<string, string>> shape, params (string Name, Node Node)[] operands)
    {
        foreach ((string name, Node node) in operands)
        {
            Layout layout = _schedule.Layouts.Of(node);
            shape.Add(Property(name + "Batch", layout.Strides[0]));
            shape.Add(Property(name + "Position", layout.Strides[1]));
        }
    }

    /// <summary>What a shape says only where it is so.</summary>
    private static void AddFlags(List<KeyValuePair<string, string>> shape, params (string Name, bool IsSet)[] flags) =>
        shape.AddRange(flags.Where(static f => f.IsSet).Select(static f => new KeyValuePair<string, string>(f.Name, "true")));

    private PlannedKernel PlanDecayScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        var step = scan.Op as DecayedSoFarOp;
        var op = scan.Op as DecayScanOp ?? new DecayScanOp(step!.Decay, step.Exclusive, Reverse: false);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", scan.Shape[0]), Property("Positions", scan.Shape[1]), Property("Heads", scan.Shape[2]),
            Property("Keys", scan.Inputs[0].Shape[3]), Property("Values", scan.Shape[3]),
            new("Decay", $"DecayAxis.{op.Decay}"),
        };
        if (op.Exclusive)
        {
            shape.Add(new("Exclusive", "true"));
        }

        if (op.Reverse)
        {
            shape.Add(new("Reverse", "true"));
        }

        var buffers = new List<string>();
        AddSequences(shape, buffers, new[]
        {
            ("Q", scan.Inputs[0]), ("K", scan.Inputs[1]), ("V", scan.Inputs[2]), ("D", scan.Inputs[3]), ("O", scan),
        });
        (string Name, Size Length)? memory = step is null ? null
            : (kernel.Name + ".Memory", DecayedSoFarOp.StateLength(scan.Inputs));
        if (memory is { } state)
        {
            buffers.Add(state.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "DecayScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "DecayScanShape",
            Shape = shape.ToImmutableArray(),
            Memory = memory,
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanDiagonalScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        bool sums = scan.Op is DiagonalScanSumsOp;
        int modes = sums ? 2 : 1;
        int resets = sums ? 4 : 5;
        Node u = scan.Inputs[sums ? 1 : 0];
        Node y = sums ? scan.Inputs[0] : scan;
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", u.Shape[0]), Property("Positions", u.Shape[1]), Property("Channels", u.Shape[2]),
            Property("States", scan.Inputs[modes].Shape[1]),
        };
        AddRows(shape, ("U", u), ("Y", y));

        AddFlags(
            shape,
            ("Reverse", scan.Op is DiagonalScanOp { Reverse: true } or DiagonalScanSumsOp { Reverse: true }),
            ("Resets", scan.Inputs.Length > resets));

        // The result comes before what need not be there.
        List<string> buffers = scan.Inputs.Take(resets).Select(i => _schedule.BufferOf(Holder(i))).ToList();
        buffers.Add(_schedule.BufferOf(scan));
        buffers.AddRange(scan.Inputs.Skip(resets).Select(i => _schedule.BufferOf(Holder(i))));
        (string Name, Size Length)? memory = scan.Op is DiagonalSoFarOp
            ? (kernel.Name + ".Memory", DiagonalSoFarOp.StateLength(scan.Inputs)) : null;
        if (memory is { } state)
        {
            buffers.Add(state.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = sums ? "DiagonalScanSums" : "DiagonalScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "DiagonalScanShape",
            Shape = shape.ToImmutableArray(),
            Memory = memory,
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanLinearScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        var step = scan.Op as LinearSoFarOp;
        var op = scan.Op as LinearScanOp ?? new LinearScanOp(step!.Complex);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", scan.Shape[0]), Property("Positions", scan.Shape[1]),
            new("Channels", Int(scan.Shape[2].Constant / (op.Complex ? 2 : 1))),
        };
        if (scan.Inputs[0].Rank == 3)
        {
            AddRows(shape, ("A", scan.Inputs[0]));
        }

        AddRows(shape, ("X", scan.Inputs[1]), ("Y", scan));
        AddFlags(shape, ("Complex", op.Complex), ("Adjoint", op.Adjoint));

        List<string> buffers = scan.Inputs.Select(i => _schedule.BufferOf(Holder(i))).ToList();
        buffers.Add(_schedule.BufferOf(scan));
        (string Name, Size Length)? memory = step is not null
            ? (kernel.Name + ".Memory", LinearSoFarOp.StateLength(scan.Inputs)) : null;
        if (memory is { } state)
        {
            buffers.Add(state.Name);
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "LinearScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "LinearScanShape",
            Shape = shape.ToImmutableArray(),
            Memory = memory,
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanSelectiveScan(FusedKernel kernel)
    {
        Node scan = kernel.Anchors[0];
        bool isGradient = scan.Op is SelectiveScanGradientOp;
        Node[] operands = scan.Inputs.Skip(isGradient ? 1 : 0).ToArray();
        Node y = isGradient ? scan.Inputs[0] : scan;
        (int channels, int states) = (operands[2].Shape[0].Constant, operands[2].Shape[1].Constant);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", y.Shape[0]), Property("Positions", y.Shape[1]), new("Channels", Int(channels)),
            new("States", Int(states)),
        };
        var rows = new List<(string Name, Node Node)>
        {
            ("U", operands[0]), ("Delta", operands[1]), ("B", operands[3]), ("C", operands[4]), ("Y", y),
        };

        // What need not be there comes behind the rest.
        List<string> buffers = (isGradient ? scan.Inputs.Take(6) : operands.Take(5).Append(scan))
            .Select(i => _schedule.BufferOf(Holder(i))).ToList();
        buffers.AddRange(operands.Skip(5).Select(i => _schedule.BufferOf(Holder(i))));
        if (operands.Length > 5)
        {
            shape.Add(new("Resets", "true"));
        }

        (string Name, Size Length)? scratch = null, memory = null;
        if (isGradient)
        {
            Node[] gradients = kernel.Stores.OrderBy(static s => OperandOf(s)).ToArray();
            buffers.AddRange(gradients.Select(_schedule.BufferOf));
            rows.AddRange(gradients.Where(static s => OperandOf(s) != SelectiveOperand.A).Select(static s => ("Of" + OperandOf(s), s)));
            shape.Add(new("Gradients", string.Join(" | ", gradients.Select(static s => $"SelectiveGradients.{OperandOf(s)}"))));
            scratch = (kernel.Name + ".Scratch", SelectiveScanParts.Scratch(y.Shape[0], y.Shape[1], channels, states));
            buffers.Add(scratch.Value.Name);
        }
        else if (scan.Op is SelectiveSoFarOp)
        {
            memory = (kernel.Name + ".Memory", SelectiveSoFarOp.StateLength(operands));
            buffers.Add(memory.Value.Name);
        }

        foreach ((string name, Node node) in rows)
        {
            Layout layout = _schedule.Layouts.Of(node);
            shape.Add(Property(name + "Batch", layout.Strides[0]));
            shape.Add(Property(name + "Position", layout.Strides[1]));
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = isGradient ? "SelectiveScanGradient" : "SelectiveScan",
            Buffers = buffers.ToImmutableArray(),
            ShapeType = "SelectiveScanShape",
            Shape = shape.ToImmutableArray(),
            Scratch = scratch,
            Memory = memory,
            Summary = Members(kernel),
        };

        static SelectiveOperand OperandOf(Node store) => ((SelectiveScanGradientOp)store.Op).Operand;
    }

    private PlannedKernel PlanCumulativeSum(FusedKernel kernel)
    {
        Node sum = kernel.Anchors[0];
        var op = (CumSumOp)sum.Op;
        int axis = op.Axis;
        var shape = new List<KeyValuePair<string, string>>();
        AddSize(shape, "Outer", sum.Shape.Take(axis).Product(), 1);
        shape.Add(Property("Length", sum.Shape[axis]));
        AddSize(shape, "Inner", sum.Shape.Skip(axis + 1).Product(), 1);
        foreach ((string name, Node node) in new[] { ("From", sum.Inputs[0]), ("To", sum) })
        {
            Layout layout = _schedule.Layouts.Of(node);
            AddSize(shape, name + "Outer", axis == 0 ? Size.Zero : layout.Strides[axis - 1], 0);
            shape.Add(Property(name + "Step", layout.Strides[axis]));
        }

        AddFlags(shape, ("Exclusive", op.Exclusive), ("Reverse", op.Reverse), ("Largest", op.Largest));

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "CumulativeSum",
            Buffers = ImmutableArray.Create(_schedule.BufferOf(Holder(sum.Inputs[0])), _schedule.BufferOf(sum)),
            ShapeType = "CumulativeSumShape",
            Shape = shape.ToImmutableArray(),
            Summary = Members(kernel),
        };
    }

    /// <summary>The node in memory behind an operand that is walked by strides.</summary>
    private static Node Holder(Node operand) =>
        operand.Op is TransposeOp or StopGradientOp ? Holder(operand.Inputs[0]) : operand;
}
