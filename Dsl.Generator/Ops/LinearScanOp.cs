using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// A linear recurrence of each channel with a factor of its own at each position: of a and x [b, n, c], h_t = a_t·h_{t-1} + x_t.
/// Complex, the first half of the channels are real parts, the second half imaginary ones. Blelloch 1990, "Prefix Sums and
/// Their Applications", section 1.4.
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
        Node a = inputs[0];
        Expect.Rank(op, a, 3);
        Expect.Shape(op, inputs[1], a.Shape[0], a.Shape[1], a.Shape[2]);
        Expect.That(a.Shape[2].IsConstant, op, "expects constant channels");
        Expect.That(!complex || a.Shape[2].Constant % 2 == 0, op, "expects as many real as imaginary parts");
        return (a.Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis == 1 || (Complex && axis == 2) ? AxisReach.Whole : AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node other = graph.Add(this with { Adjoint = !Adjoint }, node.Inputs[0], cotangent);

        // Of h_t = a_t·h_{t-1} + x_t the gradient is the adjoint; of the adjoint, h.
        (Node gradient, Node h) = Adjoint ? (node, other) : (other, node);
        Node before = graph.Slice(graph.Pad(h, 1, 1, 0, 0), 1, Size.Zero, h.Shape[1]);
        return new[] { Complex ? TimesConjugate(graph, gradient, before) : graph.Pointwise("mul", gradient, before), other };
    }

    /// <summary>g·h̄ of each channel.</summary>
    private static Node TimesConjugate(Graph graph, Node g, Node h)
    {
        Size half = g.Shape[2].Constant / 2;
        (Node gRe, Node gIm, Node hRe, Node hIm) = (Part(g, Size.Zero), Part(g, half), Part(h, Size.Zero), Part(h, half));
        return graph.Concat(
            2,
            graph.Pointwise("add", graph.Pointwise("mul", gRe, hRe), graph.Pointwise("mul", gIm, hIm)),
            graph.Pointwise("sub", graph.Pointwise("mul", gIm, hRe), graph.Pointwise("mul", gRe, hIm)));

        Node Part(Node x, Size from) => graph.Slice(x, 2, from, half);
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
                int factor = Adjoint ? at + width : at;
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
