using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// Complex states of each channel that forget at paces of their own, and what they sum up to: of u [b, n, h] and the parts of
/// λ and w [h, m], y_t = Σ Re(w·x_t) with x_t = λ·x_{t-1} + u_t. A sixth operand, floats [b, n], is 0 where states begin anew,
/// else 1; it has no gradient. The diagonal state space model: Gupta et al. 2022, arXiv:2203.14343; Gu et al. 2022,
/// arXiv:2206.11893, section 3.
/// </summary>
/// <remarks>The gradient of u is the same op from the other end. Those of λ and w need no states from the end: λ and w are
/// the same at all positions, so z = ∂x/∂λ is a recurrence as x is, z_t = λ·z_{t-1} + x_{t-1}, and two sums over positions,
/// of ȳ·x and ȳ·z, are all there is (<see cref="DiagonalScanSumsOp"/>).</remarks>
/// <param name="Reverse">Whether a position sees later positions instead of earlier ones.</param>
/// <param name="Form">How it is to be computed, of which <see cref="ScanForms"/> takes care.</param>
internal sealed record DiagonalScanOp(bool Reverse, StateSpaceForm Form = StateSpaceForm.Cheapest) : Op
{
    public override string Name => "diagonalscan";

    public override string Attributes => ScanForms.Attributes(Reverse, Form);

    public override Placement? Placement => new(Skeleton.DiagonalScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) => Infer(this, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(Op op, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, inputs.Count == 6 ? 6 : 5);
        Expect.Rank(op, inputs[0], 3);
        ExpectModes(op, inputs, 1, 4);
        ExpectResets(op, inputs, 5);
        return (inputs[0].Shape, DType.Float);
    }

    /// <summary>Operands <paramref name="first"/> … <paramref name="last"/> are [h, m], both constant.</summary>
    public static void ExpectModes(Op op, IReadOnlyList<Node> inputs, int first, int last)
    {
        for (int i = first; i <= last; i++)
        {
            Expect.Rank(op, inputs[i], 2);
            Expect.Shape(op, inputs[i], inputs[0].Shape[2], inputs[first].Shape[1]);
            Expect.That(
                inputs[i].Shape[0].IsConstant && inputs[i].Shape[1].IsConstant, op, "expects constant channels and states");
        }
    }

    public static void ExpectResets(Op op, IReadOnlyList<Node> inputs, int at)
    {
        if (inputs.Count > at)
        {
            Expect.Shape(op, inputs[at], inputs[0].Shape[0], inputs[0].Shape[1]);
        }
    }

    public override AxisReach Field(Node node, int input, int axis) => input switch
    {
        0 => axis == 1 ? AxisReach.Whole : AxisReach.Same(axis),
        5 => axis == 0 ? AxisReach.Same(0) : AxisReach.Whole,
        _ => AxisReach.Whole,
    };

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        var operands = new List<Node>(node.Inputs) { [0] = cotangent };
        Node ofU = graph.Add(new DiagonalScanOp(!Reverse), operands.ToArray());
        var summed = new List<Node> { cotangent, node.Inputs[0], node.Inputs[1], node.Inputs[2] };
        if (node.Inputs.Length > 5)
        {
            summed.Add(node.Inputs[5]);
        }

        Node sums = graph.Add(new DiagonalScanSumsOp(Reverse), summed.ToArray());
        (Node xRe, Node xIm, Node zRe, Node zIm) = (Part(0), Part(1), Part(2), Part(3));
        (Node wRe, Node wIm) = (node.Inputs[3], node.Inputs[4]);

        // Re(w·x) by the parts of w and, through z, by those of λ.
        Node ofPoleRe = graph.Pointwise("sub", graph.Pointwise("mul", wRe, zRe), graph.Pointwise("mul", wIm, zIm));
        Node ofPoleIm = graph.Pointwise(
            "neg", graph.Pointwise("add", graph.Pointwise("mul", wRe, zIm), graph.Pointwise("mul", wIm, zRe)));
        Node?[] all = { ofU, ofPoleRe, ofPoleIm, xRe, graph.Pointwise("neg", xIm), null };
        return new ArraySegment<Node?>(all, 0, node.Inputs.Length);

