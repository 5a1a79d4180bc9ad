using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>A function of <c>Dsl.Functions</c> that is not pointwise.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lower">Adds its nodes; the result.</param>
internal sealed record FunctionRow(string Name, Func<FunctionContext, Node> Lower);

/// <summary>The table of functions. What is not here is pointwise: a row or a composite.</summary>
internal static class FunctionTable
{
    private static readonly Dictionary<string, FunctionRow> ByName = new[]
    {
        new FunctionRow("MaxPool", static c => MaxPool(c)),
        new FunctionRow("AvgPool", static c => AveragePool(c)),
        new FunctionRow("Flatten", static c => Flatten(c)),
        new FunctionRow("Reshape", static c => Reshape(c)),
        new FunctionRow("Sum", static c => Reduce(c, static (g, x, axes) => g.Sum(x, axes))),
        new FunctionRow("Mean", static c => Reduce(c, static (g, x, axes) => g.Mean(x, axes))),
        new FunctionRow("Max", static c => Reduce(c, static (g, x, axes) => g.Reduce(ReduceKind.Max, x, axes))),
        new FunctionRow("Softmax", static c => c.Graph.Pointwise("exp", LogSoftmax(c))),
        new FunctionRow("LogSoftmax", static c => LogSoftmax(c)),
        new FunctionRow("CrossEntropy", static c => CrossEntropy(c)),
        new FunctionRow("MeanSquaredError", static c => MeanSquaredError(c)),
    }.ToDictionary(static f => f.Name, StringComparer.Ordinal);

    /// <summary>The function that a step calls, or null when it is pointwise: <c>Max</c> of two tensors is.</summary>
    public static FunctionRow? Find(StepSpec step) =>
        ByName.TryGetValue(step.Target, out FunctionRow? row)
        && !(step.Target == "Max" && step.Operands.Count(static o => o.Value >= 0) > 1)
            ? row
            : null;

    private static Node MaxPool(FunctionContext c)
    {
        var (x, window) = Pool(c);
        return c.Graph.Add(new MaxPoolOp(window), x);
    }

    private static Node AveragePool(FunctionContext c)
    {
        var (x, window) = Pool(c);
        return c.Graph.Add(new AveragePoolOp(window, c.Bool("countPadding", 4, true)), x);
    }

    private static (Node X, WindowGeometry Window) Pool(FunctionContext c)
    {
        Node x = c.Rank(c.Tensor("x", 0), "x", 0, 4, "images: 'b, c, h, w'");
        int size = c.Int("size", 1, 2, 1);
        int stride = c.Int("stride", 2, 0, 0);

        // A window with no pixel of the image has no maximum and no mean.
        int padding = c.Int("padding", 3, 0, 0, size / 2);
        var window = WindowGeometry.Square(size, stride == 0 ? size : stride, padding);
        return WindowFit.TooLarge(window, x) is { } image
            ? throw c.WindowTooLarge($"{size}x{size}", image, x).Offer(c.Pass("size", WindowFit.Largest(window, x)))
            : (x, window);
    }

    private static Node Flatten(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int from = x.Rank == 0 ? 0 : c.Axis("from", 1, x.Rank == 1 ? 0 : 1, x);
        return c.Graph.Reshape(x, x.Shape.Take(from).Concat(new[] { x.Shape.Skip(from).Product() }));
    }

    private static Node Reshape(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        Size[] dims = c.Sizes("dims", 1);
        string asked = dims.Text();
        int open = Array.FindIndex(dims, static d => d.Equals(Size.Of(-1)));
        if (open >= 0)
        {
            // One extent may be left to the compiler: -1.
            dims[open] = x.Length / dims.Where((_, i) => i != open).Product();
        }

        return dims.Product().Equals(x.Length)
            ? c.Graph.Reshape(x, dims)
            : throw c.Mismatch("x", 0, $"as many elements as '{asked}'", "make the products of the extents equal");
    }

    private static Node Reduce(FunctionContext c, Func<Graph, Node, int[], Node> reduce)
    {
        Node x = c.Tensor("x", 0);
        return reduce(c.Graph, x, c.Axes("axes", 1, x));
    }

    private static Node LogSoftmax(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, -1, x);
        Node total = c.Graph.Add(new LogSumExpOp(axis), x);
        return c.Graph.Pointwise("sub", x, c.Graph.Spread(total, x.Shape, new[] { axis }));
    }

    /// <summary>
    /// Mean over all labels of logΣexp(z) - z[label]. Classes are the last axis; where only axis 1 fits the labels
    /// (images of
    /// logits, [b, classes, h, w]), that.
    /// </summary>
    private static Node CrossEntropy(FunctionContext c)
    {
        Graph g = c.Graph;
        Node z = c.Tensor("logits", 0);
        Node labels = c.Ints("labels", 1);
        int axis = ClassAxis(z, labels);
        if (axis < 0 || !z.Shape[axis].IsConstant)
        {
            string expected = z.Rank == 0
                ? "logits of rank 1 or more"
                : $"labels '{z.Shape.RemoveAt(z.Rank - 1).Text()}'";
            throw c.Mismatch("labels", 1, expected, "give one label per position, and a constant number of classes")
                .Offer(c.FlattenBefore("logits", 0, labels.Rank + 1))
                .Offer(z.Rank > 1 ? c.Make("labels", 1, z.Shape.RemoveAt(z.Rank - 1)) : Array.Empty<Remedy>());
        }

        Node hot = g.Add(new OneHotOp(z.Shape[axis].Constant), labels);
        if (axis != z.Rank - 1)
        {
            // The classes of the indicator come last; they go where the logits have them.
            var order = Enumerable.Range(0, z.Rank - 1).ToList();
            order.Insert(axis, z.Rank - 1);
            hot = g.Transpose(hot, order.ToArray());
        }

        Node chosen = g.Sum(g.Pointwise("select", hot, z, g.Constant(0)), axis);
        Node losses = g.Pointwise("sub", g.Add(new LogSumExpOp(axis), z), chosen);
        return g.Mean(losses, Enumerable.Range(0, losses.Rank).ToArray());
    }

    private static int ClassAxis(Node logits, Node labels)
    {
        foreach (int axis in new[] { logits.Rank - 1, 1 })
        {
            if (axis >= 0 && axis < logits.Rank && labels.SameShape(logits.Shape.RemoveAt(axis)))
            {
                return axis;
            }
        }

        return -1;
    }

    private static Node MeanSquaredError(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        Node target = c.Tensor("target", 1);
        if (!target.SameShape(x.Shape))
        {
            throw c.Mismatch("target", 1, $"'{x.Shape.Text()}'", "give both the same shape")
                .Offer(c.Make("target", 1, x.Shape)).Offer(c.Make("x", 0, target.Shape));
        }

        Node squares = c.Graph.Pointwise("square", c.Graph.Pointwise("sub", x, target));
        return c.Graph.Mean(squares, Enumerable.Range(0, x.Rank).ToArray());
    }
}
