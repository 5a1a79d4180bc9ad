using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>Which moment.</summary>
internal enum MomentKind
{
    /// <summary>Σx/n.</summary>
    Mean,

    /// <summary>Σ(x - mean)²/n.</summary>
    Variance,
}

/// <summary>
/// Mean or variance over axes, which are dropped. Both come from one pass that carries a count, a mean and the sum of
/// squared deviations and never subtracts large sums (Welford 1962; merged as Chan, Golub and LeVeque 1979 do).
/// </summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Axes">The axes, ascending.</param>
internal sealed record MomentsOp(MomentKind Kind, EquatableArray<int> Axes) : Op
{
    public override string Name => Kind == MomentKind.Mean ? "mean" : "variance";

    public override ImmutableArray<int> ReducedAxes => Axes.ToImmutableArray();

    public override int StateWidth => 3;

    public override string Attributes => "axes=" + string.Join(",", Axes);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Axes(this, Axes, inputs[0].Rank);
        return (inputs[0].Shape.Where((_, axis) => !Axes.Contains(axis)).ToImmutableArray(), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => ReduceOp.Kept(Axes, axis);

    /// <summary>Mean: dy/n. Variance: dy·2(x - mean)/n; the mean's own share cancels, since deviations sum to
    /// 0.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        Node count = graph.SizeValue(Count(x));
        Node share = graph.Spread(graph.Pointwise("div", cotangent, count), x.Shape, Axes);
        if (Kind == MomentKind.Mean)
        {
            return new Node?[] { share };
        }

        Node mean = graph.Spread(graph.Add(this with { Kind = MomentKind.Mean }, x), x.Shape, Axes);
        Node twice = graph.Pointwise("mul", share, graph.Constant(2));
        return new Node?[] { graph.Pointwise("mul", graph.Pointwise("sub", x, mean), twice) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        int[] from = NdArray.StridesOf(x.Shape);
        int[] to = ReduceOp.ResultStrides(x.Shape, Axes);
        NdArray mean = NdArray.Zeros(node.Shape.Map(valueOf));
        NdArray variance = NdArray.Zeros(mean.Shape);
        double share = (double)mean.Data.Length / x.Data.Length;
        NdArray.Walk(x.Shape, from, to, (f, t) => mean.Data[t] += x.Data[f] * share);
        NdArray.Walk(x.Shape, from, to, (f, t) =>
            variance.Data[t] += (x.Data[f] - mean.Data[t]) * (x.Data[f] - mean.Data[t]) * share);
        return Kind == MomentKind.Mean ? mean : variance;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * (Kind == MomentKind.Mean ? 1 : 3);

    public override bool SharesPassWith(Op other) => other is MomentsOp moments && moments.Axes.Equals(Axes);

    /// <summary>How many elements go into one result.</summary>
    private Size Count(Node x) => Axes.Select(a => x.Shape[a]).Product();
}
