using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Logarithms of softmax. Logits are first measured from the largest: max + log Σ in one number would lose what log Σ has
/// below the last digit of max.</summary>
internal static class LogSoftmax
{
    /// <summary>x - max along an axis; the softmax is the same.</summary>
    public static Node Shifted(Graph g, Node x, int axis)
    {
        Node largest = g.Add(new StopGradientOp(), g.Reduce(ReduceKind.Max, x, axis));
        return g.Pointwise("sub", x, g.Spread(largest, x.Shape, new[] { axis }));
    }

    /// <summary>(x - max) - log Σ exp(x - max).</summary>
    public static Node Of(Graph g, Node x, int axis)
    {
        Node shifted = Shifted(g, x, axis);
        Node total = g.Add(new LogSumExpOp(axis), shifted);
        return g.Pointwise("sub", shifted, g.Spread(total, x.Shape, new[] { axis }));
    }
}