        Node Part(int part) => graph.Reshape(graph.Slice(sums, 0, part, 1), node.Inputs[1].Shape);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray u, NdArray wRe, NdArray wIm) = (inputs[0], inputs[3], inputs[4]);
        NdArray result = NdArray.Zeros(u.Shape);
        Walk(u, inputs[1], inputs[2], inputs.Count > 5 ? inputs[5] : null, Reverse, (at, mode, xRe, xIm, _, _) =>
            result.Data[at] += (wRe.Data[mode] * xRe) - (wIm.Data[mode] * xIm));
        return result;
    }

    /// <summary>Visits each state at each position of each channel: the element of u, that of λ, and the parts of x and
    /// z.</summary>
    public static void Walk(
        NdArray u, NdArray re, NdArray im, NdArray? goesOn, bool reverse, Action<int, int, double, double, double, double> visit,
        NdArray? lengths = null)
    {
        (int n, int channels, int modes) = (u.Shape[1], re.Shape[0], re.Shape[1]);
        for (int sequence = 0; sequence < u.Shape[0] * channels * modes; sequence++)
        {
            int sample = sequence / (channels * modes);
            int mode = sequence % (channels * modes);
            double xRe = 0, xIm = 0, zRe = 0, zIm = 0;
            int own = ScanStates.Own(lengths, sample, n);
            for (int step = 0; step < own; step++)
            {
                int t = reverse ? own - 1 - step : step;
                int border = reverse ? t + 1 : t;
                if (step > 0 && goesOn?.Data[(sample * n) + border] == 0)
                {
                    xRe = xIm = zRe = zIm = 0;
                }

                int at = (((sample * n) + t) * channels) + (mode / modes);
                (zRe, zIm) = (
                    (re.Data[mode] * zRe) - (im.Data[mode] * zIm) + xRe, (re.Data[mode] * zIm) + (im.Data[mode] * zRe) + xIm);
                (xRe, xIm) = (
                    (re.Data[mode] * xRe) - (im.Data[mode] * xIm) + u.Data[at], (re.Data[mode] * xIm) + (im.Data[mode] * xRe));
                visit(at, mode, xRe, xIm, zRe, zIm);
            }
        }
    }

    /// <summary>Of each state: its turn, and what it gives.</summary>
    public override Size Flops(Node node) => node.Length * node.Inputs[1].Shape[1] * 12;
}

/// <summary>
/// What a <see cref="DiagonalScanOp"/> needs for the gradients of λ and w: of ȳ and u [b, n, h] and the parts of λ [h, m], and
/// perhaps where states begin anew, [4, h, m]: the parts of Σ ȳ_t·x_t and of Σ ȳ_t·z_t over samples and positions, where
/// z = ∂x/∂λ.
/// </summary>
/// <param name="Reverse">Whether a position sees later positions instead of earlier ones.</param>
internal sealed record DiagonalScanSumsOp(bool Reverse) : Op
{
    public override string Name => "diagonalscansums";

    public override string Attributes => Reverse ? "reverse" : "";

    public override Placement? Placement => new(Skeleton.DiagonalScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, inputs.Count == 5 ? 5 : 4);
        Expect.Rank(this, inputs[0], 3);
        Expect.Shape(this, inputs[1], inputs[0].Shape[0], inputs[0].Shape[1], inputs[0].Shape[2]);
        DiagonalScanOp.ExpectModes(this, inputs, 2, 3);
        DiagonalScanOp.ExpectResets(this, inputs, 4);
        return (ImmutableArray.Create(4, inputs[2].Shape[0], inputs[2].Shape[1]), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Whole;

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        throw new InvalidOperationException($"'{Name}' has no gradient: it is part of one.");

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray y, NdArray re) = (inputs[0], inputs[2]);
        int modes = re.Data.Length;
        NdArray result = NdArray.Zeros(new[] { 4, re.Shape[0], re.Shape[1] });
        DiagonalScanOp.Walk(
            inputs[1], re, inputs[3], inputs.Count > 4 ? inputs[4] : null, Reverse, (at, mode, xRe, xIm, zRe, zIm) =>
            {
                result.Data[mode] += y.Data[at] * xRe;
                result.Data[modes + mode] += y.Data[at] * xIm;
                result.Data[(2 * modes) + mode] += y.Data[at] * zRe;
                result.Data[(3 * modes) + mode] += y.Data[at] * zIm;
            });
        return result;
    }

    /// <summary>Of each state: two turns and two sums.</summary>
    public override Size Flops(Node node) => node.Inputs[0].Length * node.Inputs[2].Shape[1] * 24;
}
