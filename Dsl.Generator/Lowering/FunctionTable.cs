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
        new FunctionRow("Dropout", static c => c.Dropout(
            c.Tensor("x", 0), c.Number("rate", 1, static r => r is >= 0 and < 1, "a number from 0 to below 1"))),
        new FunctionRow("Flatten", static c => Flatten(c)),
        new FunctionRow("Sum", static c => Reduce(c, static (g, x, axes) => g.Sum(x, axes))),
        new FunctionRow("Mean", static c => Reduce(c, static (g, x, axes) => g.Mean(x, axes))),
        new FunctionRow("Max", static c => Reduce(c, static (g, x, axes) => g.Reduce(ReduceKind.Max, x, axes))),
        new FunctionRow("Min", static c => Reduce(c, static (g, x, axes) =>
            g.Pointwise("neg", g.Reduce(ReduceKind.Max, g.Pointwise("neg", x), axes)))),
        new FunctionRow("Variance", static c => Reduce(c, static (g, x, axes) => Normalization.Variance(g, x, axes))),
        new FunctionRow("LogSumExp", static c => LogSumExp(c)),
        new FunctionRow("CumSum", static c => CumSum(c)),
        new FunctionRow("LinearScan", static c => LinearScan(c, complex: false)),
        new FunctionRow("ComplexLinearScan", static c => LinearScan(c, complex: true)),
        new FunctionRow("Transpose", static c => Transpose(c)),
        new FunctionRow("MatMul", static c => MatMul(c)),
        new FunctionRow("Clamp", static c => Clamp(c)),
        new FunctionRow("StopGradient", static c => c.Graph.Add(new StopGradientOp(), c.Tensor("x", 0))),
        new FunctionRow("NotEqual", static c => c.Graph.Add(
            new DiffersOp(c.Int("value", 1, 0, int.MinValue)), c.Ints("x", 0))),
        new FunctionRow("Softmax", static c => c.Graph.Pointwise("exp", LogSoftmaxOf(c))),
        new FunctionRow("LogSoftmax", static c => LogSoftmaxOf(c)),
        new FunctionRow("L2Normalize", static c => L2Normalize(c)),
        new FunctionRow("CrossEntropy", static c => LabelLosses.CrossEntropy(c)),
        new FunctionRow("FocalLoss", static c => LabelLosses.Focal(c)),
        new FunctionRow("DiceLoss", static c => c.IsInts("targets", 1) ? LabelLosses.Dice(c) : TargetLosses.Dice(c)),
        new FunctionRow("MeanSquaredError", static c => TargetLosses.MeanSquaredError(c)),
        new FunctionRow("MeanAbsoluteError", static c => TargetLosses.MeanAbsoluteError(c)),
        new FunctionRow("SmoothL1", static c => TargetLosses.SmoothL1(c)),
        new FunctionRow("Contrastive", static c => MetricLosses.Contrastive(c)),
        new FunctionRow("Triplet", static c => MetricLosses.Triplet(c)),
        new FunctionRow("BinaryCrossEntropy", static c => TargetLosses.BinaryCrossEntropy(c)),
    }.Concat(ShapeFunctions.All).Concat(ImageFunctions.Rows).Concat(PositionFunctions.Rows).Concat(AttentionFunctions.Rows)
        .ToDictionary(static f => f.Name, StringComparer.Ordinal);

    /// <summary>The function that a step calls, or null when it is pointwise: <c>Max</c> and <c>Min</c> of two tensors
    /// are.</summary>
    public static FunctionRow? Find(StepSpec step) =>
        ByName.TryGetValue(step.Target, out FunctionRow? row)
        && !(step.Target is "Max" or "Min" && step.Operands.Count(static o => o.Value >= 0) > 1)
            ? row
            : null;

    private static Node Flatten(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int from = x.Rank == 0 ? 0 : c.Axis("from", 1, x.Rank == 1 ? 0 : 1, x);
        return c.Graph.Reshape(x, x.Shape.Take(from).Concat(new[] { x.Shape.Skip(from).Product() }));
    }

    private static Node Reduce(FunctionContext c, Func<Graph, Node, int[], Node> reduce)
    {
        Node x = c.Tensor("x", 0);
        return reduce(c.Graph, x, c.Axes("axes", 1, x));
    }

    private static Node LogSumExp(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        return c.Graph.Add(new LogSumExpOp(c.Axis("axis", 1, -1, x)), x);
    }

    private static Node CumSum(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, 0, x);
        return c.Graph.Add(new CumSumOp(axis, c.Bool("exclusive", 2, false), c.Bool("reverse", 3, false)), x);
    }

    private static Node LinearScan(FunctionContext c, bool complex)
    {
        (Node factors, Node x) = (c.Tensor("factors", 0), c.Tensor("x", 1));
        if (x.Rank != 3 || !x.Shape[2].IsConstant || (complex && x.Shape[2].Constant % 2 != 0))
        {
            throw c.Mismatch(
                "x", 1, complex ? "a sequence 'b, n, c' of real and as many imaginary parts" : "a sequence 'b, n, c'",
                "pass a tensor with three axes, the channels a constant");
        }

        bool isConstant = factors.SameShape(new[] { x.Shape[2] });
        if (!isConstant && !factors.SameShape(x.Shape))
        {
            throw c.Mismatch(
                "factors", 0, $"the shape of x, '{string.Join(", ", x.Shape)}', or '{x.Shape[2]}'",
                "pass a factor for each element, or one for each channel");
        }

        if (!c.Has("state", 2))
        {
            return c.Graph.Add(new LinearScanOp(complex), factors, x);
        }

        Node state = c.Tensor("state", 2);
        if (!state.SameShape(new[] { x.Shape[0], x.Shape[2] }))
        {
            throw c.Mismatch("state", 2, $"'{x.Shape[0]}, {x.Shape[2]}'", "a state is h of one position");
        }

        // The state is a position more, which begins anew.
        Graph g = c.Graph;
        Node first = g.Reshape(state, new[] { x.Shape[0], Size.One, x.Shape[2] });
        Node scan = g.Add(
            new LinearScanOp(complex), isConstant ? factors : g.Pad(factors, 1, 1, 0, 0), g.Concat(1, first, x));
        return g.Slice(scan, 1, 1, x.Shape[1]);
    }

    private static Node Transpose(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int[] order = c.Order("order", 1, x);
        return order.Length == x.Rank
            ? c.Graph.Transpose(x, order)
            : throw c.OutOfRange("order", string.Join(", ", order), $"each of the {x.Rank} axes once");
    }

    /// <summary>[..., m, k] and [..., k, n] give [..., m, n]; one matrix [k, n] serves all.</summary>
    private static Node MatMul(FunctionContext c)
    {
        const string Leading = "abcdefgh";
        Node x = c.Tensor("x", 0);
        Node y = c.Tensor("y", 1);
        if (x.Rank < 2 || x.Rank > Leading.Length)
        {
            throw c.Mismatch("x", 0, "matrices '..., m, k'", "pass a tensor with two axes or more");
        }

        var expected = x.Shape.Take(x.Rank - 2).Concat(new[] { x.Shape[x.Rank - 1] }).ToArray();
        bool shared = y.Rank == 2;
        if (y.Rank < 2 || !(shared ? expected.Skip(expected.Length - 1) : expected)
            .SequenceEqual(y.Shape.Take(y.Rank - 1)))
        {
            throw c.Mismatch(
                "y", 1, $"matrices '{expected.Text()}, n'", "give both the same leading axes, and rows of y for columns of x");
        }

        string batch = Leading.Substring(0, x.Rank - 2);
        return c.Graph.Contract($"{batch}mk,{(shared ? "" : batch)}kn->{batch}mn", x, y);
    }

    private static Node Clamp(FunctionContext c)
    {
        Graph g = c.Graph;
        double low = c.Number("low", 1, double.MinValue, double.NegativeInfinity);
        double high = c.Number("high", 2, double.MaxValue, low);
        return g.Pointwise("min", g.Pointwise("max", c.Tensor("x", 0), g.Constant(low)), g.Constant(high));
    }

    private static Node LogSoftmaxOf(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        return LogSoftmax.Of(c.Graph, x, c.Axis("axis", 1, -1, x));
    }

    private static Node L2Normalize(FunctionContext c)
    {
        Node x = c.Tensor("x", 0);
        int axis = c.Axis("axis", 1, -1, x);
        double epsilon = c.Number("epsilon", 2, 1e-12, Normalization.SmallestLength);
        return Normalization.DivideByLength(c.Graph, x, axis, epsilon, rootMean: false);
    }
}
