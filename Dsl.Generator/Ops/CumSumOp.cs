using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>Sums of all elements up to each along an axis; the shape stays. Its gradient is the same from the other
/// end.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Exclusive">Whether an element does not count itself: the first sum is 0.</param>
/// <param name="Reverse">Whether the sums begin at the end of the axis.</param>
internal sealed record CumSumOp(int Axis, bool Exclusive, bool Reverse) : Op
{
    /// <summary>Whether the result is the largest element so far, not the sum. It has no gradient: it measures what is then
    /// divided by the same.</summary>
    public bool Largest { get; init; }

    public override string Name => Largest ? "cummax" : "cumsum";

    public override string Attributes =>
        $"axis={Axis.ToString(CultureInfo.InvariantCulture)}"
        + (Exclusive ? " exclusive" : "") + (Reverse ? " reverse" : "");

    public override Placement? Placement => new(Skeleton.CumulativeSum, OperandForm.Strided) { YieldsRows = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Axes(this, new[] { Axis }, inputs[0].Rank);
        Expect.That(!Largest || (!Exclusive && !Reverse), this, "expects all elements up to each");
        return (inputs[0].Shape, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis == Axis ? AxisReach.Whole : AxisReach.Same(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new[] { Largest ? null : graph.Add(this with { Reverse = !Reverse }, cotangent) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        int length = x.Shape[Axis];
        int inner = NdArray.LengthOf(x.Shape.Skip(Axis + 1));
        NdArray result = NdArray.Zeros(x.Shape);
        int columns = NdArray.LengthOf(x.Shape.Take(Axis)) * inner;
        for (int column = 0; column < columns; column++)
        {
            int first = (column / inner * length * inner) + (column % inner);
            double sum = Largest ? double.NegativeInfinity : 0;
            for (int i = 0; i < length; i++)
            {
                int at = first + ((Reverse ? length - 1 - i : i) * inner);
                double next = Largest ? Math.Max(sum, x.Data[at]) : sum + x.Data[at];
                result.Data[at] = Exclusive ? sum : next;
                sum = next;
            }
        }

        return result;
    }

    public override Size Flops(Node node) => node.Length;
}
