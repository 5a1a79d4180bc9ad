using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Losses that compare logits with labels.</summary>
internal static class LabelLosses
{
    /// <summary>
    /// Mean of (1-s)·w[t]·(L - z[t]) + s/C·Σ w·(L - z) with L = logΣexp(z); over the sum of w[t] when there are weights.
    /// </summary>
    public static Node CrossEntropy(FunctionContext c)
    {
        Graph g = c.Graph;
        var logits = new LabelledLogits(c, "labels", 2);
        double smoothing = c.Number("smoothing", 3, 0, 0);
        if (smoothing >= 1)
        {
            throw c.OutOfRange(
                "smoothing", smoothing.ToString("R", CultureInfo.InvariantCulture), "a constant from 0 to below 1");
        }

        Node? weights = c.Has("weights", 4) ? Weights(c, logits) : null;
        Node chosen = logits.Chosen(logits.Logits);
        Node? weight = weights is null ? null : logits.WhereCounted(logits.Chosen(logits.Spread(weights)));
        Node total = logits.LogSumExp();
        Node losses = g.Pointwise("sub", total, chosen);
        losses = weight is null ? losses : g.Pointwise("mul", weight, losses);
        if (smoothing > 0)
        {
            Node all = g.Sum(weights is null ? logits.Logits : Times(g, logits.Logits, logits.Spread(weights)), logits.Axis);
            Node mass = weights is null ? g.Constant(logits.Classes) : g.SumAll(weights);
            Node even = g.Pointwise("sub", g.Pointwise("mul", total, Like(g, mass, total)), all);
            losses = g.Pointwise("add", Scaled(g, losses, 1 - smoothing), Scaled(g, even, smoothing / logits.Classes));
        }

        return weight is null
            ? logits.Mean(losses)
            : g.Pointwise(
                "div", g.SumAll(logits.WhereCounted(losses)), logits.Divisor(g.SumAll(weight)));
    }

    /// <summary>Mean of -(1 - p)^γ·ln p with the probability p of the label.</summary>
    public static Node Focal(FunctionContext c)
    {
        Graph g = c.Graph;
        var logits = new LabelledLogits(c, "labels", 4);
        double gamma = c.Number("gamma", 2, 2, 0);
        if (gamma is > 0 and < 1)
        {
            throw c.OutOfRange(
                "gamma", gamma.ToString("R", CultureInfo.InvariantCulture), "0, or a constant of at least 1");
        }

        Node chosen = logits.Chosen(logits.Logits);
        Node logarithm = g.Pointwise("sub", chosen, logits.LogSumExp());

        // 1 - p without cancellation; rounding must not make it negative.
        Node miss = g.Pointwise("max", g.Pointwise("neg", g.Pointwise("expm1", logarithm)), g.Constant(0));
        Node factor = g.Pointwise("pow", miss, g.Constant(gamma));
        factor = c.Bool("detach", 3, false) ? g.Add(new StopGradientOp(), factor) : factor;
        return logits.Mean(g.Pointwise("mul", factor, g.Pointwise("neg", logarithm)));
    }

    /// <summary>1 - (2·Σ p[t] + ε)/(2·n + ε) over the n labels that count, p = softmax: the sums of p and of its
    /// indicator are both n.</summary>
    public static Node Dice(FunctionContext c)
    {
        Graph g = c.Graph;
        double epsilon = c.Number("epsilon", 2, 1e-6, 0);
        var logits = new LabelledLogits(c, "targets", 3);
        Node count = logits.Count();
        Node chosen = logits.Chosen(logits.Logits);
        Node probability = g.Pointwise("exp", g.Pointwise("sub", chosen, logits.LogSumExp()));
        Node common = g.SumAll(logits.WhereCounted(probability));
        return TargetLosses.Dice(g, common, Scaled(g, count, 2), epsilon);
    }

    private static Node Weights(FunctionContext c, LabelledLogits logits)
    {
        Node weights = c.Tensor("weights", 4);
        return weights.SameShape(new[] { Size.Of(logits.Classes) })
            ? weights
            : throw c.Mismatch("weights", 4, $"'{Size.Of(logits.Classes)}'", "give one weight per class")
                .Offer(c.Make("weights", 4, new[] { Size.Of(logits.Classes) }));
    }

    private static Node Times(Graph g, Node a, Node b) => g.Pointwise("mul", a, b);

    private static Node Scaled(Graph g, Node x, double factor) => g.Pointwise("mul", x, g.Constant(factor));

    private static Node Like(Graph g, Node scalar, Node x) => x.Rank == 0 ? scalar : g.Fill(scalar, x.Shape);
}
