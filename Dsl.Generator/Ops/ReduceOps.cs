using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>How a reduction merges elements.</summary>
internal enum ReduceKind
{
    /// <summary>Adds; 0 over nothing.</summary>
    Sum,

    /// <summary>Takes the largest; NaN wins.</summary>
    Max,
}

/// <summary>Reduces axes away.</summary>
/// <param name="Kind">How.</param>
/// <param name="Axes">The axes, ascending.</param>
internal sealed record ReduceOp(ReduceKind Kind, EquatableArray<int> Axes) : Op
{
    public override string Name => Kind == ReduceKind.Sum ? "sum" : "max";

    public override ImmutableArray<int> ReducedAxes => Axes.ToImmutableArray();

    public override string Attributes => "axes=" + string.Join(",", Axes);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Axes(this, Axes, inputs[0].Rank);
        return (inputs[0].Shape.Where((_, axis) => !Axes.Contains(axis)).ToImmutableArray(), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Kept(Axes, axis);

    /// <summary>Sum: every element gets the cotangent. Max: elements that tie share it, which is a
    /// subgradient.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        if (Kind == ReduceKind.Sum)
        {
            return new Node?[] { graph.Spread(cotangent, x.Shape, Axes) };
        }

        Node largest = graph.Pointwise("equal", x, graph.Spread(node, x.Shape, Axes));
        Node ties = graph.Sum(largest, Axes.ToArray());
        Node share = graph.Pointwise("div", cotangent, ties);
        return new Node?[] { graph.Pointwise("mul", largest, graph.Spread(share, x.Shape, Axes)) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        NdArray result = NdArray.Zeros(x.Shape.Where((_, axis) => !Axes.Contains(axis)).ToArray());
        bool max = Kind == ReduceKind.Max;
        for (int i = 0; max && i < result.Data.Length; i++)
        {
            result.Data[i] = double.NegativeInfinity;
        }

        NdArray.Walk(x.Shape, NdArray.StridesOf(x.Shape), ResultStrides(x.Shape, Axes), (from, to) =>
            result.Data[to] = max ? Math.Max(result.Data[to], x.Data[from]) : result.Data[to] + x.Data[from]);
        return result;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length;

    /// <summary>Where an axis goes when others are dropped.</summary>
    internal static AxisReach Kept(IReadOnlyList<int> dropped, int axis) => dropped.Contains(axis)
        ? AxisReach.Whole
        : AxisReach.Same(axis - dropped.Count(d => d < axis));

    /// <summary>Strides into the result of a reduction, along the axes of its input.</summary>
    internal static int[] ResultStrides(int[] shape, IEnumerable<int> axes)
    {
        var reduced = axes.ToArray();
        var strides = new int[shape.Length];
        int stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (!reduced.Contains(axis))
            {
                strides[axis] = stride;
                stride *= shape[axis];
            }
        }

        return strides;
    }
}

/// <summary>log Σ exp along an axis, which is dropped; never overflows.</summary>
internal sealed record LogSumExpOp(int Axis) : Op
{
    public override string Name => "logsumexp";

    public override ImmutableArray<int> ReducedAxes => ImmutableArray.Create(Axis);

    public override int StateWidth => 2;

    public override string Attributes => "axis=" + Axis.ToString(CultureInfo.InvariantCulture);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Axes(this, new[] { Axis }, inputs[0].Rank);
        return (inputs[0].Shape.RemoveAt(Axis), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => ReduceOp.Kept(new[] { Axis }, axis);

    /// <summary>dx = dy · softmax(x).</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        Node shifted = graph.Pointwise("sub", x, graph.Spread(node, x.Shape, new[] { Axis }));
        Node dy = graph.Spread(cotangent, x.Shape, new[] { Axis });
        return new Node?[] { graph.Pointwise("mul", dy, graph.Pointwise("exp", shifted)) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        int[] to = ReduceOp.ResultStrides(x.Shape, new[] { Axis });
        int[] from = NdArray.StridesOf(x.Shape);
        NdArray max = NdArray.Zeros(node.Shape.Map(valueOf));
        NdArray sum = NdArray.Zeros(max.Shape);
        for (int i = 0; i < max.Data.Length; i++)
        {
            max.Data[i] = double.NegativeInfinity;
        }

        NdArray.Walk(x.Shape, from, to, (f, t) => max.Data[t] = Math.Max(max.Data[t], x.Data[f]));
        NdArray.Walk(x.Shape, from, to, (f, t) =>
            sum.Data[t] += double.IsNegativeInfinity(max.Data[t]) ? 0 : Math.Exp(x.Data[f] - max.Data[t]));
        for (int i = 0; i < max.Data.Length; i++)
        {
            sum.Data[i] = max.Data[i] + Math.Log(sum.Data[i]);
        }

        return sum;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * 3;
}
