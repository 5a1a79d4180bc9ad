using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Normalisation in primitives. Along the innermost axis the forward pass is one Row kernel, and so is the
/// backward pass.</summary>
internal static class Normalization
{
    /// <summary>The smallest length that may bound a divisor: its inverse cube must be a float.</summary>
    public const double SmallestLength = 1e-12;

    /// <summary>(x - mean)/√(variance + ε) along one axis.</summary>
    public static Node Standardize(Graph g, Node x, int axis, double epsilon)
    {
        var axes = new[] { axis };
        return Standardize(g, x, v => g.Mean(v, axes), v => g.Spread(v, x.Shape, axes), epsilon);
    }

    /// <summary>The same over groups of neighbouring channels (axis 1) and all positions (the axes behind it).</summary>
    /// <remarks>Positions are summed by channel first: only those sums, [b, c], are ever seen as [b, group, c/group], so
    /// images stay channel-last.</remarks>
    public static Node StandardizeGroups(Graph g, Node x, int groups, double epsilon)
    {
        int[] positions = Enumerable.Range(2, x.Rank - 2).ToArray();
        int channels = x.Shape[1].Constant;
        var perChannel = new[] { x.Shape[0], x.Shape[1] };
        var perGroup = new[] { x.Shape[0], Size.Of(groups), Size.Of(channels / groups) };
        var within = new[] { 2 };
        return groups == channels
            ? Standardize(g, x, v => g.Mean(v, positions), v => g.Spread(v, x.Shape, positions), epsilon)
            : Standardize(
                g,
                x,
                v => g.Mean(g.Reshape(g.Mean(v, positions), perGroup), within),
                v => g.Spread(g.Reshape(g.Spread(v, perGroup, within), perChannel), x.Shape, positions),
                epsilon);
    }

    /// <summary>x/√(mean x² + ε) along one axis.</summary>
    public static Node DivideByRootMeanSquare(Graph g, Node x, int axis, double epsilon)
    {
        Node energy = g.Mean(g.Pointwise("square", x), axis);
        Node rate = g.Pointwise("rsqrt", g.Pointwise("add", energy, g.Constant(epsilon)));
        return g.Pointwise("mul", x, g.Spread(rate, x.Shape, new[] { axis }));
    }

    /// <summary>x/max(|x|, ε) along one axis; of the root of the mean instead of the sum of squares when
    /// <paramref name="rootMean"/>.</summary>
    /// <remarks>The bound is on the square, so that the derivative at 0 is that of x/ε and not NaN.</remarks>
    public static Node DivideByLength(Graph g, Node x, int axis, double epsilon, bool rootMean)
    {
        Node squares = g.Pointwise("square", x);
        Node energy = rootMean ? g.Mean(squares, axis) : g.Sum(squares, axis);
        Node rate = g.Pointwise("rsqrt", g.Pointwise("max", energy, g.Constant(epsilon * epsilon)));
        return g.Pointwise("mul", x, g.Spread(rate, x.Shape, new[] { axis }));
    }

    /// <summary>The mean of (x - mean)², centred first, over axes, which are dropped.</summary>
    public static Node Variance(Graph g, Node x, int[] axes)
    {
        Node mean = g.Add(new StopGradientOp(), g.Mean(x, axes));
        return g.Mean(g.Pointwise("square", g.Pointwise("sub", x, g.Spread(mean, x.Shape, axes))), axes);
    }

    /// <remarks>
    /// The variance is centred, in a second sweep, so it does not cancel. The mean in it counts as a constant: its
    /// share of the gradient is Σ(x - mean) = 0, and without it both sums of the backward pass,
    /// x̄ = r·(ȳ - mean ȳ - x̂·mean(ȳ·x̂)), come from one sweep.
    /// </remarks>
    private static Node Standardize(Graph g, Node x, Func<Node, Node> mean, Func<Node, Node> spread, double epsilon)
    {
        Node centre = mean(x);
        Node offset = g.Pointwise("sub", x, spread(g.Add(new StopGradientOp(), centre)));
        Node variance = mean(g.Pointwise("square", offset));
        Node rate = g.Pointwise("rsqrt", g.Pointwise("add", variance, g.Constant(epsilon)));
        return g.Pointwise("mul", g.Pointwise("sub", x, spread(centre)), spread(rate));
    }
}
