using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// A convolution whose weights differ from site to site: x [b, c, h, w], w [i/Region, j/Region, o, c, u, v] -> [b, o,
/// i, j]. Like a convolution it is bilinear, and its two gradients and it are each other's gradients.
/// </summary>
/// <param name="Window">The geometry of the windows; without padding.</param>
/// <param name="Region">Neighbouring windows, downwards and across, that share weights; it divides the numbers of
/// windows.</param>
internal sealed record LocalConvolveOp(WindowGeometry Window, int Region) : MacroOp
{
    public override string Name => "localconvolve";

    public override string Attributes => Window + Sites.Text(Region);

    public override Placement? Placement =>
        new(Skeleton.Pool, OperandForm.Image, OperandForm.Buffer) { YieldsImage = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        Expect.Rank(this, inputs[1], 6);
        ImmutableArray<Size> windows = Windows(Window, inputs[0].Shape);
        Size channels = inputs[1].Shape[2];
        Expect.Shape(this, inputs[1], Sites.WeightShape(Window, Region, windows, channels, inputs[0].Shape[1]));
        return (windows.SetItem(1, channels), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input > 0 || axis == 1 ? AxisReach.Whole : Window.Field(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        return new Node?[]
        {
            graph.Add(
                new LocalConvolveInputGradientOp(Window, Region, x.Shape[2], x.Shape[3]), cotangent, node.Inputs[1]),
            graph.Add(new LocalConvolveWeightGradientOp(Window, Region), x, cotangent),
        };
    }

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs) => graph.Contract(
        "bcijuv,ijocuv->boij", graph.Add(new WindowOp(Window), inputs[0]), Sites.Spread(graph, inputs[1], Region));

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Sites.Visit(Window, Region, inputs[0].Shape, inputs[1].Shape, y.Shape, (x, w, o) =>
            y.Data[o] += inputs[0].Data[x] * inputs[1].Data[w]);
        return y;
    }

    public override Size Flops(Node node) => node.Length * node.Inputs[0].Shape[1] * (2 * Window.Taps);
}

/// <summary>The gradient of a local convolution with respect to its input: dy [b, o, i, j], w [i/Region, j/Region, o,
/// c, u, v] -> [b, c, Height, Width].</summary>
/// <param name="Window">The geometry of the local convolution.</param>
/// <param name="Region">Its regions.</param>
/// <param name="Height">The height of its input.</param>
/// <param name="Width">The width of its input.</param>
internal sealed record LocalConvolveInputGradientOp(WindowGeometry Window, int Region, Size Height, Size Width)
    : MacroOp
{
    public override string Name => "localconvolveinputgradient";

    public override string Attributes => $"{Window}{Sites.Text(Region)} to {Height},{Width}";

    public override Placement? Placement =>
        new(Skeleton.PoolGradient, OperandForm.Image, OperandForm.Buffer) { YieldsImage = true };

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        Expect.Rank(this, inputs[1], 6);
        Size channels = inputs[1].Shape[3];
        ImmutableArray<Size> image = GraphLists.Dims(inputs[0].Shape[0], channels, Height, Width);
        Expect.Shape(this, inputs[0], Windows(Window, image).SetItem(1, inputs[0].Shape[1]).ToArray());
        Expect.Shape(this, inputs[1], Sites.WeightShape(Window, Region, inputs[0].Shape, inputs[0].Shape[1], channels));
        return (image, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        input > 0 || axis == 1 ? AxisReach.Whole : Window.TransposedField(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[]
    {
        graph.Add(new LocalConvolveOp(Window, Region), cotangent, node.Inputs[1]),
        graph.Add(new LocalConvolveWeightGradientOp(Window, Region), cotangent, node.Inputs[0]),
    };

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs) => graph.Add(
        new FoldOp(Window, Height, Width),
        graph.Contract("boij,ijocuv->bcijuv", inputs[0], Sites.Spread(graph, inputs[1], Region)));

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dx = NdArray.Zeros(node.Shape.Map(valueOf));
        Sites.Visit(Window, Region, dx.Shape, inputs[1].Shape, inputs[0].Shape, (x, w, o) =>
            dx.Data[x] += inputs[0].Data[o] * inputs[1].Data[w]);
        return dx;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * node.Shape[1] * (2 * Window.Taps);
}

/// <summary>The gradient of a local convolution with respect to its weights: x [b, c, h, w], dy [b, o, i, j]
/// -> [i/Region, j/Region, o, c, u, v]. Nothing is summed over sites, except within a region.</summary>
internal sealed record LocalConvolveWeightGradientOp(WindowGeometry Window, int Region) : MacroOp
{
    public override string Name => "localconvolveweightgradient";

    public override string Attributes => Window + Sites.Text(Region);

    public override Placement? Placement => new(Skeleton.LocalConvolveWeights, OperandForm.Image);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        Expect.Rank(this, inputs[1], 4);
        Size channels = inputs[1].Shape[1];
        ImmutableArray<Size> windows = Windows(Window, inputs[0].Shape);
        Expect.Shape(this, inputs[1], windows.SetItem(1, channels).ToArray());
        return (
            Sites.WeightShape(Window, Region, windows, channels, inputs[0].Shape[1]).ToImmutableArray(), DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        return new Node?[]
        {
            graph.Add(
                new LocalConvolveInputGradientOp(Window, Region, x.Shape[2], x.Shape[3]), node.Inputs[1], cotangent),
            graph.Add(new LocalConvolveOp(Window, Region), x, cotangent),
        };
    }

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs) => Sites.Gather(
        graph, graph.Contract("bcijuv,boij->ijocuv", graph.Add(new WindowOp(Window), inputs[0]), inputs[1]), Region);

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dw = NdArray.Zeros(node.Shape.Map(valueOf));
        Sites.Visit(Window, Region, inputs[0].Shape, dw.Shape, inputs[1].Shape, (x, w, o) =>
            dw.Data[w] += inputs[0].Data[x] * inputs[1].Data[o]);
        return dw;
    }

    public override Size Flops(Node node) => node.Inputs[1].Length * node.Shape[3] * (2 * Window.Taps);
}

