using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// The keys and values of the last positions before that a window still shows, in front of a sequence's own: rows [b, window - 1, keys +
/// values + 1], the last number of which is 1 where a sequence has such a position.
/// </summary>
/// <remarks>What may not see each other says so by features of queries and keys, whose product is 0 where they may, and far below any
/// score where they may not: each sequence has its own number of earlier positions, and its own segments.</remarks>
internal sealed class EarlierKeys
{
    /// <summary>What a score is lowered by where it does not count.</summary>
    private const double Hidden = -1e9;

    private static readonly int[] s_ofHeads = { 0, 1, 3 };

    private readonly Graph _graph;
    private readonly Node? _segments;
    private readonly int _window;

    /// <summary>Rows of all positions, [b, window - 1 + n, keys + values + 1].</summary>
    private readonly Node _rows;

    /// <summary>How many segments have begun, [b, window - 1 + n, 1].</summary>
    private readonly Value? _begun;

    private EarlierKeys(Graph g, Node rows, int window, Node? segments, bool goesOn)
    {
        (_graph, _rows, _window, _segments) = (g, rows, window, segments);
        if (segments is not null)
        {
            Node begun = g.Pad(Segments.Begun(g, segments, goesOn), 1, window - 1, 0, 0);
            _begun = new Value(g, g.Reshape(begun, new[] { begun.Shape[0], begun.Shape[1], Size.One }));
        }
    }

    /// <summary>Takes and leaves the state of a call; null where nothing lies in front of its own positions.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="carried">Has, and gets, the rows.</param>
    /// <param name="k">Keys, [b, n, keys].</param>
    /// <param name="v">Values, [b, n, values].</param>
    /// <param name="window">Positions of the window, at least 2.</param>
    /// <param name="segments">[b, n]; null: one segment.</param>
    public static EarlierKeys? Of(Graph g, CarriedState carried, Node k, Node v, int window, Node? segments)
    {
        (Size batch, Size n) = (k.Shape[0], k.Shape[1]);
        Node own = g.Concat(2, k, v, g.Fill(1, new[] { batch, n, Size.One }));
        own = segments is null ? own : Segments.Hide(g, own, segments);
        Node? earlier = carried.Take(window - 1, own.Shape[2].Constant);
        Node rows = earlier is null ? g.Pad(own, 1, window - 1, 0, 0) : g.Concat(1, earlier, own);
        Node? place = segments is null ? null : Segments.Places(g, segments, earlier is null ? null : window - 1);
        carried.Leave(CausalConvolution.Tail(g, rows, n, window - 1, place));
        return earlier is null && segments is null ? null : new EarlierKeys(g, rows, window, segments, earlier is not null);
    }

    /// <summary>Queries, keys and values of all positions; queries in front are zeros, which nobody reads.</summary>
    public (Node Queries, Node Keys, Node Values) Join(Node q, Node k, Node v)
    {
        (int keys, int values) = (k.Shape[2].Constant, v.Shape[2].Constant);
        return (_graph.Pad(q, 1, _window - 1, 0, 0), _graph.Slice(_rows, 2, 0, keys), _graph.Slice(_rows, 2, keys, values));
    }

    /// <summary>Queries and keys with features that tell what they may see.</summary>
    public (Node Queries, Node Keys) Tell(Node q, Node k, int heads, int keyHeads)
    {
        Graph g = _graph;
        Value there = new(g, g.Slice(_rows, 2, _rows.Shape[2] - 1, 1));
        Value zero = there.Constant(0);
        var ofQueries = new List<Node> { g.Fill(1, there.Node.Shape) };
        var ofKeys = new List<Node> { zero.Apply("less", there).Select(zero, there.Constant(Hidden)) };

        // Fewer segments begin within a window than digits can count, and their sums are exactly 0 for the same segment.
        for (int step = 1; _begun is { } begun && step < _window; step *= 2)
        {
            Value digit = (begun * (1.0 / step)).Apply("floor") - ((begun * (0.5 / step)).Apply("floor") * 2);
            Value other = 1 - digit;
            ofQueries.AddRange(new Node[] { digit, other });
            ofKeys.AddRange(new Node[] { other * Hidden, digit * Hidden });
        }

        return (Widen(q, ofQueries, heads), Widen(k, ofKeys, keyHeads));
    }

    /// <summary>Of results of all positions those of the sequence's own.</summary>
    public Node Own(Node all)
    {
        Node own = _graph.Slice(all, 1, _window - 1, all.Shape[1] - (_window - 1));
        return _segments is null ? own : Segments.Hide(_graph, own, _segments);
    }

    /// <summary>[b, n, heads·d] with more features of each head, the same for all.</summary>
    private Node Widen(Node x, List<Node> features, int heads)
    {
        Graph g = _graph;
        Node more = features.Count == 1 ? features[0] : g.Concat(2, features.ToArray());
        (Size batch, Size n, Size width) = (x.Shape[0], x.Shape[1], x.Shape[2] / heads);
        Node rows = g.Reshape(x, new[] { batch, n, heads, width });
        Node every = g.Broadcast(more, new[] { batch, n, heads, more.Shape[2] }, s_ofHeads);
        return g.Reshape(g.Concat(3, rows, every), new[] { batch, n, heads * (width + more.Shape[2]) });
    }
}
