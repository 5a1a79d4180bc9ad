using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>
/// The states of a <see cref="DiagonalScanOp"/> behind the last position: of u [b, n, h] and the parts of λ [h, m], x_t
/// = λ·x_{t-1} + u_t from zeros, [b, 2, h, m]: real parts, then imaginary ones. A fourth operand, floats [b, n], is 0
/// where states begin anew, else 1; it has no gradient.
/// </summary>
/// <remarks>x = Σ λ^k·u_k, k the positions that come after, so u has the gradient Re(λ^k·ḡ) with ḡ the conjugate of
/// that by x (<see cref="DiagonalZeroInputOp"/>), and ∂x/∂λ = Σ k·λ^(k-1)·u_k is such a state again.</remarks>
/// <param name="Reverse">Whether positions are taken from the end.</param>
/// <param name="Lengths">Whether a last operand, floats [b] from 1 to n, says how many positions a sample has, the first
/// ones; it has no gradient.</param>
internal sealed record DiagonalFinalStateOp(bool Reverse, bool Lengths = false) : Op
{
    public override string Name => "diagonalfinalstate";

    public override string Attributes => ((Reverse ? "reverse" : "") + (Lengths ? " lengths" : "")).Trim();

    public override Placement? Placement => new(Skeleton.DiagonalScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        ScanStates.ExpectFloats(this, inputs, 3, Lengths);
        Expect.Rank(this, inputs[0], 3);
        DiagonalScanOp.ExpectModes(this, inputs, 1, 2);
        ScanStates.ExpectBehind(this, inputs, 3, Lengths, inputs[0].Shape[0], inputs[0].Shape[1]);
        return (ImmutableArray.Create(inputs[0].Shape[0], 2, inputs[1].Shape[0], inputs[1].Shape[1]), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input == 0 && axis != 1 ? AxisReach.Same(axis) : ScanStates.FieldOfModes(input >= 3, axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node back = ScanStates.Conjugate(graph, cotangent);
        Node[] operands = node.Inputs.ToArray();
        operands[0] = back;
        Node ofU = graph.Add(new DiagonalZeroInputOp(!Reverse, node.Inputs[0].Shape[1], Lengths), operands);
        Node slope = ScanStates.Slope(graph, node.Inputs[0], node.Inputs.Skip(1).ToArray(), Reverse, Lengths);
        (Node ofRe, Node ofIm) = ScanStates.OfPole(graph, back, slope);
        return new ArraySegment<Node?>(new[] { ofU, ofRe, ofIm, null, null }, 0, node.Inputs.Length);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray u = inputs[0];
        (int sequence, int modes) = (u.Shape[1] * u.Shape[2], inputs[1].Data.Length);
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));

        // What comes last stays.
        (NdArray? resets, NdArray? lengths) = ScanStates.Behind(inputs, 3, Lengths);
        DiagonalScanOp.Walk(
            u, inputs[1], inputs[2], resets, Reverse, (at, mode, xRe, xIm, _, _) =>
            {
                int real = (at / sequence * 2 * modes) + mode;
                (result.Data[real], result.Data[real + modes]) = (xRe, xIm);
            },
            lengths);
        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * node.Shape[3] * 8;
}

/// <summary>
/// What states from outside give where nothing comes in: of z [b, 2, h, m], real parts before imaginary ones, and the
/// parts of λ [h, m], y = Σ Re(λ^k·z) at the position that is visited after k others, [b, n, h]. A fourth operand,
/// floats [b, n], is 0 where states begin anew, and nothing comes through; it has no gradient, and does not count
/// before the first position.
/// </summary>
/// <param name="Reverse">Whether positions are visited from the end.</param>
/// <param name="Positions">n.</param>
/// <param name="Lengths">Whether a last operand, floats [b] from 1 to n, says how many positions a sample has, the first
/// ones: zeros lie behind them. It has no gradient.</param>
internal sealed record DiagonalZeroInputOp(bool Reverse, Size Positions, bool Lengths = false) : Op
{
    public override string Name => "diagonalzeroinput";

    public override string Attributes =>
        Positions.ToString() + (Reverse ? " reverse" : "") + (Lengths ? " lengths" : "");

    public override Placement? Placement => new(Skeleton.DiagonalScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        ScanStates.ExpectFloats(this, inputs, 3, Lengths);
        Expect.Rank(this, inputs[0], 4);
        DiagonalScanOp.ExpectModes(this, inputs, 1, 2);
        ScanStates.Expects(this, inputs[0], inputs[0].Shape[0], inputs[1].Shape[0], inputs[1].Shape[1]);
        ScanStates.ExpectBehind(this, inputs, 3, Lengths, inputs[0].Shape[0], Positions);
        return (ImmutableArray.Create(inputs[0].Shape[0], Positions, inputs[1].Shape[0]), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input == 0 && axis is 0 or 2 ? AxisReach.Same(axis) : ScanStates.FieldOfModes(input >= 3, axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node[] operands = node.Inputs.ToArray();
        operands[0] = cotangent;
        Node ofStart = ScanStates.Conjugate(graph, graph.Add(new DiagonalFinalStateOp(!Reverse, Lengths), operands));
        Node slope = ScanStates.Slope(graph, cotangent, node.Inputs.Skip(1).ToArray(), !Reverse, Lengths);
        (Node ofRe, Node ofIm) = ScanStates.OfPole(graph, node.Inputs[0], slope);
        return new ArraySegment<Node?>(new[] { ofStart, ofRe, ofIm, null, null }, 0, node.Inputs.Length);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        (int n, int channels, int modes) = (result.Shape[1], result.Shape[2], inputs[1].Data.Length);
        (NdArray? resets, NdArray? lengths) = ScanStates.Behind(inputs, 3, Lengths);
        for (int i = 0; i < result.Shape[0] * modes; i++)
        {
            (int sample, int mode) = (i / modes, i % modes);
            int real = (sample * 2 * modes) + mode;
            var x = new Complex(inputs[0].Data[real], inputs[0].Data[real + modes]);
            int own = ScanStates.Own(lengths, sample, n);
            for (int k = 0; k < own; k++)
            {
                // In reverse a border lies behind the position that comes next: it is that of the one before.
                (int t, int border) = Reverse ? (own - 1 - k, own - k) : (k, k);
                if (k > 0 && resets?.Data[(sample * n) + border] == 0)
                {
                    break;
                }

                result.Data[(((sample * n) + t) * channels) + (mode * channels / modes)] += x.Real;
                x *= new Complex(inputs[1].Data[mode], inputs[2].Data[mode]);
            }
        }

        return result;
    }

    public override Size Flops(Node node) => node.Length * node.Inputs[1].Shape[1] * 8;
}
