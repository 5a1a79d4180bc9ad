using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Lowering;

/// <summary>Biases of attention by relative position (Raffel et al. 2020, T5, arXiv:1910.10683).</summary>
internal static class RelativeBias
{
    private static readonly int[] s_buckets = { 0 };
    private static readonly int[] s_offsets = { 1 };

    /// <summary>
    /// From a table to a bias for each offset: element (h, j - i + n - 1) is what head h adds to the logit of key j
    /// seen from query i. It is a product of the table with the indicators of the offsets' buckets, so that its
    /// gradient is one, too: for each bucket a sum over its offsets, in their order.
    /// </summary>
    /// <param name="g">The graph.</param>
    /// <param name="table">[buckets, heads].</param>
    /// <param name="n">How many keys and queries there are; may be symbolic.</param>
    /// <param name="buckets">The buckets; as many as the table has rows.</param>
    /// <returns>[heads, 2·n - 1].</returns>
    public static Node Of(Graph g, Node table, Size n, RelativeBucket buckets)
    {
        Node bucket = g.Add(new BucketOp(n, buckets));
        Size[] indicators = { table.Shape[0], bucket.Shape[0] };
        Node rows = g.Add(new IotaOp(new[] { table.Shape[0] }.ToEquatable(), 0));
        Node hot = g.Pointwise(
            "equal", g.Broadcast(bucket, indicators, s_offsets), g.Broadcast(rows, indicators, s_buckets));
        return g.Contract("bo,bh->ho", hot, table);
    }
}
