using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// What causal attention by random features has summed up before the first position: of each feature Σ weight·value, Σ weight, and
/// the exponent that both are measured from. Features of all heads are side by side.
/// </summary>
internal sealed class FeatureSums
{
    /// <summary>An exponent of what does not count.</summary>
    private const double Nothing = -1e30;

    private static readonly int[] s_sequences = { 0, 2 };
    private static readonly int[] s_ofSums = { 0, 1, 2 };

    private readonly Graph _graph;

    /// <summary>[b, heads, m, e].</summary>
    private readonly Node _sum;

    /// <summary>Weights and exponents, [b, heads·m].</summary>
    private readonly Value _weight, _exponent;

    private FeatureSums(Graph g, Node sum, Value weight, Value exponent) =>
        (_graph, _sum, _weight, _exponent) = (g, sum, weight, exponent);

    /// <summary>The sums in a state; null where there is none.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="carried">The state.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="features">Features of a head.</param>
    /// <param name="width">Values of a head.</param>
    public static FeatureSums? Take(Graph g, CarriedState? carried, int heads, int features, int width)
    {
        Node? sum = carried?.Take(heads, features, width);
        Node?[] of = { carried?.Take(heads * features), carried?.Take(heads * features) };
        if (sum is null || of[0] is not { } weight || of[1] is not { } exponent)
        {
            return null;
        }

        // Zeros are no state: nothing has been seen.
        Value none = new(g, g.Constant(Nothing));
        Value seen = new Value(g, g.Constant(0)).Apply("less", new Value(g, weight));
        return new FeatureSums(g, sum, new Value(g, weight), seen.Select(new Value(g, exponent), none));
    }

    /// <summary>The exponents, or larger ones [b, n, heads·m] of positions so far.</summary>
    public Value OrLarger(Value sofar) =>
        sofar.Apply("max", new Value(_graph, _graph.Add(new StopGradientOp(), Everywhere(_exponent, sofar))));

    /// <summary>Adds the sums to what positions have found: values [b, n, heads·e] by queries, and weights by feature.</summary>
    /// <param name="values">Σ of the positions themselves.</param>
    /// <param name="weights">[b, n, heads·m], the same.</param>
    /// <param name="queries">[b, n, heads·m].</param>
    /// <param name="largest">What both are measured from.</param>
    /// <param name="begun">How many segments have begun, [b, n, heads·m]; null: one goes on.</param>
    public (Node Values, Node Weights) Add(Node values, Node weights, Node queries, Value largest, Value? begun)
    {
        Graph g = _graph;
        Value left = InFirst(Everywhere(_exponent, largest) - largest, begun).Apply("exp");
        Node asked = Heads(g, new Value(g, queries) * left, _sum.Shape[1].Constant);
        Node found = g.Reshape(g.Contract("bnhd,bhde->bnhe", asked, _sum), values.Shape);
        return (g.Pointwise("add", values, found), new Value(g, weights) + (Everywhere(_weight, largest) * left));
    }

    /// <summary>Leaves the sums over all positions of the last segment.</summary>
    /// <param name="carried">Gets them.</param>
    /// <param name="key">Exponents of keys, [b, n, heads·m].</param>
    /// <param name="v">Values, [b, n, heads·e].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="begun">How many segments have begun, [b, n, heads·m]; null: one segment.</param>
    /// <param name="segments">[b, n], or null: what is hidden leaves nothing.</param>
    /// <param name="before">What is before the first position; null: nothing.</param>
    public static void Leave(
        CarriedState carried, Value key, Node v, int heads, Value? begun, Node? segments, FeatureSums? before)
    {
        Graph g = key.Graph;
        Value exponent = key;
        if (begun is { } number)
        {
            exponent = number.Apply("equal", Everywhere(Last(number), key)).Select(key, new Value(g, g.Constant(Nothing)));
        }

        // Exactly the largest: of segments the one so far is of their places, too, and not as precise.
        Value last = new(g, g.Reduce(ReduceKind.Max, exponent, 1));
        Value? kept = before?.InFirst(before._exponent, begun is { } count ? Last(count) : null);
        last = new Value(g, g.Add(new StopGradientOp(), kept is { } earlier ? last.Apply("max", earlier) : last));
        Value share = (exponent - Everywhere(last, key)).Apply("exp");
        share = segments is null ? share : new(g, Segments.Hide(g, share, segments));
        Value sum = new(g, g.Contract("bnhd,bnhe->bhde", Heads(g, share, heads), Heads(g, v, heads)));
        Value weight = new(g, g.Sum(share, 1));
        if (before is not null && kept is { } left)
        {
            left = (left - last).Apply("exp");
            Node ofSums = g.Reshape(left, new[] { v.Shape[0], heads, left.Node.Shape[1] / heads });
            sum += new Value(g, before._sum) * new Value(g, g.Broadcast(ofSums, before._sum.Shape, s_ofSums));
            weight += before._weight * left;
        }

        carried.Leave(sum);
        carried.Leave(weight);
        Value none = weight.Constant(0);
        carried.Leave(segments is null ? last : none.Apply("less", weight).Select(last, none));
    }

    /// <summary>An exponent where no other segment has begun yet.</summary>
    private Value InFirst(Value exponent, Value? begun) => begun is { } number
        ? number.Apply("less", new Value(_graph, _graph.Constant(0.5))).Select(exponent, new Value(_graph, _graph.Constant(Nothing)))
        : exponent;

    /// <summary>[b, n, c] of [b, c].</summary>
    private static Value Everywhere(Value x, Value like) => new(x.Graph, x.Graph.Broadcast(x, like.Node.Shape, s_sequences));

    /// <summary>The last row of [b, n, c]: [b, c].</summary>
    private static Value Last(Value x)
    {
        var shape = x.Node.Shape;
        return new(x.Graph, x.Graph.Reshape(x.Graph.Slice(x, 1, shape[1] - 1, 1), new[] { shape[0], shape[2] }));
    }

    private static Node Heads(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
}
