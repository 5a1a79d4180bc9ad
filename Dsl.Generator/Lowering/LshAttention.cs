using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// Attention among positions that hash alike (Kitaev et al. 2020, "Reformer: The Efficient Transformer"): queries are keys, of
/// unit length as keys. In each round positions are sorted by bucket and position, and attend to their own chunk of the
/// order and to the one before. Rounds are weighed by the softmax of their logarithms of sums. Operands are
/// [b, n, heads·width], rotations [width, rounds, buckets/2].
/// </summary>
/// <param name="Heads">Heads.</param>
/// <param name="BucketSize">Positions of a chunk.</param>
/// <param name="Causal">Whether a position sees itself and earlier ones only.</param>
internal sealed record LshAttention(int Heads, int BucketSize, bool Causal)
{
    /// <summary>What a position's score with itself is: it counts where nothing else is visible.</summary>
    private const double SelfScore = -5e4;

    private const double HiddenScore = -1e30;
    private const double SmallestLength = 1e-12;
    private static readonly int[] s_rounds = { 1 };
    private static readonly int[] s_features = { 2 };
    private static readonly int[] s_featuresByRound = { 3 };
    private static readonly int[] s_directions = { 4 };
    private static readonly int[] s_ofQueries = { 0, 1, 3 };
    private static readonly int[] s_ofKeys = { 0, 2, 3 };

    /// <summary>Whether a pair that shares a chunk in several rounds counts in each.</summary>
    public bool AllowDuplicates { get; init; } = true;

    /// <summary>The most buckets.</summary>
    public const int MostBuckets = OrderOp.MostKeys;

    /// <summary>The weighed sums of values, [b, n, heads·e].</summary>
    public Node Mix(Graph g, Node queries, Node values, Node rotations)
    {
        int rounds = rotations.Shape[1].Constant;
        int buckets = rotations.Shape[2].Constant * 2;
        Size n = queries.Shape[1];
        Node keys = Buckets(g, queries, rotations);
        Node order = g.Add(
            new OrderOp(buckets), g.Reshape(keys, new[] { queries.Shape[0] * (rounds * Heads), n }));
        Node places = g.Add(new OrderOp(0), order);
        var rule = new ChunkRule(Heads, rounds, BucketSize, LookBack: false, PerRound: false);
        Node Chunks(Node x, bool lookBack) =>
            g.Add(new ChunkRowsOp(rule with { LookBack = lookBack }), x, order, places);

        double scale = 1 / Math.Sqrt(queries.Shape[2].Constant / Heads);
        Node rows = LinearAttention.ByHead(g, queries, Heads);
        Node unit = Normalization.DivideByLength(g, rows, 2, SmallestLength, rootMean: false);
        Node scaled = g.Pointwise("mul", unit, g.Constant(scale));
        Node scores = g.Contract(
            "gid,gjd->gij", Chunks(queries, false), Chunks(g.Reshape(scaled, queries.Shape), true));
        if (!AllowDuplicates)
        {
            scores = g.Pointwise("sub", scores, g.Pointwise("log", Counts(g, scores, places, rule, Chunks)));
        }

        scores = Hide(g, scores, Chunks(Numbers(g, queries), false), Chunks(Numbers(g, queries), true));

        // Weights are divided by their own sum: exp(s - logsumexp s) would lose log 2 beside a self score in floats.
        Node largest = g.Add(new StopGradientOp(), g.Reduce(ReduceKind.Max, scores, s_features));
        Node weights = g.Pointwise("exp", g.Pointwise("sub", scores, g.Spread(largest, scores.Shape, s_features)));
        Node sums = g.Sum(weights, s_features);
        Node mixed = g.Contract("gij,gje->gie", weights, Chunks(values, true));
        mixed = g.Pointwise("mul", mixed, g.Spread(g.Pointwise("reciprocal", sums), mixed.Shape, s_features));

        ChunkRule each = rule with { PerRound = true };
        Node results = g.Add(new UnchunkRowsOp(each), mixed, order, places);
        if (rounds == 1)
        {
            return results;
        }

        Node logs = g.Pointwise("add", largest, g.Pointwise("log", sums));
        logs = g.Reshape(logs, new[] { logs.Shape[0], logs.Shape[1], Size.One });
        return Combine(g, results, g.Add(new UnchunkRowsOp(each), logs, order, places), rounds);
    }

