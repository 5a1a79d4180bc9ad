using Dsl.Generator.Graphs;

namespace Dsl.Generator.Lowering;

/// <summary>Short convolutions along positions that see earlier ones only. They are sums of shifted sequences, so that they have
/// steps and keep segments apart.</summary>
internal static class CausalConvolution
{
    private const int Positions = 1;
    private static readonly int[] s_features = { 2 };

    /// <summary>y_t = Σ taps[c, j]·x_{t-(k-1)+j} for each channel, with zeros before the first position.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[b, n, c].</param>
    /// <param name="taps">[c, k].</param>
    /// <param name="segments">[b, n]: a position sees its own segment only; null: one segment.</param>
    /// <returns>[b, n, c].</returns>
    public static Node Depthwise(Graph g, Node x, Node taps, Node? segments)
    {
        int last = taps.Shape[1].Constant - 1;
        var sum = new Value(g, x) * Tap(last);
        Node? padded = last > 0 ? g.Pad(x, Positions, last, 0, 0) : null;
        Node? place = segments is null || last == 0 ? null : Segments.Places(g, segments);
        for (int back = 1; back <= last; back++)
        {
            var term = new Value(g, g.Slice(padded!, Positions, last - back, x.Shape[Positions])) * Tap(last - back);
            if (place is not null)
            {
                // So far back the segment has begun.
                term *= new Value(g, Segments.Spread(g, g.Pointwise("less", g.Constant(back - 0.5), place), x.Shape));
            }

            sum += term;
        }

        return sum;

        Value Tap(int tap) => new(
            g, g.Broadcast(g.Reshape(g.Slice(taps, 1, tap, 1), new[] { taps.Shape[0] }), x.Shape, s_features));
    }
}
