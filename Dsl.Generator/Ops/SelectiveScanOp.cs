using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Ops;

/// <summary>
/// States of each channel whose factors depend on the position: of u and steps Δ [b, n, d], A [d, m], and B and C [b, n, m],
/// y_t = Σ C_t·h_t with h_t = e^{Δ_t·A}·h_{t-1} + Δ_t·u_t·B_t. A sixth operand, floats [b, n], is 0 where states begin anew, else
/// 1; it has no gradient. The selective state space: Gu and Dao 2023, "Mamba", arXiv:2312.00752, algorithm 2.
/// </summary>
internal sealed record SelectiveScanOp : Op
{
    public override string Name => "selectivescan";

    public override Placement? Placement => new(Skeleton.SelectiveScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) => Infer(this, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(Op op, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, inputs.Count == 6 ? 6 : 5);
        (Node u, Node a) = (inputs[0], inputs[2]);
        Expect.Rank(op, u, 3);
        Expect.Shape(op, inputs[1], u.Shape[0], u.Shape[1], u.Shape[2]);
        Expect.Rank(op, a, 2);
        Expect.Shape(op, a, u.Shape[2], a.Shape[1]);
        Expect.That(a.Shape[0].IsConstant && a.Shape[1].IsConstant, op, "expects constant channels and states");
        Expect.That(
            a.Shape[1].Constant <= SelectiveScanParts.MostStates, op, $"expects at most {SelectiveScanParts.MostStates} states");
        Expect.Shape(op, inputs[3], u.Shape[0], u.Shape[1], a.Shape[1]);
        Expect.Shape(op, inputs[4], u.Shape[0], u.Shape[1], a.Shape[1]);
        DiagonalScanOp.ExpectResets(op, inputs, 5);
        return (u.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => (input, axis) switch
    {
        (0 or 1, not 1) => AxisReach.Same(axis),
        (3 or 4 or 5, 0) => AxisReach.Same(0),
        _ => AxisReach.Whole,
    };

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node[] operands = new[] { cotangent }.Concat(node.Inputs).ToArray();
        return node.Inputs.Select((_, i) =>
            i == 5 ? null : graph.Add(new SelectiveScanGradientOp((SelectiveOperand)i), operands)).ToArray();
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(inputs[0].Shape);
        var meaning = new SelectiveMeaning(inputs);
        for (int sequence = 0; sequence < meaning.Sequences; sequence++)
        {
            double[] h = meaning.States(sequence);
            for (int t = 0; t < meaning.Positions; t++)
            {
                y.Data[meaning.At(sequence, t)] += inputs[4].Data[meaning.OfState(sequence, t)] * h[t + 1];
            }
        }

        return y;
    }

    /// <summary>Of each state: its exponent and its factor, what comes in, and what it gives.</summary>
    public override Size Flops(Node node) => node.Length * node.Inputs[2].Shape[1] * 7;
}

/// <summary>What a <see cref="SelectiveScanGradientOp"/> is the gradient of.</summary>
internal enum SelectiveOperand
{
    U,
    Delta,
    A,
    B,
    C,
}

/// <summary>
/// A gradient of a <see cref="SelectiveScanOp"/>, of ȳ and its operands. One pass computes all of them: states are computed again,
/// and from the end g_t = C_t·ȳ_t + e^{Δ_{t+1}·A}·g_{t+1} goes back.
/// </summary>
/// <remarks>With a = e^{Δ·A}: ū = Δ·Σ g·B over states, Δ̄ = Σ g·(a·A·h_{t-1} + B·u), Ā = Σ g·h_{t-1}·a·Δ over positions, B̄ = Σ g·Δ·u
/// and C̄ = Σ ȳ·h over channels.</remarks>
/// <param name="Operand">Of what.</param>
internal sealed record SelectiveScanGradientOp(SelectiveOperand Operand) : Op
{
    public override string Name => "selectivescangradient";

    public override string Attributes => "of " + Operand.ToString().ToLowerInvariant();