    /// <summary>The bucket of each position, [b, rounds, heads, n]: the index of the largest of [x·R, -x·R], as a float.
    /// Nothing of it has a gradient.</summary>
    public Node Buckets(Graph g, Node queries, Node rotations)
    {
        int half = rotations.Shape[2].Constant;
        Node heads = g.Reshape(
            queries, new[] { queries.Shape[0], queries.Shape[1], Heads, queries.Shape[2] / Heads });
        Node along = g.Contract("bnhd,drm->brhnm", g.Add(new StopGradientOp(), heads), rotations);
        Node largest = g.Reduce(ReduceKind.Max, g.Pointwise("abs", along), s_directions);
        Node top = g.Spread(largest, along.Shape, s_directions);
        Node index = g.Add(new IotaOp(along.Shape.ToEquatable(), 4));
        Node ofNegative = g.Pointwise(
            "select", g.Pointwise("less", g.Pointwise("neg", along), top), g.Constant((2 * half) - 1),
            g.Pointwise("add", index, g.Constant(half)));
        Node candidate = g.Pointwise("select", g.Pointwise("less", along, top), ofNegative, index);
        Node first = g.Reduce(ReduceKind.Max, g.Pointwise("neg", candidate), s_directions);
        return g.Add(new StopGradientOp(), g.Pointwise("neg", first));
    }

    /// <summary>Positions of every head from 1 on, [b, n, heads]: places behind the last item have a 0.</summary>
    private Node Numbers(Graph g, Node queries)
    {
        Size[] dims = { queries.Shape[0], queries.Shape[1], Heads };
        return g.Pointwise("add", g.Add(new IotaOp(dims.ToEquatable(), 1)), g.Constant(1));
    }

    /// <summary>How often items of a chunk see those of two chunks in all rounds; at least 1.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="scores">Something of the result's shape.</param>
    /// <param name="places">[b·rounds·heads, n].</param>
    /// <param name="rule">How items lie in chunks.</param>
    /// <param name="chunks">Numbers of positions in chunks, or in two.</param>
    private Node Counts(Graph g, Node scores, Node places, ChunkRule rule, Func<Node, bool, Node> chunks)
    {
        // Of each position the chunk in every round, [b, n, heads·rounds]. Without the half the product might be below k.
        Size n = places.Shape[1];
        Node chunk = g.Pointwise("floor", g.Pointwise(
            "mul", g.Pointwise("add", places, g.Constant(0.5)), g.Constant(1.0 / BucketSize)));
        Size batch = places.Shape[0] / (rule.Rounds * Heads);
        chunk = g.Transpose(g.Reshape(chunk, new[] { batch, rule.Rounds, Heads, n }), 0, 3, 2, 1);
        chunk = g.Reshape(chunk, new[] { batch, n, Size.Of(Heads * rule.Rounds) });
        Node next = g.Pointwise("add", chunk, g.Constant(1));
        next = g.Pointwise(
            "select", g.Pointwise("less", next, g.SizeValue(rule.Chunks(n))), next, g.Constant(0));

        Size[] pairs = scores.Shape.Append(rule.Rounds).ToArray();
        Node queries = g.Broadcast(chunks(chunk, false), pairs, s_ofQueries);
        Node Met(Node keys) => g.Pointwise("equal", queries, g.Broadcast(chunks(keys, true), pairs, s_ofKeys));
        Node count = g.Sum(g.Pointwise("add", Met(chunk), Met(next)), 3);
        return g.Add(new StopGradientOp(), g.Pointwise("max", count, g.Constant(1)));
    }

    /// <summary>Scores of a chunk's items with those of two chunks, where some are not visible.</summary>
    private Node Hide(Graph g, Node scores, Node queries, Node keys)
    {
        Node Along(Node numbers, params int[] axes) =>
            g.Broadcast(g.Reshape(numbers, new[] { numbers.Shape[0], numbers.Shape[1] }), scores.Shape, axes);
        (Node query, Node key) = (Along(queries, 0, 1), Along(keys, 0, 2));
        Node hidden = g.Constant(HiddenScore);
        scores = g.Pointwise("select", g.Pointwise("equal", query, key), g.Constant(SelfScore), scores);
        scores = Causal ? g.Pointwise("select", g.Pointwise("less", query, key), hidden, scores) : scores;
        return g.Pointwise("select", g.Pointwise("less", key, g.Constant(0.5)), hidden, scores);
    }

    /// <summary>Σ softmax(logs)·results over the rounds; it divides by its own sum, too.</summary>
    private Node Combine(Graph g, Node results, Node logs, int rounds)
    {
        Size n = results.Shape[1];
        Size batch = results.Shape[0] / rounds;
        int width = results.Shape[2].Constant / Heads;
        Node byRound = g.Reshape(logs, new[] { batch, Size.Of(rounds), n * Heads });
        Node largest = g.Add(new StopGradientOp(), g.Reduce(ReduceKind.Max, byRound, 1));
        Node weights = g.Pointwise(
            "exp", g.Pointwise("sub", byRound, g.Spread(largest, byRound.Shape, s_rounds)));
        Node rate = g.Pointwise("reciprocal", g.Sum(weights, 1));
        Node values = g.Reshape(results, new[] { batch, Size.Of(rounds), n * Heads, Size.Of(width) });
        Node sum = g.Sum(g.Pointwise("mul", values, g.Spread(weights, values.Shape, s_featuresByRound)), 1);
        Node mean = g.Pointwise("mul", sum, g.Spread(rate, sum.Shape, s_features));
        return g.Reshape(mean, new[] { batch, n, results.Shape[2] });
    }
}
