using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Ops;

/// <summary>The same elements in row-major order under other extents.</summary>
internal sealed record ReshapeOp(EquatableArray<Size> Dims) : Op
{
    public override string Name => "reshape";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.That(
            inputs[0].Length.Equals(Dims.Product()),
            this,
            $"cannot turn '{inputs[0].Shape.Text()}' into '{Dims.Text()}': the numbers of elements differ");
        return (Dims.ToImmutableArray(), inputs[0].DType);
    }

    /// <summary>An axis that has as many elements before it, in it and behind it as one of the result is that
    /// one.</summary>
    public override AxisReach Field(Node node, int input, int axis)
    {
        var from = node.Inputs[0].Shape;
        Size before = from.Take(axis).Product();
        return AxisReach.SameOrWhole(Enumerable.Range(0, Dims.Count).ToList().FindIndex(
            a => Dims[a].Equals(from[axis]) && Dims.Take(a).Product().Equals(before)));
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Reshape(cotangent, node.Inputs[0].Shape) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        new(inputs[0].Data, Dims.Map(valueOf));
}

/// <summary>Permutes axes: output axis i is input axis <c>Order[i]</c>.</summary>
internal sealed record TransposeOp(EquatableArray<int> Order) : Op
{
    public override string Name => "transpose";

    public override string Attributes => string.Join(",", Order);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.That(
            Order.OrderBy(static a => a).SequenceEqual(Enumerable.Range(0, inputs[0].Rank)),
            this,
            $"expects an order of {inputs[0].Rank} axes but gets {Attributes}");
        return (Order.Select(a => inputs[0].Shape[a]).ToImmutableArray(), inputs[0].DType);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        AxisReach.Same(Order.ToList().IndexOf(axis));

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        var inverse = new int[Order.Count];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[Order[i]] = i;
        }

        return new Node?[] { graph.Transpose(cotangent, inverse) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int[] strides = NdArray.StridesOf(inputs[0].Shape);
        return inputs[0].View(Order.Map(a => inputs[0].Shape[a]), Order.Map(a => strides[a]));
    }
}

/// <summary>Repeats along new axes: input axis i becomes output axis <c>Axes[i]</c>, all other output axes are
/// new.</summary>
internal sealed record BroadcastOp(EquatableArray<Size> Dims, EquatableArray<int> Axes) : Op
{
    public override string Name => "broadcast";

    public override string Attributes => string.Join(",", Axes);

    /// <summary>The output axes along which elements repeat.</summary>
    public int[] NewAxes => Enumerable.Range(0, Dims.Count).Except(Axes).ToArray();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Expect.Axes(this, Axes, Dims.Count);
        Expect.Shape(this, inputs[0], Axes.Map(a => Dims[a]));
        return (Dims.ToImmutableArray(), inputs[0].DType);
    }

    public override AxisReach Field(Node node, int input, int axis) => AxisReach.Same(Axes[axis]);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Sum(cotangent, NewAxes) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        int[] from = NdArray.StridesOf(inputs[0].Shape);
        var strides = new int[Dims.Count];
        for (int i = 0; i < Axes.Count; i++)
        {
            strides[Axes[i]] = from[i];
        }

        return inputs[0].View(Dims.Map(valueOf), strides);
    }
}
