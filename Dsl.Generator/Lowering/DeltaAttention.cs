using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Linear attention whose state replaces what it says of a key, of sequences [b, n, heads·d].</summary>
internal static class DeltaAttention
{
    /// <summary>The results, [b, n, heads·e].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="strength">How much of what the state says of a key is replaced, [b, n, heads].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="log">Logarithms of a decay, [b, n, heads]; null: none.</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    /// <param name="carried">Has, and gets, a piece [b, d, heads·e]: the state of each key.</param>
    public static Node Mix(
        Graph g, Node q, Node k, Node v, Node strength, int heads, Node? log, Node? segments, CarriedState? carried = null)
    {
        int keys = k.Shape[2].Constant / heads;
        Node? state = carried?.Take(keys, v.Shape[2].Constant);
        if (segments is not null)
        {
            Node forgets = Segments.Decay(g, segments, heads, carries: state is not null);
            log = log is null ? forgets : g.Pointwise("add", log, forgets);
            v = Segments.Hide(g, v, segments);
        }

        Size before = state is null ? 0 : keys, n = v.Shape[1];
        if (carried is not null)
        {
            // Positions more: one for each key that is written with all of its value, one for each key that is asked for.
            Node each = EachKey(g, v.Shape[0], keys, heads), none = g.Fill(0, each.Shape);
            Node nothing = g.Fill(0, new[] { v.Shape[0], (Size)keys, v.Shape[2] });
            Node off = g.Fill(0, new[] { v.Shape[0], (Size)keys, heads }), on = g.Fill(1, off.Shape);
            (q, k, v) = (Around(none, q, each), Around(each, k, none), Around(state ?? nothing, v, nothing));
            (strength, log) = (Around(on, strength, off), log is null ? null : Around(off, log, off));
        }

        Node[] operands = { Heads(q), Heads(k), Heads(v), strength };
        Node all = g.Reshape(g.Add(new DeltaScanOp(), log is null ? operands : operands.Append(log).ToArray()), v.Shape);
        if (carried is null)
        {
            return all;
        }

        carried.Leave(g.Slice(all, 1, before + n, keys));
        return g.Slice(all, 1, before, n);

        Node Around(Node first, Node x, Node last) => state is null ? g.Concat(1, x, last) : g.Concat(1, first, x, last);

        Node Heads(Node x) => g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
    }

    /// <summary>Position i has key i of each head: [b, keys, heads·keys].</summary>
    private static Node EachKey(Graph g, Size batch, int keys, int heads)
    {
        var shape = new[] { batch, keys, heads, keys }.ToEquatable();
        Node same = g.Pointwise("equal", g.Add(new IotaOp(shape, 1)), g.Add(new IotaOp(shape, 3)));
        return g.Reshape(same, new[] { batch, keys, (Size)(heads * keys) });
    }
}
