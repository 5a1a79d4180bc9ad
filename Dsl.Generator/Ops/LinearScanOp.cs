using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// A linear recurrence of each channel: of x [b, n, c], h_t = a_t·h_{t-1} + x_t with a factor of its own at each position, a [b, n, c],
/// or the same at all of them, a [c]. Complex, the first half of the channels are real parts, the second half imaginary ones. Blelloch
/// 1990, "Prefix Sums and Their Applications", section 1.4.
/// </summary>
/// <remarks>The gradient by x is the adjoint scan, from the end: g_t = ā_{t+1}·g_{t+1} + ȳ_t with the conjugate of a; that by a is
/// g_t times the conjugate of h_{t-1}. The adjoint's own are the same the other way round.</remarks>
/// <param name="Complex">Whether numbers are complex.</param>
/// <param name="Adjoint">Whether it is the adjoint scan.</param>
internal sealed record LinearScanOp(bool Complex, bool Adjoint = false) : Op
{
    public override string Name => "linearscan";

    public override string Attributes => string.Join(" ", new[] { Complex ? "complex" : "", Adjoint ? "adjoint" : "" }
        .Where(static w => w.Length > 0));

    public override Placement? Placement => new(Skeleton.LinearScan, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs) => Infer(this, Complex, inputs);

    /// <summary>The rule of this op and of its recurrent form.</summary>
    public static (ImmutableArray<Size> Shape, DType DType) Infer(Op op, bool complex, IReadOnlyList<Node> inputs)
    {
        Expect.Floats(op, inputs, 2);
        (Node a, Node x) = (inputs[0], inputs[1]);
        Expect.Rank(op, x, 3);
        if (a.Rank == 1)
        {
            Expect.Shape(op, a, x.Shape[2]);
        }
        else
        {
            Expect.Shape(op, a, x.Shape[0], x.Shape[1], x.Shape[2]);
        }

        Expect.That(x.Shape[2].IsConstant, op, "expects constant channels");
        Expect.That(!complex || x.Shape[2].Constant % 2 == 0, op, "expects as many real as imaginary parts");
        return (x.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        node.Inputs[input].Rank == 1 ? (Complex ? AxisReach.Whole : AxisReach.Same(2))
        : axis == 1 || (Complex && axis == 2) ? AxisReach.Whole : AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node other = graph.Add(this with { Adjoint = !Adjoint }, node.Inputs[0], cotangent);

        // Of h_t = a_t·h_{t-1} + x_t the gradient is the adjoint; of the adjoint, h.
        (Node gradient, Node h) = Adjoint ? (node, other) : (other, node);
        Node before = graph.Slice(graph.Pad(h, 1, 1, 0, 0), 1, Size.Zero, h.Shape[1]);
        return new[] { TimesConjugate(graph, gradient, before, node.Inputs[0].Rank == 1), other };
    }

    /// <summary>g·h̄ of each channel; where the factor is the same everywhere, summed.</summary>
    private Node TimesConjugate(Graph graph, Node g, Node h, bool sums)
    {
        if (!Complex)
        {
            return Sum(graph.Pointwise("mul", g, h));
        }

        Size half = g.Shape[2].Constant / 2;
        (Node gRe, Node gIm, Node hRe, Node hIm) = (Part(g, Size.Zero), Part(g, half), Part(h, Size.Zero), Part(h, half));
        return graph.Concat(
            sums ? 0 : 2,
            Sum(graph.Pointwise("add", graph.Pointwise("mul", gRe, hRe), graph.Pointwise("mul", gIm, hIm))),
            Sum(graph.Pointwise("sub", graph.Pointwise("mul", gIm, hRe), graph.Pointwise("mul", gRe, hIm))));

        Node Part(Node x, Size from) => graph.Slice(x, 2, from, half);

        Node Sum(Node x) => sums ? graph.Sum(x, 0, 1) : x;
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        (NdArray a, NdArray x) = (inputs[0], inputs[1]);
        (int n, int width) = (x.Shape[1], x.Shape[2]);
        int channels = Complex ? width / 2 : width;
        NdArray result = NdArray.Zeros(x.Shape);
        for (int row = 0; row < x.Shape[0] * channels; row++)
        {
            double re = 0, im = 0;
            for (int step = 0; step < n; step++)
            {
                int t = Adjoint ? n - 1 - step : step;
                int at = ((((row / channels) * n) + t) * width) + (row % channels);

                // The adjoint goes by the factor of the position that it comes from.
                int factor = a.Shape.Length == 1 ? row % channels : Adjoint ? at + width : at;
                double aRe = step == 0 ? 0 : a.Data[factor];
                double aIm = step == 0 || !Complex ? 0 : a.Data[factor + channels] * (Adjoint ? -1 : 1);
                (re, im) = (
                    (aRe * re) - (aIm * im) + x.Data[at], (aRe * im) + (aIm * re) + (Complex ? x.Data[at + channels] : 0));
                result.Data[at] = re;
                if (Complex)
                {
                    result.Data[at + channels] = im;
                }
            }
        }

        return result;
    }

    public override Size Flops(Node node) => node.Length * (Complex ? 4 : 2);
}
