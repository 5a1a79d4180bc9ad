using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>The largest pixel of each window, <c>[b, c, h, w] -> [b, c, i, j]</c>. Pixels outside the image count as
/// -∞.</summary>
internal sealed record MaxPoolOp(WindowGeometry Window) : MacroOp
{
    public override string Name => "maxpool";

    public override Placement? Placement => new(Skeleton.Pool, OperandForm.Buffer) { YieldsImage = true };

    public override bool SharesPassWith(Op other) => other is MaxPoolIndexOp twin && twin.Window == Window;

    public override string Attributes => Window.ToString();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        return (Windows(Window, inputs[0].Shape), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Window.Field(axis);

    /// <summary>The first maximum of a window gets its cotangent; which one that is, is kept as a tap number.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        Node index = graph.Add(new MaxPoolIndexOp(Window), x);
        return new Node?[] { graph.Add(new MaxPoolGradientOp(Window, x.Shape[2], x.Shape[3]), cotangent, index) };
    }

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs)
    {
        Node inside = graph.Add(new WindowOp(Window), graph.Fill(1, inputs[0].Shape));
        Node windows = graph.Add(new WindowOp(Window), inputs[0]);
        return graph.Reduce(
            ReduceKind.Max, graph.Pointwise("select", inside, windows, graph.Constant(double.NegativeInfinity)), 4, 5);
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        MaxPoolTaps.Search(Window, inputs[0], node.Shape.Map(valueOf)).Largest;

    public override Size Flops(Node node) => node.Length * Window.Taps;
}

/// <summary>The tap number u·KernelWidth + v of the first maximum of each window, as a float.</summary>
internal sealed record MaxPoolIndexOp(WindowGeometry Window) : MacroOp
{
    public override string Name => "maxpoolindex";

    public override Placement? Placement => new(Skeleton.Pool, OperandForm.Buffer) { YieldsImage = true };

    public override bool SharesPassWith(Op other) => other is MaxPoolOp twin && twin.Window == Window;

    public override string Attributes => Window.ToString();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        return (Windows(Window, inputs[0].Shape), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Window.Field(axis);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => new Node?[] { null };

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs)
    {
        Node outside = graph.Constant(double.NegativeInfinity);
        Node ones = graph.Fill(1, inputs[0].Shape);
        Node? best = null;
        Node? index = null;
        foreach (var (u, v) in MaxPoolTaps.Of(Window))
        {
            Node inside = MaxPoolTaps.View(graph, Window, ones, u, v);
            Node tap = graph.Pointwise("select", inside, MaxPoolTaps.View(graph, Window, inputs[0], u, v), outside);
            Node number = graph.Fill((u * Window.KernelWidth) + v, tap.Shape);
            Node better = best is null ? number : graph.Pointwise("less", best, tap);
            index = index is null ? number : graph.Pointwise("select", better, number, index);
            best = best is null ? tap : graph.Pointwise("max", best, tap);
        }

        return index!;
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf) =>
        MaxPoolTaps.Search(Window, inputs[0], node.Shape.Map(valueOf)).Index;

    public override Size Flops(Node node) => node.Length * Window.Taps;
}

/// <summary>Adds the cotangent of each window to the pixel of the tap that was chosen: dy, index [b, c, i, j] -> [b,
/// c, h, w].</summary>
internal sealed record MaxPoolGradientOp(WindowGeometry Window, Size Height, Size Width) : MacroOp
{
    public override string Name => "maxpoolgradient";

    public override Placement? Placement => new(Skeleton.PoolGradient, OperandForm.Buffer) { YieldsImage = true };