    public override Placement? Placement => new(Skeleton.SelectiveScan, OperandForm.Strided) { YieldsRows = true };

    public override bool SharesPassWith(Op other) => other is SelectiveScanGradientOp;

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        SelectiveScanOp.Infer(this, inputs.Skip(1).ToArray());
        Expect.Floats(this, inputs, inputs.Count);
        Expect.Shape(this, inputs[0], inputs[1].Shape[0], inputs[1].Shape[1], inputs[1].Shape[2]);
        return (inputs[1 + (int)Operand].Shape, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no second derivative.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = inputs[0];
        NdArray[] operands = inputs.Skip(1).ToArray();
        (NdArray u, NdArray delta, NdArray a, NdArray b, NdArray c) =
            (operands[0], operands[1], operands[2], operands[3], operands[4]);
        NdArray result = NdArray.Zeros(operands[(int)Operand].Shape);
        var meaning = new SelectiveMeaning(operands);
        for (int sequence = 0; sequence < meaning.Sequences; sequence++)
        {
            double[] h = meaning.States(sequence);
            double back = 0;
            for (int t = meaning.Positions - 1; t >= 0; t--)
            {
                (int at, int state, int mode) = (meaning.At(sequence, t), meaning.OfState(sequence, t), meaning.Mode(sequence));
                double g = (c.Data[state] * y.Data[at]) + back;
                back = meaning.Factor(sequence, t) * g;
                double past = back * h[t];
                switch (Operand)
                {
                    case SelectiveOperand.U:
                        result.Data[at] += delta.Data[at] * g * b.Data[state];
                        break;
                    case SelectiveOperand.Delta:
                        result.Data[at] += (a.Data[mode] * past) + (g * b.Data[state] * u.Data[at]);
                        break;
                    case SelectiveOperand.A:
                        result.Data[mode] += past * delta.Data[at];
                        break;
                    case SelectiveOperand.B:
                        result.Data[state] += g * delta.Data[at] * u.Data[at];
                        break;
                    default:
                        result.Data[state] += y.Data[at] * h[t + 1];
                        break;
                }
            }
        }

        return result;
    }

    /// <summary>Those of all operands count with u: states again, before chunks and inside, and 15 on the way back.</summary>
    public override Size Flops(Node node) =>
        Operand == SelectiveOperand.U ? node.Length * node.Inputs[3].Shape[1] * 25 : Size.Zero;
}

/// <summary>A selective scan in doubles. A sequence is a state of a channel of a sample.</summary>
internal sealed class SelectiveMeaning(IReadOnlyList<NdArray> operands)
{
    private readonly int _channels = operands[2].Shape[0];
    private readonly int _states = operands[2].Shape[1];

    public int Positions { get; } = operands[0].Shape[1];

    public int Sequences => operands[0].Shape[0] * _channels * _states;

    /// <summary>The element of A.</summary>
    public int Mode(int sequence) => sequence % (_channels * _states);

    /// <summary>The element of u, Δ or y.</summary>
    public int At(int sequence, int t) => (Row(sequence, t) * _channels) + (Mode(sequence) / _states);

    /// <summary>The element of B or C.</summary>
    public int OfState(int sequence, int t) => (Row(sequence, t) * _states) + (sequence % _states);

    /// <summary>What is left of the state before.</summary>
    public double Factor(int sequence, int t) => operands.Count > 5 && operands[5].Data[Row(sequence, t)] == 0 ? 0
        : Math.Exp(operands[1].Data[At(sequence, t)] * operands[2].Data[Mode(sequence)]);

    /// <summary>The states: 0, and those after each position.</summary>
    public double[] States(int sequence)
    {
        var h = new double[Positions + 1];
        for (int t = 0; t < Positions; t++)
        {
            int at = At(sequence, t);
            h[t + 1] = (Factor(sequence, t) * h[t])
                + (operands[1].Data[at] * operands[0].Data[at] * operands[3].Data[OfState(sequence, t)]);
        }

        return h;
    }

    private int Row(int sequence, int t) => ((sequence / (_channels * _states)) * Positions) + t;
}
