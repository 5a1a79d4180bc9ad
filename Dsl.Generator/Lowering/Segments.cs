using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>
/// Numbers of segments, ints [b, n]: sequences packed into a row. A position sees its own segment only, and a negative
/// number hides a position.
/// </summary>
internal static class Segments
{
    /// <summary>The logarithm of a decay that forgets all: e to it is 0 in floats, and sums of it are finite.</summary>
    private const double Forgets = -1e4;

    private static readonly int[] s_positions = { 0, 1 };

    /// <summary>1 where a position counts, 0 where it is hidden: [b, n].</summary>
    public static Node Shown(Graph g, Node segments) =>
        g.Pointwise("less", g.Constant(-0.5), g.Add(new FloatsOp(), segments));

    /// <summary>1 where a position goes on with the segment before it, else 0: [b, n].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="segments">[b, n].</param>
    /// <param name="carries">Whether the first position goes on with a state from before; else it goes on with nothing, whatever
    /// this says of it.</param>
    public static Node GoesOn(Graph g, Node segments, bool carries = false)
    {
        Node numbers = g.Add(new FloatsOp(), segments);
        Node same = g.Pointwise("equal", numbers, g.Slice(g.Pad(numbers, 1, 1, 0, 0), 1, 0, numbers.Shape[1]));
        Node position = g.Add(new IotaOp(segments.Shape.ToArray().ToEquatable(), 1));
        return carries ? g.Pointwise("select", g.Pointwise("less", g.Constant(0.5), position), same, g.Constant(1)) : same;
    }

    /// <summary>Logarithms of a decay that forgets where a segment begins: [b, n].</summary>
    public static Node Logs(Graph g, Node segments, bool carries = false) =>
        g.Pointwise("select", GoesOn(g, segments, carries), g.Constant(0), g.Constant(Forgets));

    /// <summary>The same for each head: [b, n, heads].</summary>
    public static Node Decay(Graph g, Node segments, int heads, bool carries = false) =>
        Spread(g, Logs(g, segments, carries), new[] { segments.Shape[0], segments.Shape[1], heads });

    /// <summary>How many segments have begun: [b, n]; one that goes on with a state from before has not.</summary>
    public static Node Begun(Graph g, Node segments, bool carries = false) => g.Add(
        new CumSumOp(1, Exclusive: false, Reverse: false), g.Pointwise("sub", g.Constant(1), GoesOn(g, segments, carries)));

    /// <summary>How many positions of its segment are before each: [b, n].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="segments">[b, n].</param>
    /// <param name="earlier">How many there are before the first position; null: none.</param>
    public static Node Places(Graph g, Node segments, int? earlier = null)
    {
        Node position = g.Add(new IotaOp(segments.Shape.ToArray().ToEquatable(), 1));
        position = earlier is { } more ? g.Pointwise("add", position, g.Constant(more)) : position;
        Node begins = g.Pointwise("select", GoesOn(g, segments, carries: earlier is not null), g.Constant(0), position);
        return g.Pointwise("sub", position, g.Add(new CumSumOp(1, Exclusive: false, Reverse: false) { Largest = true }, begins));
    }

    /// <summary>Rows [b, n, …] with zeros where a position is hidden.</summary>
    public static Node Hide(Graph g, Node x, Node segments) =>
        g.Pointwise("mul", x, Spread(g, Shown(g, segments), x.Shape));

    /// <summary>[b, n] along the other axes of a shape.</summary>
    public static Node Spread(Graph g, Node x, IReadOnlyList<Size> dims) => g.Broadcast(x, dims, s_positions);
}
