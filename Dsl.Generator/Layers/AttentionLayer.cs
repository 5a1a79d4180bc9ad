using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>
/// Multi-head attention of a sequence to itself or to another one, with its projections: [b, n, c] -> [b, n, c]. Query
/// [heads·d, c], Key and Value [keyHeads·d, c'], Output [c, heads·d].
/// </summary>
internal sealed class AttentionLayer : IAttendingLayer
{
    private const double NormEpsilon = 1e-6;

    public string Kind => "Attention";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("KeyHeads", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Causal", ArgumentKind.Bool, "false"),
        new LayerArgument("Window", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
        new LayerArgument("Rope", ArgumentKind.Bool, "false"),
        new LayerArgument("RopeBase", ArgumentKind.Number, "10000"),
        new LayerArgument("NormalizeKeys", ArgumentKind.Bool, "false"),
        new LayerArgument("Buckets", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("MaxDistance", ArgumentKind.Size, "128"),
    };

    /// <summary>A row for each sequence is no sequence to attend to.</summary>
    public bool IsState(LayerContext context, Node input) =>
        context.GivesState || (input.Rank == 2 && context.Bool("Causal"));

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        Projections.RequireSequence(context, x);
        Node? segments = Projections.Segments(context);
        Node? other = context.Carried is not null ? null
            : context.Inputs.Skip(1).FirstOrDefault(static i => i.DType == DType.Float);
        int heads = context.Size("Heads");
        int keyHeads = context.Size("KeyHeads");
        if (keyHeads > 0)
        {
            context.RequireDivisor("KeyHeads", keyHeads, heads);
        }

        RequireCommon(context, x, other, segments);
        var parts = HeadProjections.Of(context, x, other, keyHeads);
        Node q = parts.Query;
        Node k = parts.Key;
        Node v = parts.Value;
        if (context.Bool("NormalizeKeys"))
        {
            q = Normalize(context, q, heads, "QueryGain");
            k = Normalize(context, k, parts.KeyHeads, "KeyGain");
        }

        EarlierKeys? earlier = Earlier(context, k, v, segments);
        if (earlier is not null)
        {
            // Rotary positions are differences: keys turn when it is known how many are before them.
            (q, k, v) = earlier.Join(q, k, v);
        }

        if (context.Bool("Rope"))
        {
            double angleBase = context.Number("RopeBase", static b => b >= 1, "a number of at least 1");
            context.RequirePairs("Width", parts.Width);
            q = Projections.Rotate(context, q, heads, angleBase);
            k = Projections.Rotate(context, k, parts.KeyHeads, angleBase);
        }

        var rule = new AttentionRule(AttentionScore.Softmax, heads, parts.KeyHeads, 1 / Math.Sqrt(parts.Width))
        {
            Causal = context.Bool("Causal"),
            Window = context.Size("Window"),
            Segments = segments is not null && earlier is null,
        };
        if (earlier is not null)
        {
            (q, k) = earlier.Tell(q, k, heads, parts.KeyHeads);
        }

        var operands = new List<Node> { q, k, v };
        if (context.Size("Buckets") is > 0 and var buckets)
        {
            rule = rule with { Bias = AttentionBias.Relative };
            operands.Add(Relative(context, buckets, heads, q.Shape[1], rule.Causal));
        }

        if (segments is not null && earlier is null)
        {
            operands.Add(segments);
        }

        Node mixed = context.Graph.Add(new AttendOp(rule), operands.ToArray());
        return HeadProjections.Output(context, earlier is null ? mixed : earlier.Own(mixed));
    }

    /// <summary>What a state has in front of the keys, and leaves; null where there is nothing in front.</summary>
    private static EarlierKeys? Earlier(LayerContext context, Node k, Node v, Node? segments)
    {
        if (context.Carried is null)
        {
            return null;
        }

        context.RequireCausalState();

        int window = context.Size("Window");
        return window > 1 ? EarlierKeys.Of(context.Graph, context.Carried, k, v, window, segments)
            : throw context.OutOfRange(
                "Window", window.ToString(CultureInfo.InvariantCulture),
                "at least 2: a state has the keys and values that a window still shows, and without a window that is all so far");
    }

    /// <summary>Requires that the sequences fit: a row of the other one for each of the first, and as many positions where
    /// the layer compares positions; a segment for each position.</summary>
    private static void RequireCommon(LayerContext context, Node x, Node? other, Node? segments)
    {
        bool ordered = context.Bool("Causal") || context.Size("Window") > 0 || context.Size("Buckets") > 0 || segments is not null;
        if (other is not null && !other.Shape[0].Equals(x.Shape[0]))
        {
            throw context.Mismatch(other, $"'{x.Shape[0]}, …'", "each sequence has one that it attends to");
        }

        if (ordered && other is not null && !other.Shape[1].Equals(x.Shape[1]))
        {
            throw context.Mismatch(
                other, $"'{x.Shape[0]}, {x.Shape[1]}, …'", "only a sequence with as many positions has an order in common");
        }
    }

    /// <summary>A learned bias for each head and bucket of distances (Raffel et al. 2020).</summary>
    public static Node Relative(LayerContext context, int buckets, int heads, Size span, bool causal)
    {
        int farthest = context.Size("MaxDistance");
        RelativeBucket table;
        try
        {
            table = new RelativeBucket(buckets, farthest, causal);
        }
        catch (ArgumentOutOfRangeException error)
        {
            bool count = error.ParamName == "count";
            throw context.OutOfRange(
                count ? "Buckets" : "MaxDistance",
                (count ? buckets : farthest).ToString(CultureInfo.InvariantCulture),
                count ? (causal ? "at least 2" : "an even number of at least 4") : "a distance above those with a bucket each");
        }

        Node weights = context.Parameter("Relative", "Normal(0.02)", decays: false, buckets, heads);
        return RelativeBias.Of(context.Graph, weights, span, table);
    }

    /// <summary>Each head divided by the root of its mean square, times a gain for each of its features.</summary>
    private static Node Normalize(LayerContext context, Node x, int heads, string gain)
    {
        Graph g = context.Graph;
        Node rows = LinearAttention.ByHead(g, x, heads);
        Node y = Normalization.DivideByRootMeanSquare(g, rows, 2, NormEpsilon);
        y = context.ScaleAlong(y, 2, context.Parameter(gain, "Ones()", decays: false, rows.Shape[2].Constant));
        return g.Reshape(y, x.Shape);
    }
}
