using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Lowering;

/// <summary>Linear attention that forgets, of sequences [b, n, heads·d]; decay as logarithms [b, n, heads] or [b, n,
/// heads·d].</summary>
internal static class DecayAttention
{
    /// <summary>A logarithm of what does not count.</summary>
    private const double Nothing = -1e30;

    /// <summary>How much higher each segment is than the one before it, so that the largest is of its own.</summary>
    private const double SegmentsApart = 1000;

    private static readonly int[] s_channels = { 2 };
    private static readonly int[] s_ofStates = { 0, 1, 2 };
    private static readonly int[] s_features = { 2, 3 };

    /// <summary>The results, [b, n, heads·e].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="log">Logarithms of the decay.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="exclusive">Whether a position sees the state before its own key, value and decay.</param>
    /// <param name="state">The state before the first position, [b, heads, d, e]; null: zeros.</param>
    public static Node Mix(Graph g, Node q, Node k, Node v, Node log, int heads, bool exclusive, Node? state = null)
    {
        (Node queries, Node decays, DecayAxis axis) = (Heads(g, q, heads), log, DecayAxis.Head);
        if (!log.Shape[2].Equals(heads))
        {
            (decays, axis) = (Heads(g, log, heads), DecayAxis.Key);
        }

        Node mixed = g.Add(
            new DecayScanOp(axis, exclusive, Reverse: false), queries, Heads(g, k, heads), Heads(g, v, heads), decays);
        if (state is not null)
        {
            Node sofar = g.Pointwise("exp", g.Add(new CumSumOp(1, exclusive, Reverse: false), decays));
            Node left = g.Pointwise("mul", queries, axis == DecayAxis.Key ? sofar : g.Broadcast(sofar, queries.Shape, s_ofStates));
            mixed = g.Pointwise("add", mixed, g.Contract("bnhd,bhde->bnhe", left, state));
        }

        return g.Reshape(mixed, v.Shape);
    }

    /// <summary>The same where a position sees the state before it, and its own key and value by a bonus: o_t = q_tᵀ(S_{t-1} +
    /// diag(u) k_t v_tᵀ) (RWKV-6, Peng et al. 2024, arXiv:2404.05892, equation 18).</summary>
    /// <param name="g">The graph.</param>
    /// <param name="past">What the state is asked with: q, or zeros in its place.</param>
    /// <param name="q">Queries, there called receptance.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="log">Logarithms of the decay.</param>
    /// <param name="bonus">u, [heads, d].</param>
    /// <param name="heads">Heads.</param>
    public static Node MixWithBonus(Graph g, Node past, Node q, Node k, Node v, Node log, Node bonus, int heads)
    {
        Node earlier = Mix(g, past, k, v, log, heads, exclusive: true);
        Node pairs = Heads(g, g.Pointwise("mul", q, k), heads);
        Node own = g.Sum(g.Pointwise("mul", pairs, g.Broadcast(bonus, pairs.Shape, s_features)), 3);
        Node values = Heads(g, v, heads);
        Node now = g.Pointwise("mul", values, g.Broadcast(own, values.Shape, s_ofStates));
        return g.Pointwise("add", earlier, g.Reshape(now, v.Shape));
    }

    /// <summary>
    /// RWKV-4's attention of each feature (Peng et al. 2023, arXiv:2305.13048, equation 16): of earlier values by e to
    /// their keys less their distance times a rate, and of its own by e to its key and a bonus. Exponents are measured from
    /// the largest so far, so keys of any size are exact.
    /// </summary>
    /// <param name="g">The graph.</param>
    /// <param name="k">Keys, [b, n, c].</param>
    /// <param name="v">Values, [b, n, c].</param>
    /// <param name="decay">Logarithms of the rates, [c].</param>
    /// <param name="bonus">[c].</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    public static Node Wkv(Graph g, Node k, Node v, Node decay, Node bonus, Node? segments = null)
    {
        Value Along(Node vector) => new(g, g.Broadcast(vector, k.Shape, s_channels));
        Value Constant(double value) => new(g, g.Constant(value));
        Value key = new(g, k);
        var rate = new Value(g, g.Broadcast(g.Pointwise("exp", decay), k.Shape, s_channels));
        var position = new Value(g, g.Add(new IotaOp(k.Shape.ToArray().ToEquatable(), 1)));

        // The largest of k_s - (t - s)·rate over s ≤ t. How precise it is does not matter: both sums are measured from it.
        Value ahead = position * rate;
        if (segments is not null)
        {
            ahead += new Value(g, Segments.Spread(g, Segments.Apart(g, segments, SegmentsApart), k.Shape));
        }

        Node highest = g.Add(new CumSumOp(1, Exclusive: false, Reverse: false) { Largest = true }, key + ahead);
        var largest = new Value(g, g.Add(new StopGradientOp(), new Value(g, highest) - ahead));
        Value goesOn = Constant(0.5).Apply("less", position);
        if (segments is not null)
        {
            goesOn *= new Value(g, Segments.Spread(g, Segments.GoesOn(g, segments), k.Shape));
        }

        Value earlier = goesOn.Select(new Value(g, PositionFunctions.Shift(g, largest, k.Shape[2])), Constant(Nothing));
        Value log = earlier - rate - largest;
        Value weight = (key - largest).Apply("exp");
        Value own = key + Along(bonus);
        Value top = new Value(g, g.Add(new StopGradientOp(), earlier.Apply("max", own)));
        Value past = (earlier - top).Apply("exp");
        Value now = (own - top).Apply("exp");
        Value values = new(g, v);
        Value sum = (past * Scan(weight * values)) + (now * values);
        Value result = sum / ((past * Scan(weight)) + now);

        // What is hidden is of a segment of its own: nobody else has seen it.
        return segments is null ? result.Node : Segments.Hide(g, result, segments);

        Value Scan(Node x) => new(g, Sums(g, x, log, 1, exclusive: true));
    }

    /// <summary>Sums that forget, of each feature by itself: of [b, n, heads·d] and logarithms of the same shape.</summary>
    public static Node Sums(Graph g, Node x, Node log, int heads, bool exclusive)
    {
        Node rows = Heads(g, x, heads);
        Node one = g.Fill(1, new[] { x.Shape[0], x.Shape[1], heads, Size.One });
        Node scan = g.Add(new DecayScanOp(DecayAxis.Value, exclusive, Reverse: false), one, one, rows, Heads(g, log, heads));
        return g.Reshape(scan, x.Shape);
    }

    /// <summary>The state behind the last position, [b, heads, d, e].</summary>
    public static Node State(Graph g, Node k, Node v, Node log, int heads, Node? state = null)
    {
        Node keys = Heads(g, k, heads);
        bool byKey = !log.Shape[2].Equals(heads);
        Node decays = byKey ? Heads(g, log, heads) : log;
        Node later = g.Pointwise("exp", g.Add(new CumSumOp(1, Exclusive: true, Reverse: true), decays));
        Node left = g.Pointwise("mul", keys, byKey ? later : g.Broadcast(later, keys.Shape, s_ofStates));
        Node sum = g.Contract("bnhd,bnhe->bhde", left, Heads(g, v, heads));
        if (state is null)
        {
            return sum;
        }

        Node all = g.Pointwise("exp", g.Sum(decays, 1));
        int[] axes = byKey ? s_ofStates : new[] { 0, 1 };
        return g.Pointwise("add", sum, g.Pointwise("mul", state, g.Broadcast(all, state.Shape, axes)));
    }

    private static Node Heads(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
}
