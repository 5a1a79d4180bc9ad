using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Lowering;

/// <summary>What linear attention makes of queries and keys; the members are those of the runtime's
/// <c>Dsl.FeatureMap</c>.</summary>
internal enum FeatureMap
{
    EluPlusOne,
    Relu,
    Exp,
    Identity,
    Taylor,
    Efficient,
}

/// <summary>
/// Attention in linear time (Katharopoulos et al. 2020, eq. 4 to 12): Σ (φ(q)·φ(k)) v by way of a state of d × e numbers for
/// each head, over the sum of the weights. Operands are [b, n, heads·width].
/// </summary>
internal static class LinearAttention
{
    /// <summary>Positions of a chunk: how the sum is cut, nothing else. A chunk's own pairs take as long as its state when it
    /// has as many positions as the state has features.</summary>
    private const int LeastChunk = 32, MostChunk = 64;

    private static readonly int[] s_features = { 2 };
    private static readonly int[] s_ofSequences = { 0, 2 };

    private const double ReluOffset = 1e-3;
    private const double SmallestLength = 1e-12;

    public static Node Mix(
        Graph g, Node q, Node k, Node v, int heads, FeatureMap map, bool causal, bool normalizes, double epsilon)
    {
        (q, k) = (Features(g, q, heads, map, isQuery: true), Features(g, k, heads, map, isQuery: false));
        Node sum = Products(g, q, k, v, heads, causal);
        if (map == FeatureMap.Taylor)
        {
            sum = g.Pointwise("add", sum, Total(g, v, causal, sum));
        }

        if (!normalizes || map == FeatureMap.Efficient)
        {
            return sum;
        }

        Node weights = HeadSums(g, g.Pointwise("mul", q, Total(g, k, causal, q)), heads);
        if (map == FeatureMap.Taylor)
        {
            weights = g.Pointwise("add", weights, Counts(g, q, k, heads, causal));
        }

        Node divisor = g.Pointwise("add", weights, g.Constant(epsilon));
        Node rows = ByHead(g, sum, heads);
        return g.Reshape(
            g.Pointwise("div", rows, g.Spread(divisor, rows.Shape, s_features)), sum.Shape);
    }

    /// <summary>Σ (q·k) v over the positions that are seen; not normalised.</summary>
    public static Node Products(Graph g, Node q, Node k, Node v, int heads, bool causal)
    {
        int chunk = Math.Max(q.Shape[2].Constant, v.Shape[2].Constant) / heads <= LeastChunk ? LeastChunk : MostChunk;
        return Products(g, q, k, v, heads, causal ? new OuterScanOp(Intra.Inclusive, Reverse: false, chunk) : null);
    }

    /// <summary>The same by a scan, or over all positions.</summary>
    public static Node Products(Graph g, Node q, Node k, Node v, int heads, OuterScanOp? scan)
    {
        (Node queries, Node keys, Node values) = (Heads(g, q, heads), Heads(g, k, heads), Heads(g, v, heads));
        Node result = scan is not null
            ? g.Add(scan, queries, keys, values)
            : g.Contract("bnhd,bhde->bnhe", queries, g.Contract("bmhd,bmhe->bhde", keys, values));
        return g.Reshape(result, new[] { q.Shape[0], q.Shape[1], v.Shape[2] });
    }

    /// <summary>φ of queries or keys.</summary>
    public static Node Features(Graph g, Node x, int heads, FeatureMap map, bool isQuery)
    {
        switch (map)
        {
            case FeatureMap.EluPlusOne:
                return g.Pointwise("eluplusone", x);
            case FeatureMap.Relu:
                return g.Pointwise("add", g.Pointwise("relu", x), g.Constant(ReluOffset));
            case FeatureMap.Exp:
                return g.Pointwise("exp", x);
            case FeatureMap.Taylor:
                Node rows = ByHead(g, x, heads);
                return g.Reshape(Normalization.DivideByLength(g, rows, 2, SmallestLength, rootMean: false), x.Shape);
            case FeatureMap.Efficient:
                return isQuery ? g.Reshape(Softmax(g, ByHead(g, x, heads), 2), x.Shape) : Softmax(g, x, 1);
            default:
                return x;
        }
    }

    private static Node Softmax(Graph g, Node x, int axis)
    {
        Node total = g.Spread(g.Add(new LogSumExpOp(axis), x), x.Shape, new[] { axis });
        return g.Pointwise("exp", g.Pointwise("sub", x, total));
    }

    /// <summary>The sum of what each position sees, in the shape of another value.</summary>
    private static Node Total(Graph g, Node x, bool causal, Node like) => causal
        ? g.Add(new CumSumOp(1, Exclusive: false, Reverse: false), x)
        : g.Broadcast(g.Sum(x, 1), like.Shape, s_ofSequences);

    /// <summary>How many positions each one sees, for every head: [b, n·heads].</summary>
    private static Node Counts(Graph g, Node q, Node k, int heads, bool causal)
    {
        Size[] rows = { q.Shape[0], q.Shape[1] * heads };
        Size[] positions = { q.Shape[0], q.Shape[1], heads };
        if (!causal)
        {
            return g.Broadcast(g.SizeValue(k.Shape[1]), rows, Array.Empty<int>());
        }

        Node earlier = g.Add(new IotaOp(positions.ToEquatable(), 1));
        return g.Reshape(g.Pointwise("add", earlier, g.Constant(1)), rows);
    }

    /// <summary>[b, n, heads·d] summed over the features of each head: [b, n·heads].</summary>
    private static Node HeadSums(Graph g, Node x, int heads) => g.Sum(ByHead(g, x, heads), 2);

    /// <summary>[b, n, heads·d] as [b, n·heads, d]: a row for each head of each position.</summary>
    public static Node ByHead(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1] * heads, x.Shape[2] / heads });

    private static Node Heads(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
}
