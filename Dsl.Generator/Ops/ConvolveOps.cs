using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// A grouped cross-correlation: x [b, c, h, w], w [o, c/g, u, v] -> [b, o, i, j]. It is bilinear, and its two
/// gradients and it
/// are each other's gradients: the trilinear form Σ y·(x ⋆ w) seen from three sides.
/// </summary>
internal sealed record ConvolveOp(WindowGeometry Window, int Groups) : MacroOp
{
    public override string Name => "convolve";

    public override Placement? Placement =>
        new(Skeleton.Convolve, OperandForm.Image, OperandForm.Buffer) { YieldsImage = true };

    public override Halo HaloOf(int operand) => operand == 0 ? Window.Border : Halo.None;

    public override string Attributes => Window + Convolution.Text(Groups);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        Expect.Rank(this, inputs[1], 4);
        var x = inputs[0].Shape;
        Size channels = inputs[1].Shape[0];
        Convolution.RequireDivides(this, Groups, x[1]);
        Convolution.RequireDivides(this, Groups, channels);
        Expect.Shape(this, inputs[1], channels, x[1] / Groups, Window.KernelHeight, Window.KernelWidth);
        return (GraphLists.Dims(x[0], channels, Window.OutHeight(x[2]), Window.OutWidth(x[3])), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input > 0 || axis == 1 ? AxisReach.Whole : Window.Field(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        return new Node?[]
        {
            graph.Add(new ConvolveInputGradientOp(Window, Groups, x.Shape[2], x.Shape[3]), cotangent, node.Inputs[1]),
            graph.Add(new ConvolveWeightGradientOp(Window, Groups), x, cotangent),
        };
    }

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs)
    {
        Node windows = Convolution.Split(graph, graph.Add(new WindowOp(Window), inputs[0]), 1, Groups);
        Node y = graph.Contract("bgcijuv,gocuv->bgoij", windows, Convolution.Split(graph, inputs[1], 0, Groups));
        return Convolution.Merge(graph, y, 1);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Convolution.Visit(Window, Groups, inputs[0].Shape, inputs[1].Shape, y.Shape, (x, w, o) =>
            y.Data[o] += inputs[0].Data[x] * inputs[1].Data[w]);
        return y;
    }

    public override Size Flops(Node node) => Convolution.Flops(node.Length, node.Inputs[1]);
}

/// <summary>The gradient of a convolution with respect to its input: dy [b, o, i, j], w [o, c/g, u, v] -> [b, c, h,
/// w].</summary>
/// <param name="Window">The geometry of the convolution.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Height">The height of its input: the geometry alone does not determine it.</param>
/// <param name="Width">The width of its input.</param>
internal sealed record ConvolveInputGradientOp(WindowGeometry Window, int Groups, Size Height, Size Width) : MacroOp
{
    public override string Name => "convolveinputgradient";

    public override Placement? Placement =>
        new(Skeleton.ConvolveInput, OperandForm.Image, OperandForm.Buffer) { YieldsImage = true };

    public override Halo HaloOf(int operand) => operand == 0 ? Window.BorderOfGradient : Halo.None;

    public override string Attributes => $"{Window}{Convolution.Text(Groups)} to {Height},{Width}";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        Expect.Rank(this, inputs[1], 4);
        var w = inputs[1].Shape;
        Convolution.RequireDivides(this, Groups, w[0]);
        Expect.Shape(this, inputs[0], inputs[0].Shape[0], w[0], Window.OutHeight(Height), Window.OutWidth(Width));
        Expect.Shape(this, inputs[1], w[0], w[1], Window.KernelHeight, Window.KernelWidth);
        return (GraphLists.Dims(inputs[0].Shape[0], w[1] * Groups, Height, Width), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input > 0 || axis == 1 ? AxisReach.Whole : Window.TransposedField(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[]
    {
        graph.Add(new ConvolveOp(Window, Groups), cotangent, node.Inputs[1]),
        graph.Add(new ConvolveWeightGradientOp(Window, Groups), cotangent, node.Inputs[0]),
    };

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs)
    {
        Node dy = Convolution.Split(graph, inputs[0], 1, Groups);
        Node taps = graph.Contract("bgoij,gocuv->bgcijuv", dy, Convolution.Split(graph, inputs[1], 0, Groups));
        return graph.Add(new FoldOp(Window, Height, Width), Convolution.Merge(graph, taps, 1));
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dx = NdArray.Zeros(node.Shape.Map(valueOf));
        Convolution.Visit(Window, Groups, dx.Shape, inputs[1].Shape, inputs[0].Shape, (x, w, o) =>
            dx.Data[x] += inputs[0].Data[o] * inputs[1].Data[w]);
        return dx;
    }

    public override Size Flops(Node node) => Convolution.Flops(node.Inputs[0].Length, node.Inputs[1]);
}

/// <summary>The gradient of a convolution with respect to its weights: x [b, c, h, w], dy [b, o, i, j] -> [o, c/g, u,
/// v].</summary>
internal sealed record ConvolveWeightGradientOp(WindowGeometry Window, int Groups) : MacroOp
{
    public override string Name => "convolveweightgradient";

