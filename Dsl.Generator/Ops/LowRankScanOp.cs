using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// Complex states of each channel that a part of rank one couples: of u [b, n, h] and modes [10, h, m], the parts of λ,
/// p, b, q and w, y_t = Σ Re(w·x_t) with x_t = λ·x_{t-1} - p·r_t + b·u_t and r_t = Σ Re(q·x_{t-1}). A third operand,
/// floats [b, n], is 0 where states begin anew, else 1; it has no gradient. What a diagonal plus low-rank state space
/// is in steps: Gu et al. 2021, arXiv:2111.00396, appendix C.2.
/// </summary>
/// <param name="Reverse">Whether a position sees later positions instead of earlier ones.</param>
/// <param name="Form">How it is to be computed, of which <see cref="ScanForms"/> takes care.</param>
internal sealed record LowRankScanOp(bool Reverse, StateSpaceForm Form = StateSpaceForm.Cheapest) : Op
{
    public override string Name => "lowrankscan";

    public override string Attributes => ScanForms.Attributes(Reverse, Form);

    public override Placement? Placement => new(Skeleton.LowRankScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) => Infer(this, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(Op op, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, inputs.Count == 3 ? 3 : 2);
        Expect.Rank(op, inputs[0], 3);
        LowRank.ExpectModes(op, inputs[1]);
        Expect.Shape(op, inputs[0], inputs[0].Shape[0], inputs[0].Shape[1], inputs[1].Shape[1]);
        DiagonalScanOp.ExpectResets(op, inputs, 2);
        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => input switch
    {
        0 => axis == 1 ? AxisReach.Whole : AxisReach.Same(axis),
        2 => axis == 0 ? AxisReach.Same(0) : AxisReach.Whole,
        _ => AxisReach.Whole,
    };

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        var operands = new List<Node>(node.Inputs) { [0] = cotangent, [1] = LowRank.Transposed(graph, node.Inputs[1]) };
        Node ofU = graph.Add(new LowRankScanOp(!Reverse), operands.ToArray());
        operands = new List<Node>(node.Inputs);
        operands.Insert(2, cotangent);
        Node ofModes = graph.Add(new LowRankGradientOp(Reverse, Impulse: false), operands.ToArray());
        return node.Inputs.Length > 2 ? new Node?[] { ofU, ofModes, null } : new Node?[] { ofU, ofModes };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(inputs[0].Shape);
        new LowRank(inputs[1], inputs[0].Shape, Reverse, inputs.Count > 2 ? inputs[2] : null).Forward(
            at => inputs[0].Data[at], result.Data);
        return result;
    }

    /// <summary>Of each state: its turn, what couples it, and what it gives.</summary>
    public override Size Flops(Node node) => node.Length * node.Inputs[1].Shape[2] * 24;
}

/// <summary>The kernel of a <see cref="LowRankScanOp"/>: what it makes of an impulse, [taps, h] of modes [10, h,
/// m].</summary>
/// <param name="Taps">Positions.</param>
internal sealed record LowRankResponseOp(Size Taps) : Op
{
    public override string Name => "lowrankresponse";

    public override string Attributes => Taps.ToString();

    public override Placement? Placement => new(Skeleton.LowRankScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        LowRank.ExpectModes(this, inputs[0]);
        return (ImmutableArray.Create(Taps, inputs[0].Shape[1]), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Add(new LowRankGradientOp(Reverse: false, Impulse: true), node.Inputs[0], cotangent) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int channels = inputs[0].Shape[1];
        NdArray result = NdArray.Zeros(new[] { valueOf(Taps), channels });
        new LowRank(inputs[0], new[] { 1, result.Shape[0], channels }, reverse: false, null).Forward(
            at => at < channels ? 1 : 0, result.Data);
        return result;
    }

    public override Size Flops(Node node) => node.Length * node.Inputs[0].Shape[2] * 24;
}

/// <summary>
/// The gradient of a <see cref="LowRankScanOp"/> by its modes: of u, the modes, ȳ and perhaps where states begin anew;
/// of a <see cref="LowRankResponseOp"/>, of the modes and ȳ [taps, h]. Behind ȳ there may be states that the first
/// position begins with, and the conjugate of the gradient by the last ones, both [b, 2, h, m].
/// </summary>
/// <param name="Reverse">Whether a position sees later positions instead of earlier ones.</param>
/// <param name="Impulse">Whether u is an impulse.</param>
/// <param name="HasStates">Whether there are the two.</param>
/// <param name="Lengths">Whether, beside states, a last operand, floats [b] from 1 to n, says how many positions a sample
/// has, the first ones.</param>
internal sealed record LowRankGradientOp(
    bool Reverse, bool Impulse, bool HasStates = false, bool Lengths = false) : Op
{
    public override string Name => "lowrankgradient";

    public override string Attributes =>
        (Impulse ? "impulse" : "") + (Reverse ? "reverse" : "") + (HasStates ? " with states" : "")
        + (Lengths ? " lengths" : "");

    /// <summary>Which operand says where states begin anew, if there is one.</summary>
    public int Resets => HasStates ? 5 : 3;

    public override Placement? Placement => new(Skeleton.LowRankScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Node modes = LowRank.ModesOf(this, inputs);
        if (Impulse)
        {
            Expect.Floats(this, inputs, 2);
        }
        else
        {
            ScanStates.ExpectFloats(this, inputs, Resets, Lengths);
        }

        LowRank.ExpectModes(this, modes);
        if (!Impulse)
        {
            Expect.Shape(this, inputs[2], inputs[0].Shape[0], inputs[0].Shape[1], inputs[0].Shape[2]);
            ScanStates.ExpectBehind(this, inputs, Resets, Lengths, inputs[0].Shape[0], inputs[0].Shape[1]);
            for (int states = 3; states < Resets; states++)
            {
                ScanStates.Expects(this, inputs[states], inputs[0].Shape[0], modes.Shape[1], modes.Shape[2]);
            }
        }

        return (modes.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient: it is part of one.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray modes = inputs[Impulse ? 0 : 1], y = inputs[Impulse ? 1 : 2];
        int channels = modes.Shape[1];
        NdArray result = NdArray.Zeros(modes.Shape);
        Func<int, double> u = Impulse ? at => at < channels ? 1 : 0 : at => inputs[0].Data[at];
        IReadOnlyList<int> shape = Impulse ? new[] { 1, y.Shape[0], channels } : y.Shape;
        (NdArray? resets, NdArray? lengths) = ScanStates.Behind(inputs, Resets, Lengths);
        new LowRank(modes, shape, Reverse, resets, lengths).Backward(
            u, y.Data, result.Data, HasStates ? inputs[3] : null, HasStates ? inputs[4] : null);
        return result;
    }

    /// <summary>Twice forward, once back, and ten sums.</summary>
    public override Size Flops(Node node) =>
        node.Inputs[Impulse ? 1 : 0].Length * node.Shape[2] * 92;
}
