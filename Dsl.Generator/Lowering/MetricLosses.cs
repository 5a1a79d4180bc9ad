using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Lowering;

/// <summary>Losses of distances between embeddings.</summary>
internal static class MetricLosses
{
    private const double SmallestSquare = Normalization.SmallestLength * Normalization.SmallestLength;

    /// <summary>Mean of ½·y·d² + ½·(1 - y)·max(0, m - d)² with d = |a - b|.</summary>
    public static Node Contrastive(FunctionContext c)
    {
        Graph g = c.Graph;
        Node a = Embeddings(c, "a");
        Node b = Like(c, "b", 1, a.Shape, "a");
        Node same = Like(c, "same", 2, a.Shape.RemoveAt(a.Rank - 1), null);
        double margin = c.Number("margin", 3, 1, 0);
        Node squares = g.Sum(g.Pointwise("square", g.Pointwise("sub", a, b)), a.Rank - 1);

        // The bound is on the square: its derivative at 0 is that of a constant, where the root's is infinite.
        Node distance = g.Pointwise("sqrt", g.Pointwise("max", squares, g.Constant(SmallestSquare)));
        Node missing = g.Pointwise("relu", g.Pointwise("sub", g.Constant(margin), distance));
        Node near = g.Pointwise("mul", same, squares);
        Node far = g.Pointwise("mul", g.Pointwise("sub", g.Constant(1), same), g.Pointwise("square", missing));
        return g.Pointwise("mul", MeanAll(g, g.Pointwise("add", near, far)), g.Constant(0.5));
    }

    /// <summary>Mean of max(0, |a - p|² - |a - n|² + m) of rows of length 1.</summary>
    public static Node Triplet(FunctionContext c)
    {
        Graph g = c.Graph;
        Node anchor = Embeddings(c, "anchor");
        Node positive = Like(c, "positive", 1, anchor.Shape, "anchor");
        Node negative = Like(c, "negative", 2, anchor.Shape, "anchor");
        double margin = c.Number("margin", 3, 0.2, 0);
        Node unit = Directions(g, anchor);
        Node near = Apart(g, unit, Directions(g, positive));
        Node far = Apart(g, unit, Directions(g, negative));
        return MeanAll(g, g.Pointwise("relu", g.Pointwise("add", g.Pointwise("sub", near, far), g.Constant(margin))));
    }

    private static Node Apart(Graph g, Node x, Node y) =>
        g.Sum(g.Pointwise("square", g.Pointwise("sub", x, y)), x.Rank - 1);

    /// <summary>Rows divided by their lengths. One that is shorter than any is multiplied by 0, which is a constant: it has no
    /// gradient, where that of a bounded length would be 10¹² times what comes in.</summary>
    private static Node Directions(Graph g, Node x)
    {
        Node squares = g.Sum(g.Pointwise("square", x), x.Rank - 1);
        Node bound = g.Constant(SmallestSquare);
        Node rate = g.Pointwise(
            "select",
            g.Pointwise("less", squares, bound),
            g.Constant(0),
            g.Pointwise("rsqrt", g.Pointwise("max", squares, bound)));
        return g.Pointwise("mul", x, g.Spread(rate, x.Shape, new[] { x.Rank - 1 }));
    }

    private static Node MeanAll(Graph g, Node losses) => g.Mean(losses, Enumerable.Range(0, losses.Rank).ToArray());

    private static Node Embeddings(FunctionContext c, string name) => c.Tensor(name, 0) is { Rank: >= 2 } x
        ? x
        : throw c.Mismatch(name, 0, "embeddings '..., d'", "pass a tensor with two axes or more");

    /// <summary>An operand that must have a shape, that of another one where it is named.</summary>
    private static Node Like(FunctionContext c, string name, int position, IReadOnlyList<Size> shape, string? other)
    {
        Node x = c.Tensor(name, position);
        if (x.SameShape(shape))
        {
            return x;
        }

        ProblemException problem = c.Mismatch(
                name, position, $"'{shape.Text()}'",
                other is null ? "give one number per pair" : "give all the same shape")
            .Offer(c.Make(name, position, shape));
        throw other is null ? problem : problem.Offer(c.Make(other, 0, x.Shape));
    }
}