    public override Placement? Placement => new(Skeleton.ConvolveWeights, OperandForm.Image);

    public override Halo HaloOf(int operand) => operand == 0 ? Window.Border : Halo.None;

    public override string Attributes => Window + Convolution.Text(Groups);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        Expect.Rank(this, inputs[1], 4);
        var x = inputs[0].Shape;
        Size channels = inputs[1].Shape[1];
        Convolution.RequireDivides(this, Groups, x[1]);
        Convolution.RequireDivides(this, Groups, channels);
        Expect.Shape(this, inputs[1], x[0], channels, Window.OutHeight(x[2]), Window.OutWidth(x[3]));
        return (GraphLists.Dims(channels, x[1] / Groups, Window.KernelHeight, Window.KernelWidth), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        return new Node?[]
        {
            graph.Add(new ConvolveInputGradientOp(Window, Groups, x.Shape[2], x.Shape[3]), node.Inputs[1], cotangent),
            graph.Add(new ConvolveOp(Window, Groups), x, cotangent),
        };
    }

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs)
    {
        Node windows = Convolution.Split(graph, graph.Add(new WindowOp(Window), inputs[0]), 1, Groups);
        Node dw = graph.Contract("bgcijuv,bgoij->gocuv", windows, Convolution.Split(graph, inputs[1], 1, Groups));
        return Convolution.Merge(graph, dw, 0);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dw = NdArray.Zeros(node.Shape.Map(valueOf));
        Convolution.Visit(Window, Groups, inputs[0].Shape, dw.Shape, inputs[1].Shape, (x, w, o) =>
            dw.Data[w] += inputs[0].Data[x] * inputs[1].Data[o]);
        return dw;
    }

    public override Size Flops(Node node) => Convolution.Flops(node.Inputs[1].Length, node);
}

/// <summary>What the three convolutions share.</summary>
internal static class Convolution
{
    public static string Text(int groups) =>
        groups == 1 ? "" : " groups=" + groups.ToString(CultureInfo.InvariantCulture);

    public static void RequireDivides(Op op, int groups, Size channels) => Expect.That(
        ((channels / groups) * groups).Equals(channels), op, $"cannot split {channels} channels into {groups} groups");

    /// <summary>Two per product: each output sums over the channels of its group and the taps.</summary>
    public static Size Flops(Size outputs, Node weight) =>
        outputs * 2 * weight.Shape[1] * weight.Shape[2] * weight.Shape[3];

    /// <summary>Splits the channel axis into groups and channels.</summary>
    public static Node Split(Graph graph, Node x, int axis, int groups) =>
        graph.Reshape(x, x.Shape.RemoveAt(axis).InsertRange(axis, new[] { groups, x.Shape[axis] / groups }));

    /// <summary>Merges the group axis with the one behind it.</summary>
    public static Node Merge(Graph graph, Node x, int axis) =>
        graph.Reshape(x, x.Shape.RemoveRange(axis, 2).Insert(axis, x.Shape[axis] * x.Shape[axis + 1]));

    /// <summary>Visits every product of a convolution: offsets into x [b, c, h, w], w [o, c/g, u, v] and y [b, o, i,
    /// j].</summary>
    public static void Visit(WindowGeometry window, int groups, int[] x, int[] w, int[] y, Action<int, int, int> visit)
    {
        int perGroup = y[1] / groups;
        for (int image = 0; image < x[0]; image++)
        {
            for (int o = 0; o < y[1]; o++)
            {
                for (int c = 0; c < w[1]; c++)
                {
                    int source = (image * x[1]) + (o / perGroup * w[1]) + c;
                    int weight = (o * w[1]) + c;
                    int target = (image * y[1]) + o;
                    window.Visit(x[2], x[3], (i, j, u, v, row, column) => visit(
                        (((source * x[2]) + row) * x[3]) + column,
                        (((weight * w[2]) + u) * w[3]) + v,
                        (((target * y[2]) + i) * y[3]) + j));
                }
            }
        }
    }
}