    public override string Attributes => $"{Window} to {Height},{Width}";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        var image = GraphLists.Dims(inputs[0].Shape[0], inputs[0].Shape[1], Height, Width);
        Expect.Shape(this, inputs[0], Windows(Window, image).ToArray());
        Expect.Shape(this, inputs[1], inputs[0].Shape.ToArray());
        return (image, DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => Window.TransposedField(axis);

    /// <summary>The adjoint picks the chosen pixel of each window.</summary>
    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Add(new MaxPoolPickOp(Window), cotangent, node.Inputs[1]), null };

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs) => MaxPoolTaps.Of(Window)
        .Select(t =>
        {
            Node chosen = MaxPoolTaps.Chosen(graph, Window, inputs[1], t.U, t.V);
            Node share = graph.Pointwise("mul", chosen, inputs[0]);
            Node window = graph.Reshape(share, share.Shape.Add(1).Add(1));
            return graph.Add(new FoldOp(Window.Tap(t.U, t.V), Height, Width), window);
        })
        .Aggregate((sum, term) => graph.Pointwise("add", sum, term));

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray dx = NdArray.Zeros(node.Shape.Map(valueOf));
        Images.Taps(Window, dx.Shape, inputs[0].Shape, (pixel, window, tap) =>
            dx.Data[pixel] += inputs[1].Data[window] == tap ? inputs[0].Data[window] : 0);
        return dx;
    }

    public override Size Flops(Node node) => node.Inputs[0].Length * Window.Taps;
}

/// <summary>The pixel of the chosen tap of each window, the adjoint of <see cref="MaxPoolGradientOp"/>: x [b, c, h,
/// w], index [b, c, i, j] -> [b, c, i, j].</summary>
internal sealed record MaxPoolPickOp(WindowGeometry Window) : MacroOp
{
    public override string Name => "maxpoolpick";

    public override Placement? Placement => new(Skeleton.Pool, OperandForm.Buffer) { YieldsImage = true };

    public override string Attributes => Window.ToString();

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 2);
        Expect.Rank(this, inputs[0], 4);
        ImmutableArray<Size> windows = Windows(Window, inputs[0].Shape);
        Expect.Shape(this, inputs[1], windows.ToArray());
        return (windows, DType.Float);
    }

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Node x = node.Inputs[0];
        return new Node?[]
        {
            graph.Add(new MaxPoolGradientOp(Window, x.Shape[2], x.Shape[3]), cotangent, node.Inputs[1]), null,
        };
    }

    public override Node Expand(Graph graph, IReadOnlyList<Node> inputs) => MaxPoolTaps.Of(Window)
        .Select(t => graph.Pointwise(
            "mul",
            MaxPoolTaps.Chosen(graph, Window, inputs[1], t.U, t.V),
            MaxPoolTaps.View(graph, Window, inputs[0], t.U, t.V)))
        .Aggregate((sum, term) => graph.Pointwise("add", sum, term));

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Images.Taps(Window, inputs[0].Shape, y.Shape, (pixel, window, tap) =>
            y.Data[window] += inputs[1].Data[window] == tap ? inputs[0].Data[pixel] : 0);
        return y;
    }

    public override Size Flops(Node node) => node.Length * Window.Taps;
}

/// <summary>Windows tap by tap.</summary>
internal static class MaxPoolTaps
{
    public static IEnumerable<(int U, int V)> Of(WindowGeometry window) =>
        from u in Enumerable.Range(0, window.KernelHeight)
        from v in Enumerable.Range(0, window.KernelWidth)
        select (u, v);

    /// <summary>Tap (u, v) of every window: [b, c, h, w] -> [b, c, i, j], zeros outside.</summary>
    public static Node View(Graph graph, WindowGeometry window, Node x, int u, int v)
    {
        Node pixels = graph.Add(new WindowOp(window.Tap(u, v)), x);
        return graph.Reshape(pixels, pixels.Shape.RemoveRange(4, 2));
    }

    /// <summary>1 where the index of a window is tap (u, v).</summary>
    public static Node Chosen(Graph graph, WindowGeometry window, Node index, int u, int v) =>
        graph.Pointwise("equal", index, graph.Constant((u * window.KernelWidth) + v));

    /// <summary>The first maximum of every window and its tap number. A NaN wins over everything before it.</summary>
    public static (NdArray Largest, NdArray Index) Search(WindowGeometry window, NdArray x, int[] windows)
    {
        NdArray largest = NdArray.Zeros(windows);
        NdArray index = NdArray.Zeros(windows);
        for (int i = 0; i < largest.Data.Length; i++)
        {
            largest.Data[i] = double.NegativeInfinity;
        }

        Images.Taps(window, x.Shape, windows, (pixel, at, tap) =>
        {
            if (x.Data[pixel] > largest.Data[at] || (double.IsNaN(x.Data[pixel]) && !double.IsNaN(largest.Data[at])))
            {
                largest.Data[at] = x.Data[pixel];
                index.Data[at] = tap;
            }
        });
        return (largest, index);
    }
}
