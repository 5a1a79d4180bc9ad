using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>The mean of each window, <c>[b, c, h, w] -> [b, c, i, j]</c>.</summary>
/// <param name="Window">The geometry.</param>
/// <param name="Counted">The pixels around the image that count as zeros; the mean is over the taps inside the image
/// and these.</param>
internal sealed record AveragePoolOp(WindowGeometry Window, Halo Counted) : MacroOp
{
    /// <summary>The mean over all taps, or over those inside the image.</summary>
    public AveragePoolOp(WindowGeometry window, bool countPadding)
        : this(window, countPadding ? window.Border : Halo.None)
    {
    }

    public override string Name => "averagepool";

    public override Placement? Placement => new(Skeleton.Pool, OperandForm.Buffer) { YieldsImage = true };

    public override string Attributes => Window + Averages.Text(Window, Counted);

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        return (Windows(Window, inputs[0].Shape), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Window.Field(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[]
    {
        graph.Add(
            new AveragePoolGradientOp(Window, Counted, node.Inputs[0].Shape[2], node.Inputs[0].Shape[3]),
            cotangent),
    };

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs) => graph.Pointwise(
        "div",
        graph.Sum(graph.Add(new WindowOp(Window), inputs[0]), 4, 5),
        Averages.CountOf(graph, Window, Counted, inputs[0].Shape));

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        double[] count = Averages.CountOf(Window, Counted, inputs[0].Shape, y.Shape);
        Images.Taps(Window, inputs[0].Shape, y.Shape, (pixel, window, _) =>
            y.Data[window] += inputs[0].Data[pixel] / count[window]);
        return y;
    }

    public override Size Flops(Node node) => node.Length * Window.Taps;
}

/// <summary>The adjoint of <see cref="AveragePoolOp"/>: dy [b, c, i, j] -> [b, c, h, w].</summary>
internal sealed record AveragePoolGradientOp(WindowGeometry Window, Halo Counted, Size Height, Size Width)
    : MacroOp
{
    /// <summary>The adjoint of a mean over all taps, or over those inside the image.</summary>
    public AveragePoolGradientOp(WindowGeometry window, bool countPadding, Size height, Size width)
        : this(window, countPadding ? window.Border : Halo.None, height, width)
    {
    }

    public override string Name => "averagepoolgradient";

    public override Placement? Placement => new(Skeleton.PoolGradient, OperandForm.Buffer) { YieldsImage = true };

    public override string Attributes => $"{Window}{Averages.Text(Window, Counted)} to {Height},{Width}";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        var image = ImageOf(inputs[0]);
        Expect.Shape(this, inputs[0], Windows(Window, image).ToArray());
        return (image, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Window.TransposedField(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Add(new AveragePoolOp(Window, Counted), cotangent) };

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs)
    {
        Node count = Averages.CountOf(graph, Window, Counted, ImageOf(inputs[0]));
        Node share = graph.Pointwise("div", inputs[0], count);
        Node taps = graph.Broadcast(
            share, share.Shape.Add(Window.KernelHeight).Add(Window.KernelWidth), Enumerable.Range(0, share.Rank));
        return graph.Add(new FoldOp(Window, Height, Width), taps);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dx = NdArray.Zeros(node.Shape.Map(valueOf));
        double[] count = Averages.CountOf(Window, Counted, dx.Shape, inputs[0].Shape);
        Images.Taps(Window, dx.Shape, inputs[0].Shape, (pixel, window, _) =>
            dx.Data[pixel] += inputs[0].Data[window] / count[window]);
        return dx;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * Window.Taps;

    private ImmutableArray<Size> ImageOf(Node dy) => GraphLists.Dims(dy.Shape[0], dy.Shape[1], Height, Width);
}

/// <summary>What means of windows are divided by.</summary>
internal static class Averages
{
    public static string Text(WindowGeometry window, Halo counted) =>
        IsConstant(window, counted) ? " countpadding" : counted.IsEmpty ? "" : $" counted={counted}";

    /// <summary>Whether every tap of every window counts.</summary>
    public static bool IsConstant(WindowGeometry window, Halo counted) => counted == window.Border;

    /// <summary>A scalar, or the number of taps that count for each window.</summary>
    public static Node CountOf(Graph graph, WindowGeometry window, Halo counted, IReadOnlyList<Size> image) =>
        IsConstant(window, counted)
            ? graph.Constant(window.Taps)
            : graph.Sum(
                graph.Add(new WindowOp(Within(window, counted)), graph.Fill(1, Counting(image, counted))), 4, 5);

    public static double[] CountOf(WindowGeometry window, Halo counted, int[] image, int[] windows)
    {
        var count = new double[NdArray.LengthOf(windows)];
        int[] counting = Counting(image.Map(static e => Size.Of(e)), counted).Map(static e => e.Constant);
        Images.Taps(Within(window, counted), counting, windows, (_, at, _) => count[at]++);
        return count;
    }

    /// <summary>The image with the pixels around it that count.</summary>
    private static Size[] Counting(IReadOnlyList<Size> image, Halo counted) => new[]
    {
        image[0], image[1], image[2] + (counted.Top + counted.Bottom), image[3] + (counted.Left + counted.Right),
    };

    /// <summary>The same windows on that image.</summary>
    private static WindowGeometry Within(WindowGeometry window, Halo counted) => window with
    {
        PaddingTop = window.PaddingTop - counted.Top,
        PaddingLeft = window.PaddingLeft - counted.Left,
        PaddingBottom = window.PaddingBottom - counted.Bottom,
        PaddingRight = window.PaddingRight - counted.Right,
    };
}
