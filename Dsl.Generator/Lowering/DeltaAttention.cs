using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

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
    public static Node Mix(Graph g, Node q, Node k, Node v, Node strength, int heads, Node? log, Node? segments)
    {
        if (segments is not null)
        {
            Node forgets = Segments.Decay(g, segments, heads);
            log = log is null ? forgets : g.Pointwise("add", log, forgets);
            v = Segments.Hide(g, v, segments);
        }

        Node[] operands = { Heads(q), Heads(k), Heads(v), strength };
        return g.Reshape(g.Add(new DeltaScanOp(), log is null ? operands : operands.Append(log).ToArray()), v.Shape);

        Node Heads(Node x) => g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
    }
}
