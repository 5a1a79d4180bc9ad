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
    private static readonly int[] s_ofStates = { 0, 1, 2 };
    private static readonly int[] s_feature = { 2 };
    private static readonly int[] s_ofRows = { 0, 1 };

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
    /// <param name="state">The state before the first position, [b, heads, d, e]; null: zeros.</param>
    public static Node MixWithBonus(
        Graph g, Node past, Node q, Node k, Node v, Node log, Node bonus, int heads, Node? state = null)
    {
        Node earlier = Mix(g, past, k, v, log, heads, exclusive: true, state);

        // Rows of a head, not of positions: four axes would count as an image, whose innermost axis are its channels.
        Node weights = g.Broadcast(g.Reshape(bonus, new[] { q.Shape[2] }), q.Shape, s_feature);
        Node own = g.Sum(Rows(g, g.Pointwise("mul", g.Pointwise("mul", q, k), weights), heads), 2);
        Node values = Rows(g, v, heads);
        Node now = g.Pointwise("mul", values, g.Broadcast(own, values.Shape, s_ofRows));
        return g.Pointwise("add", earlier, g.Reshape(now, v.Shape));
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

    /// <summary>[b, n·heads, d].</summary>
    private static Node Rows(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1] * heads, x.Shape[2] / heads });

    private static Node Heads(Graph g, Node x, int heads) =>
        g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
}
