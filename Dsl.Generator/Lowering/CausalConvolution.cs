using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <summary>Short convolutions along positions that see earlier ones only. They are sums of shifted sequences, so that they have
/// steps and keep segments apart.</summary>
internal static class CausalConvolution
{
    private const int Positions = 1;
    private static readonly int[] s_features = { 2 };
    private static readonly int[] s_samples = { 0 };

    /// <summary>y_t = Σ taps[c, j]·x_{t-(k-1)+j} for each channel, with zeros before the first position.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[b, n, c].</param>
    /// <param name="taps">[c, k].</param>
    /// <param name="segments">[b, n]: a position sees its own segment only; null: one segment.</param>
    /// <param name="carried">Has, and gets, the last k - 1 positions before.</param>
    /// <returns>[b, n, c].</returns>
    public static Node Depthwise(Graph g, Node x, Node taps, Node? segments, CarriedState? carried = null)
    {
        int last = taps.Shape[1].Constant - 1;
        var sum = new Value(g, x) * Tap(last);
        if (last == 0)
        {
            return sum;
        }

        Node? earlier = carried?.Take(last, x.Shape[2].Constant);
        Node padded = earlier is null ? g.Pad(x, Positions, last, 0, 0) : g.Concat(Positions, earlier, x);
        Node? place = segments is null ? null : Segments.Places(g, segments, earlier is null ? null : last);
        for (int back = 1; back <= last; back++)
        {
            var term = new Value(g, g.Slice(padded, Positions, last - back, x.Shape[Positions])) * Tap(last - back);
            if (place is not null)
            {
                // So far back the segment has begun.
                term *= new Value(g, Segments.Spread(g, g.Pointwise("less", g.Constant(back - 0.5), place), x.Shape));
            }

            sum += term;
        }

        carried?.Leave(Tail(g, padded, x.Shape[Positions], last, place));
        return sum;

        Value Tap(int tap) => new(
            g, g.Broadcast(g.Reshape(g.Slice(taps, 1, tap, 1), new[] { taps.Shape[0] }), x.Shape, s_features));
    }

    /// <summary>The last rows of [b, n + rows, c], zeros where they are of an earlier segment than the last position.</summary>
    public static Node Tail(Graph g, Node padded, Size n, int rows, Node? place)
    {
        Node tail = g.Slice(padded, Positions, n, rows);
        if (place is null)
        {
            return tail;
        }

        Node distance = g.Pointwise("sub", g.Constant(rows - 1.5), g.Add(new IotaOp(tail.Shape.ToArray().ToEquatable(), Positions)));
        Node seen = g.Broadcast(g.Reshape(g.Slice(place, 1, n - 1, 1), new[] { tail.Shape[0] }), tail.Shape, s_samples);
        return g.Pointwise("mul", tail, g.Pointwise("less", distance, seen));
    }
}
