using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;

namespace Dsl.Generator.Ops;

/// <summary>
/// All windows of an image, <c>[b, c, h, w] -> [b, c, i, j, u, v]</c>, zeros outside. A view for thinking with: a
/// kernel that
/// stored it would be im2col.
/// </summary>
internal sealed record WindowOp(WindowGeometry Window) : Op
{
    public override string Name => "window";

    public override string Attributes => Window.ToString();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        var x = inputs[0].Shape;
        return (
            GraphLists.Dims(
                x[0], x[1], Window.OutHeight(x[2]), Window.OutWidth(x[3]), Window.KernelHeight, Window.KernelWidth),
            DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Window.Field(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[]
    {
        graph.Add(new FoldOp(Window, node.Inputs[0].Shape[2], node.Inputs[0].Shape[3]), cotangent),
    };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Images.Windows(Window, x.Shape, y.Shape, (from, to) => y.Data[to] = x.Data[from]);
        return y;
    }
}

/// <summary>The adjoint of <see cref="WindowOp"/>: adds the taps of all windows to the pixels they came from.</summary>
/// <param name="Window">The geometry of the windows.</param>
/// <param name="Height">The height of the image: the geometry alone does not determine it.</param>
/// <param name="Width">The width of the image.</param>
internal sealed record FoldOp(WindowGeometry Window, Size Height, Size Width) : Op
{
    public override string Name => "fold";

    public override string Attributes => $"{Window} to {Height},{Width}";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 6);
        var y = inputs[0].Shape;
        Expect.Shape(
            this,
            inputs[0],
            y[0],
            y[1],
            Window.OutHeight(Height),
            Window.OutWidth(Width),
            Window.KernelHeight,
            Window.KernelWidth);
        return (GraphLists.Dims(y[0], y[1], Height, Width), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis > 3 ? AxisReach.Whole : Window.TransposedField(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Add(new WindowOp(Window), cotangent) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = NdArray.Zeros(node.Shape.Map(valueOf));
        Images.Windows(Window, x.Shape, inputs[0].Shape, (pixel, tap) => x.Data[pixel] += inputs[0].Data[tap]);
        return x;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length;
}

/// <summary>Walks over batches of images, for evaluation.</summary>
internal static class Images
{
    /// <summary>Visits every tap inside the image: the offset of its pixel in [b, c, h, w] and its own in [b, c, i, j,
    /// u, v].</summary>
    public static void Windows(WindowGeometry window, int[] image, int[] windows, Action<int, int> visit)
    {
        for (int plane = 0; plane < image[0] * image[1]; plane++)
        {
            int p = plane;
            window.Visit(image[2], image[3], (i, j, u, v, y, x) => visit(
                (((p * image[2]) + y) * image[3]) + x,
                (((((((p * windows[2]) + i) * windows[3]) + j) * windows[4]) + u) * windows[5]) + v));
        }
    }

    /// <summary>Visits every tap inside the image: the offset of its pixel in [b, c, h, w], that of its window in
    /// [b, c, i, j], and its number u·KernelWidth + v.</summary>
    public static void Taps(WindowGeometry window, int[] image, int[] windows, Action<int, int, int> visit)
    {
        for (int plane = 0; plane < image[0] * image[1]; plane++)
        {
            int p = plane;
            window.Visit(image[2], image[3], (i, j, u, v, y, x) => visit(
                (((p * image[2]) + y) * image[3]) + x,
                (((p * windows[2]) + i) * windows[3]) + j,
                (u * window.KernelWidth) + v));
        }
    }
}
