using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
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

    /// <param name="g">The graph.</param>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="map">φ.</param>
    /// <param name="causal">Whether a position sees earlier ones and itself only.</param>
    /// <param name="normalizes">Whether to divide by the sum of weights.</param>
    /// <param name="epsilon">What is added to it.</param>
    /// <param name="segments">[b, n]: what positions see each other; null: all.</param>
    /// <param name="carried">Has, and gets, the sums, where it is causal.</param>
    public static Node Mix(
        Graph g, Node q, Node k, Node v, int heads, FeatureMap map, bool causal, bool normalizes, double epsilon,
        Node? segments = null, CarriedState? carried = null)
    {
        (q, k) = (Features(g, q, heads, map, isQuery: true), Features(g, k, heads, map, isQuery: false));
        if (segments is not null)
        {
            return MixSegments(g, q, k, v, heads, map, causal, normalizes, epsilon, segments, carried);
        }

        Node sum = GoOn(g, Products(g, q, k, v, heads, causal), q, k, v, heads, carried);
        if (map == FeatureMap.Taylor)
        {
            sum = g.Pointwise("add", sum, Total(g, v, causal, sum, carried));
        }

        if (!normalizes || map == FeatureMap.Efficient)
        {
            return sum;
        }

        Node weights = HeadSums(g, g.Pointwise("mul", q, Total(g, k, causal, q, carried)), heads);
        if (map == FeatureMap.Taylor)
        {
            weights = g.Pointwise("add", weights, Counts(g, q, k, heads, causal, carried));
        }

        Node divisor = g.Pointwise("add", weights, g.Constant(epsilon));
        Node rows = ByHead(g, sum, heads);
        return g.Reshape(
            g.Pointwise("div", rows, g.Spread(divisor, rows.Shape, s_features)), sum.Shape);
    }

    /// <summary>The same within segments: a scan forgets where one begins. Sums of weights are scans of ones.</summary>
    private static Node MixSegments(
        Graph g, Node q, Node k, Node v, int heads, FeatureMap map, bool causal, bool normalizes, double epsilon,
        Node segments, CarriedState? carried)
    {
        Node shown = Segments.Shown(g, segments);
        Node decay = Segments.Decay(g, segments, heads, carries: carried?.GoesOn == true);
        Size[] perHead = { q.Shape[0], q.Shape[1], heads };
        Node ones = Segments.Spread(g, shown, perHead);
        Node every = g.Fill(1, perHead);
        Node values = Segments.Hide(g, v, segments);
        Node sum = All(values);
        if (!normalizes)
        {
            return sum;
        }

        Node weights = All(ones);

        // What is hidden has no weights at all; its sums are 0, too.
        Node divisor = g.Pointwise(
            "add", weights, g.Pointwise("select", ones, g.Constant(epsilon), g.Constant(1)));
        Node rows = ByHead(g, sum, heads);
        Node perRow = g.Reshape(divisor, new[] { rows.Shape[0], rows.Shape[1] });
        return g.Reshape(g.Pointwise("div", rows, g.Spread(perRow, rows.Shape, s_features)), v.Shape);

        Node All(Node of) => map == FeatureMap.Taylor
            ? g.Pointwise("add", Sums(q, k, of), Sums(every, every, of)) : Sums(q, k, of);

        Node Sums(Node queries, Node keys, Node of)
        {
            Node? state = carried?.Take(heads, keys.Shape[2].Constant / heads, of.Shape[2].Constant / heads);
            Node earlier = DecayAttention.Mix(g, queries, keys, of, decay, heads, exclusive: false, state);
            carried?.Leave(DecayAttention.State(g, keys, of, decay, heads, state));
            if (causal)
            {
                return earlier;
            }

            Node later = g.Reshape(
                g.Add(
                    new DecayScanOp(DecayAxis.Head, Exclusive: false, Reverse: true),
                    Heads(g, queries, heads), Heads(g, keys, heads), Heads(g, of, heads), decay),
                of.Shape);
            Node own = HeadSums(g, g.Pointwise("mul", queries, keys), heads);
            Node ofRows = ByHead(g, of, heads);
            Node twice = g.Reshape(g.Pointwise("mul", ofRows, g.Spread(own, ofRows.Shape, s_features)), of.Shape);
            return g.Pointwise("sub", g.Pointwise("add", earlier, later), twice);
        }
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

    private static Node Softmax(Graph g, Node x, int axis) => g.Pointwise("exp", LogSoftmax.Of(g, x, axis));

    /// <summary>What keys and values of a state before the first position add to sums of products.</summary>
    private static Node GoOn(Graph g, Node sum, Node q, Node k, Node v, int heads, CarriedState? carried)
    {
        if (carried is null)
        {
            return sum;
        }

        (Node queries, Node keys, Node values) = (Heads(g, q, heads), Heads(g, k, heads), Heads(g, v, heads));
        Node? state = carried.Take(heads, keys.Shape[3].Constant, values.Shape[3].Constant);
        Node own = g.Contract("bnhd,bnhe->bhde", keys, values);
        carried.Leave(state is null ? own : g.Pointwise("add", state, own));
        return state is null ? sum
            : g.Pointwise("add", sum, g.Reshape(g.Contract("bnhd,bhde->bnhe", queries, state), sum.Shape));
    }

    /// <summary>The sum of what each position sees, in the shape of another value.</summary>
    private static Node Total(Graph g, Node x, bool causal, Node like, CarriedState? carried)
    {
        Node sum = causal ? g.Add(new CumSumOp(1, Exclusive: false, Reverse: false), x)
            : g.Broadcast(g.Sum(x, 1), like.Shape, s_ofSequences);
        if (carried is null)
        {
            return sum;
        }

        Node? before = carried.Take(x.Shape[2].Constant);
        Node own = g.Sum(x, 1);
        carried.Leave(before is null ? own : g.Pointwise("add", before, own));
        return before is null ? sum : g.Pointwise("add", sum, g.Broadcast(before, sum.Shape, s_ofSequences));
    }

    /// <summary>How many positions each one sees, for every head: [b, n·heads].</summary>
    private static Node Counts(Graph g, Node q, Node k, int heads, bool causal, CarriedState? carried)
    {
        Size[] rows = { q.Shape[0], q.Shape[1] * heads };
        Size[] positions = { q.Shape[0], q.Shape[1], heads };
        if (!causal)
        {
            return g.Broadcast(g.SizeValue(k.Shape[1]), rows, Array.Empty<int>());
        }

        Node seen = g.Pointwise("add", g.Add(new IotaOp(positions.ToEquatable(), 1)), g.Constant(1));
        if (carried is not null)
        {
            Node? before = carried.Take(heads);
            Node own = g.Fill(g.SizeValue(q.Shape[1]), new[] { q.Shape[0], heads });
            carried.Leave(before is null ? own : g.Pointwise("add", before, own));
            seen = before is null ? seen : g.Pointwise("add", seen, g.Broadcast(before, positions, s_ofSequences));
        }

        return g.Reshape(seen, rows);
    }

    /// <summary>[b, n, heads·d] summed over the features of each head: [b, n·heads].</summary>
    private static Node HeadSums(Graph g, Node x, int heads) => g.Sum(ByHead(g, x, heads), 2);

    /// <summary>[b, n, heads·d] as [b, n·heads, d]: a row for each head of each position.</summary>
    public static Node ByHead(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1] * heads, x.Shape[2] / heads });

    private static Node Heads(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
}
