using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Losses that compare floats with floats of the same shape.</summary>
internal static class TargetLosses
{
    public static Node MeanSquaredError(FunctionContext c) => Mean(c, static (g, d) => g.Pointwise("square", d));

    public static Node MeanAbsoluteError(FunctionContext c) => Mean(c, static (g, d) => g.Pointwise("abs", d));

    /// <summary>d²/2β where |d| is below β, |d| - β/2 elsewhere.</summary>
    public static Node SmoothL1(FunctionContext c)
    {
        double beta = c.Number("beta", 2, 1, 0);
        if (beta == 0)
        {
            return MeanAbsoluteError(c);
        }

        return Mean(c, (g, d) =>
        {
            Node size = g.Pointwise("abs", d);
            Node square = g.Pointwise("mul", g.Pointwise("square", d), g.Constant(0.5 / beta));
            Node linear = g.Pointwise("sub", size, g.Constant(0.5 * beta));
            return g.Pointwise("select", g.Pointwise("less", size, g.Constant(beta)), square, linear);
        });
    }

    /// <summary>Mean of w·t·softplus(-z) + (1 - t)·softplus(z): each term is exact where it matters.</summary>
    public static Node BinaryCrossEntropy(FunctionContext c)
    {
        Graph g = c.Graph;
        var (z, t) = Pair(c, "logits", "targets");
        Node hit = g.Pointwise("mul", t, g.Pointwise("softplus", g.Pointwise("neg", z)));
        if (c.Has("positive", 2))
        {
            Node weight = c.Tensor("positive", 2);
            try
            {
                hit = g.Pointwise("mul", g.BroadcastTo(weight, z.Shape), hit);
            }
            catch (ShapeException)
            {
                throw c.Mismatch("positive", 2, $"'{z.Shape.Text()}'", "give a weight per output, which is broadcast");
            }
        }

        Node miss = g.Pointwise("mul", g.Pointwise("sub", g.Constant(1), t), g.Pointwise("softplus", z));
        return MeanAll(g, g.Pointwise("add", hit, miss));
    }

    /// <summary>1 - (2·Σ p·t + ε)/(Σ p + Σ t + ε) with p the softmax over axis 1.</summary>
    public static Node Dice(FunctionContext c)
    {
        Graph g = c.Graph;
        var (z, t) = Pair(c, "logits", "targets");
        if (z.Rank < 2)
        {
            throw c.Mismatch("logits", 0, "'b, classes, ...'", "pass a tensor of rank 2 or more");
        }

        Node p = g.Pointwise("exp", LogSoftmax.Of(g, z, axis: 1));
        Node mass = g.Pointwise("add", g.SumAll(p), g.SumAll(t));
        return Dice(g, g.SumAll(g.Pointwise("mul", p, t)), mass, c.Number("epsilon", 2, 1e-6, 0));
    }

    /// <summary>1 - (2·common + ε)/(mass + ε).</summary>
    public static Node Dice(Graph g, Node common, Node mass, double epsilon)
    {
        Node above = g.Pointwise("add", g.Pointwise("mul", common, g.Constant(2)), g.Constant(epsilon));
        Node below = g.Pointwise("add", mass, g.Constant(epsilon));
        return g.Pointwise("sub", g.Constant(1), g.Pointwise("div", above, below));
    }

    private static Node Mean(FunctionContext c, Func<Graph, Node, Node> loss)
    {
        var (x, target) = Pair(c, "x", "target");
        return MeanAll(c.Graph, loss(c.Graph, c.Graph.Pointwise("sub", x, target)));
    }

    private static Node MeanAll(Graph g, Node losses) => g.Mean(losses, Enumerable.Range(0, losses.Rank).ToArray());

    private static (Node X, Node Target) Pair(FunctionContext c, string x, string target)
    {
        Node value = c.Tensor(x, 0);
        return c.Tensor(target, 1) is var other && other.SameShape(value.Shape)
            ? (value, other)
            : throw c.Mismatch(target, 1, $"'{value.Shape.Text()}'", "give both the same shape")
                .Offer(c.Make(target, 1, value.Shape)).Offer(c.Make(x, 0, other.Shape));
    }
}