/// <summary>What the three local convolutions share.</summary>
internal static class Sites
{
    /// <summary>Of weights with a region behind both site axes: all other axes.</summary>
    private static readonly int[] s_withoutRegions = { 0, 2, 4, 5, 6, 7 };

    public static string Text(int region) =>
        region == 1 ? "" : " region=" + region.ToString(CultureInfo.InvariantCulture);

    /// <summary>The shape of the weights of windows [b, ·, i, j].</summary>
    public static Size[] WeightShape(
        WindowGeometry window, int region, IReadOnlyList<Size> windows, Size outputs, Size inputs) => new[]
    {
        windows[2] / region, windows[3] / region, outputs, inputs, window.KernelHeight, window.KernelWidth,
    };

    /// <summary>Weights for each window: [i/region, j/region, …] -> [i, j, …].</summary>
    public static Node Spread(Graph graph, Node weight, int region)
    {
        if (region == 1)
        {
            return weight;
        }

        ImmutableArray<Size> shape = weight.Shape;
        Node regions = graph.Broadcast(weight, shape.Insert(1, region).Insert(3, region), s_withoutRegions);
        return graph.Reshape(regions, shape.SetItem(0, shape[0] * region).SetItem(1, shape[1] * region));
    }

    /// <summary>The sum over the windows of each region: [i, j, …] -> [i/region, j/region, …].</summary>
    public static Node Gather(Graph graph, Node sites, int region)
    {
        if (region == 1)
        {
            return sites;
        }

        ImmutableArray<Size> shape = sites.Shape
            .SetItem(0, sites.Shape[0] / region).SetItem(1, sites.Shape[1] / region);
        return graph.Sum(graph.Reshape(sites, shape.Insert(1, region).Insert(3, region)), 1, 3);
    }

    /// <summary>Visits every product: offsets into x [b, c, h, w], w [i/region, j/region, o, c, u, v] and y [b, o, i,
    /// j].</summary>
    public static void Visit(WindowGeometry window, int region, int[] x, int[] w, int[] y, Action<int, int, int> visit)
    {
        foreach (int image in Enumerable.Range(0, x[0]))
        {
            for (int filter = 0; filter < w[2] * w[3]; filter++)
            {
                int o = filter / w[3];
                int c = filter % w[3];
                int plane = (image * x[1]) + c;
                window.Visit(x[2], x[3], (i, j, u, v, row, column) => visit(
                    (((plane * x[2]) + row) * x[3]) + column,
                    (((((((((i / region * w[1]) + (j / region)) * w[2]) + o) * w[3]) + c) * w[4]) + u) * w[5]) + v,
                    (((((image * y[1]) + o) * y[2]) + i) * y[3]) + j));
            }
        }
    }
}
