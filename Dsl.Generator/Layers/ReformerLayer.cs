using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>Multi-head attention among positions that hash alike, with its projections: [b, n, c] -> [b, n, c]. QueryKey,
/// Value [heads·d, c], Output [c, heads·d], the state Rotations [d, rounds, buckets/2].</summary>
internal sealed class ReformerLayer : ILayer
{
    /// <summary>Buckets where the length is not constant.</summary>
    private const int UsualBuckets = 64;

    public string Kind => "Reformer";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("BucketSize", ArgumentKind.Size, "64"),
        new LayerArgument("Rounds", ArgumentKind.Size, "4"),
        new LayerArgument("Buckets", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Causal", ArgumentKind.Bool, "true"),
        new LayerArgument("AllowDuplicates", ArgumentKind.Bool, "true"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
        new LayerArgument("Rope", ArgumentKind.Bool, "false"),
        new LayerArgument("RopeBase", ArgumentKind.Number, "10000"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        Projections.RefuseSegments(context, "it sorts the positions of all segments together");
        var parts = HeadProjections.Shared(context, x);
        int size = context.Size("BucketSize");
        int buckets = context.Size("Buckets");
        if (buckets % 2 != 0 || buckets > LshAttention.MostBuckets)
        {
            throw context.OutOfRange(
                "Buckets", Text(buckets),
                $"an even number of at most {Text(LshAttention.MostBuckets)}, since each direction and its opposite are two")
                .Offer(context.Write("Buckets", buckets > LshAttention.MostBuckets ? LshAttention.MostBuckets : buckets + 1));
        }

        if (buckets == 0)
        {
            buckets = x.Shape[1].IsConstant ? OfLength(x.Shape[1].Constant, size) : UsualBuckets;
        }

        Node queries = parts.Query;
        if (context.Bool("Rope"))
        {
            double angleBase = context.Number("RopeBase", static b => b >= 1, "a number of at least 1");
            context.RequirePairs("Width", parts.Width);
            queries = Projections.Rotate(context, queries, parts.Heads, angleBase);
        }

        Node rotations = context.State("Rotations", "Normal(1)", parts.Width, context.Size("Rounds"), buckets / 2);
        var rule = new LshAttention(parts.Heads, size, context.Bool("Causal"))
        {
            AllowDuplicates = context.Bool("AllowDuplicates"),
        };
        return HeadProjections.Output(context, rule.Mix(context.Graph, queries, parts.Value, rotations));
    }

    /// <summary>A bucket for each chunk, an even number.</summary>
    private static int OfLength(int length, int size) =>
        System.Math.Min(2 * System.Math.Max(1, (length + (2 * size) - 1) / (2 * size)), LshAttention.MostBuckets);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
