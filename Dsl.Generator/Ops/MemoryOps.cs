using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// What a program that takes a sequence position by position remembers from one run to the next. Its result depends on
/// earlier runs, so it has no meaning by itself and no gradient; <c>Stepping.Stepper</c> puts it in the place of an op that
/// mixes positions.
/// </summary>
internal abstract record MemoryOp : Op
{
    public override Placement? Placement => new(Skeleton.Memory, OperandForm.Buffer);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient: it remembers earlier runs.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        throw new InvalidOperationException($"'{Name}' has no value of its own: it remembers earlier runs.");

    /// <summary>Whether the result itself is what is remembered; else the skeleton has a buffer beside it.</summary>
    public virtual bool KeepsResult => true;

    protected static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The rows so far: [b, 1, w] to [b, capacity, w], and ints [b, 1] to [b, capacity]. The present one is row (number of
/// rows before) modulo capacity.</summary>
internal sealed record RowsSoFarOp(Size Capacity) : MemoryOp
{
    public override string Name => "rowssofar";

    public override string Attributes => Capacity.ToString();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.Rank(this, inputs[0], inputs[0].DType == DType.Int ? 2 : 3);
        return (inputs[0].Shape.SetItem(1, Capacity), inputs[0].DType);
    }
}

/// <summary>The sum so far, this run's included. What is remembered is the sum and what its roundings have lost.</summary>
internal sealed record SumSoFarOp : MemoryOp
{
    public override string Name => "sumsofar";

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        return (inputs[0].Shape, DType.Float);
    }
}

/// <summary>The largest so far, this run's included.</summary>
internal sealed record LargestSoFarOp : MemoryOp
{
    public override string Name => "largestsofar";

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        return (inputs[0].Shape, DType.Float);
    }
}

/// <summary>What was given the run before; zeros at first.</summary>
internal sealed record BeforeOp : MemoryOp
{
    public override string Name => "before";

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        return (inputs[0].Shape, DType.Float);
    }
}

/// <summary>
/// The recurrent form of <see cref="OuterScanOp"/> (Katharopoulos et al. 2020, eq. 16 to 20): the state gains k vᵀ, and the
/// result is qᵀ·state. Of q, k [b, heads·d] and v [b, heads·e]. With chunks the state gains what a chunk has added when
/// the next one begins. Beside the state is remembered what its roundings have lost.
/// </summary>
internal sealed record ProductsSoFarOp(int Heads, int Chunk) : MemoryOp
{
    public override string Name => "productssofar";

    public override string Attributes => $"heads={Count(Heads)}" + (Chunk > 0 ? $" chunk={Count(Chunk)}" : "");

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 3);
        foreach (Node x in inputs)
        {
            Expect.Rank(this, x, 2);
            Expect.That(x.Shape[1].IsConstant && x.Shape[1].Constant % Heads == 0, this, "expects constant widths of all heads");
        }

        return (inputs[2].Shape, DType.Float);
    }

    /// <summary>Elements that are remembered.</summary>
    public Size StateLength(IReadOnlyList<Node> inputs) => inputs[0].Shape[0] * inputs[0].Shape[1]
        * (inputs[2].Shape[1] / Heads) * (Chunk > 0 ? 3 : 2);
}

/// <summary>
/// The recurrent form of <see cref="DecayScanOp"/>: of q and k [b, 1, h, d], v [b, 1, h, e] and the logarithms of a decay. The
/// state is remembered.
/// </summary>
internal sealed record DecayedSoFarOp(DecayAxis Decay, bool Exclusive) : MemoryOp
{
    public override string Name => "decayedsofar";

    public override string Attributes => Decay.ToString().ToLowerInvariant() + (Exclusive ? " exclusive" : "");

    public override Placement? Placement => new(Skeleton.DecayScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        DecayScanOp.Infer(this, Decay, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(IReadOnlyList<Node> inputs) =>
        inputs[0].Shape[0] * inputs[0].Shape[2] * inputs[0].Shape[3] * inputs[2].Shape[3];
}

/// <summary>
/// The recurrent form of <see cref="DiagonalScanOp"/>: of u [b, 1, h] and the parts of λ and w. The states are
/// remembered.
/// </summary>
internal sealed record DiagonalSoFarOp : MemoryOp
{
    public override string Name => "diagonalsofar";

    public override Placement? Placement => new(Skeleton.DiagonalScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        DiagonalScanOp.Infer(this, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(IReadOnlyList<Node> inputs) =>
        inputs[0].Shape[0] * inputs[1].Shape[0] * inputs[1].Shape[1] * 2;
}

/// <summary>The recurrent form of <see cref="LowRankScanOp"/>, and of a convolution with its response: of u [b, 1, h]
/// and the modes. The states are remembered.</summary>
internal sealed record LowRankSoFarOp : MemoryOp
{
    public override string Name => "lowranksofar";

    public override Placement? Placement => new(Skeleton.LowRankScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        LowRankScanOp.Infer(this, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(IReadOnlyList<Node> inputs) =>
        inputs[0].Shape[0] * inputs[1].Shape[1] * inputs[1].Shape[2] * 2;
}

/// <summary>The recurrent form of <see cref="DeltaScanOp"/>: of one position. The states are remembered.</summary>
internal sealed record DeltaSoFarOp : MemoryOp
{
    public override string Name => "deltasofar";

    public override Placement? Placement => new(Skeleton.DeltaScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        DeltaScanOp.Infer(this, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(IReadOnlyList<Node> inputs) =>
        inputs[0].Shape[0] * inputs[0].Shape[2] * inputs[0].Shape[3] * inputs[2].Shape[3];
}

/// <summary>The recurrent form of <see cref="LinearScanOp"/>: of one position. The states are remembered.</summary>
/// <param name="Complex">Whether numbers are complex.</param>
internal sealed record LinearSoFarOp(bool Complex) : MemoryOp
{
    public override string Name => "linearsofar";

    public override string Attributes => Complex ? "complex" : "";

    public override Placement? Placement => new(Skeleton.LinearScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        LinearScanOp.Infer(this, Complex, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(IReadOnlyList<Node> inputs) => inputs[1].Shape[0] * inputs[1].Shape[2];
}

/// <summary>The recurrent form of <see cref="HippoScanOp"/>: of one position. Coefficients are remembered, and of how many
/// positions they are.</summary>
/// <param name="Order">Coefficients of a channel.</param>
/// <param name="Scaled">Whether it is HiPPO-LegS.</param>
internal sealed record HippoSoFarOp(int Order, bool Scaled) : MemoryOp
{
    public override string Name => "hipposofar";

    public override string Attributes => $"{Order}" + (Scaled ? " scaled" : "");

    public override Placement? Placement => new(Skeleton.HippoScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        HippoScanOp.Infer(this, Order, Scaled, transposed: false, starts: false, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(int order, IReadOnlyList<Node> inputs) =>
        inputs[0].Shape[0] * inputs[0].Shape[2] * (order + 1);
}

/// <summary>The recurrent form of <see cref="SelectiveScanOp"/>: of one position. The states are remembered.</summary>
internal sealed record SelectiveSoFarOp : MemoryOp
{
    public override string Name => "selectivesofar";

    public override Placement? Placement => new(Skeleton.SelectiveScan, OperandForm.Strided) { YieldsRows = true };

    public override bool KeepsResult => false;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) =>
        SelectiveScanOp.Infer(this, inputs);

    /// <summary>Elements that are remembered.</summary>
    public static Size StateLength(IReadOnlyList<Node> inputs) =>
        inputs[0].Shape[0] * inputs[2].Shape[0] * inputs[2].Shape[1];
}
