using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>
/// The states of a <see cref="LowRankScanOp"/> behind the last position, [b, 2, h, m], real parts before imaginary
/// ones: of u [b, n, h], modes [10, h, m] and states [b, 2, h, m] to begin with. The first position has x = start +
/// b·u, with no turn before it; all later ones are as in the scan. A fourth operand, floats [b, n], is 0 where states
/// begin anew, else 1; it has no gradient, and does not count before the first position.
/// </summary>
/// <remarks>With h the conjugate of the gradient by x, what goes back is the transposed recurrence (<see
/// cref="LowRank.Transposed"/>) that begins with that of the last states.</remarks>
/// <param name="Reverse">Whether positions are taken from the end.</param>
/// <param name="Lengths">Whether a last operand, floats [b] from 1 to n, says how many positions a sample has, the first
/// ones; it has no gradient.</param>
internal sealed record LowRankFinalStateOp(bool Reverse, bool Lengths = false) : Op
{
    public override string Name => "lowrankfinalstate";

    public override string Attributes => ((Reverse ? "reverse" : "") + (Lengths ? " lengths" : "")).Trim();

    public override Placement? Placement => new(Skeleton.LowRankScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        ScanStates.ExpectFloats(this, inputs, 3, Lengths);
        Expect.Rank(this, inputs[0], 3);
        LowRank.ExpectModes(this, inputs[1]);
        (Size b, Size n) = (inputs[0].Shape[0], inputs[0].Shape[1]);
        (Size h, Size m) = (inputs[1].Shape[1], inputs[1].Shape[2]);
        Expect.Shape(this, inputs[0], b, n, h);
        ScanStates.Expects(this, inputs[2], b, h, m);
        ScanStates.ExpectBehind(this, inputs, 3, Lengths, b, n);
        return (inputs[2].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        (input == 0 && axis != 1) || (input == 2 && axis is 0 or 2) ? AxisReach.Same(axis)
        : ScanStates.FieldOfModes(input >= 3, axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        (Node u, Node modes, Node start) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        Node[] behind = node.Inputs.Skip(3).ToArray();
        Node transposed = LowRank.Transposed(graph, modes);
        Node back = ScanStates.Conjugate(graph, cotangent);
        Node none = graph.Fill(0, u.Shape);
        Node ofU = graph.Add(new LowRankZeroInputOp(!Reverse, u.Shape[1], Lengths), With(behind, back, transposed));
        Node ofStart = graph.Add(new LowRankFinalStateOp(!Reverse, Lengths), With(behind, none, transposed, back));
        Node ofModes = graph.Add(
            new LowRankGradientOp(Reverse, Impulse: false, HasStates: true, Lengths),
            With(behind, u, modes, none, start, back));
        Node?[] all = { ofU, ofModes, ScanStates.Conjugate(graph, ofStart), null, null };
        return new ArraySegment<Node?>(all, 0, node.Inputs.Length);
    }

    /// <summary>Operands, and what lies behind them: where states begin anew, and lengths.</summary>
    public static Node[] With(Node[] behind, params Node[] operands)
    {
        var all = new List<Node>(operands);
        all.AddRange(behind);
        return all.ToArray();
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(inputs[2].Shape);
        (NdArray? resets, NdArray? lengths) = ScanStates.Behind(inputs, 3, Lengths);
        new LowRank(inputs[1], inputs[0].Shape, Reverse, resets, lengths).Forward(
            at => inputs[0].Data[at], null, inputs[2], result);
        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * node.Shape[3] * 24;
}

/// <summary>
/// What states from outside give where nothing comes in: of states [b, 2, h, m] that the first position begins with,
/// real parts before imaginary ones, and modes [10, h, m], y = Σ Re(w·x) of the recurrence of a <see
/// cref="LowRankScanOp"/> without u, [b, n, h]. No turn comes before the first position. A third operand, floats [b,
/// n], is 0 where states begin anew, and nothing comes through; it has no gradient, and does not count before the first
/// position.
/// </summary>
/// <param name="Reverse">Whether positions are visited from the end.</param>
/// <param name="Positions">n.</param>
/// <param name="Lengths">Whether a last operand, floats [b] from 1 to n, says how many positions a sample has, the first
/// ones: zeros lie behind them. It has no gradient.</param>
internal sealed record LowRankZeroInputOp(bool Reverse, Size Positions, bool Lengths = false) : Op
{
    public override string Name => "lowrankzeroinput";

    public override string Attributes =>
        Positions.ToString() + (Reverse ? " reverse" : "") + (Lengths ? " lengths" : "");

    public override Placement? Placement => new(Skeleton.LowRankScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        ScanStates.ExpectFloats(this, inputs, 2, Lengths);
        Expect.Rank(this, inputs[0], 4);
        LowRank.ExpectModes(this, inputs[1]);
        (Size b, Size h, Size m) = (inputs[0].Shape[0], inputs[1].Shape[1], inputs[1].Shape[2]);
        ScanStates.Expects(this, inputs[0], b, h, m);
        ScanStates.ExpectBehind(this, inputs, 2, Lengths, b, Positions);
        return (ImmutableArray.Create(b, Positions, h), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input == 0 && axis is 0 or 2 ? AxisReach.Same(axis) : ScanStates.FieldOfModes(input >= 2, axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        (Node start, Node modes) = (node.Inputs[0], node.Inputs[1]);
        Node[] behind = node.Inputs.Skip(2).ToArray();
        Node transposed = LowRank.Transposed(graph, modes);
        (Node none, Node noStates) = (graph.Fill(0, node.Shape), graph.Fill(0, start.Shape));
        Node ofStart = graph.Add(
            new LowRankFinalStateOp(!Reverse, Lengths),
            LowRankFinalStateOp.With(behind, cotangent, transposed, noStates));
        Node ofModes = graph.Add(
            new LowRankGradientOp(Reverse, Impulse: false, HasStates: true, Lengths),
            LowRankFinalStateOp.With(behind, none, modes, cotangent, start, noStates));
        Node?[] all = { ScanStates.Conjugate(graph, ofStart), ofModes, null, null };
        return new ArraySegment<Node?>(all, 0, node.Inputs.Length);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        (NdArray? resets, NdArray? lengths) = ScanStates.Behind(inputs, 2, Lengths);
        new LowRank(inputs[1], result.Shape, Reverse, resets, lengths).Forward(
            static _ => 0, result.Data, inputs[0]);
        return result;
    }

    public override Size Flops(Node node) => node.Length * node.Inputs[1].Shape[2] * 24;
}
