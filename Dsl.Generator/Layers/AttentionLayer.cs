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
internal sealed class AttentionLayer : ILayer
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

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        Node? segments = context.Inputs.FirstOrDefault(static i => i.DType == DType.Int);
        Node? other = context.Inputs.Skip(1).FirstOrDefault(static i => i.DType == DType.Float);
        Node source = other ?? x;
        Projections.RequireSequence(context, source);
        int heads = context.Size("Heads");
        int keyHeads = context.Size("KeyHeads") is > 0 and var given ? given : heads;
        context.RequireHeads("KeyHeads", keyHeads, heads, heads % keyHeads == 0);
        int width = context.Size("Width") is > 0 and var wide ? wide : channels / heads;
        context.RequireHeads("Heads", heads, channels, context.Size("Width") > 0 || channels % heads == 0);
        bool biased = context.Bool("Bias");
        Node q = Projections.Project(context, x, "Query", heads * width, biased ? "QueryBias" : null);
        Node k = Projections.Project(context, source, "Key", keyHeads * width, biased ? "KeyBias" : null);
        Node v = Projections.Project(context, source, "Value", keyHeads * width, biased ? "ValueBias" : null);
        if (context.Bool("NormalizeKeys"))
        {
            (q, k) = (Normalize(context, q, heads, "QueryGain"), Normalize(context, k, keyHeads, "KeyGain"));
        }

        if (context.Bool("Rope"))
        {
            double angleBase = context.Number("RopeBase", static b => b >= 1, "a number of at least 1");
            context.RequireHeads("Width", width, 2, width % 2 == 0);
            q = Projections.Rotate(context, q, heads, angleBase);
            k = Projections.Rotate(context, k, keyHeads, angleBase);
        }

        var rule = new AttentionRule(AttentionScore.Softmax, heads, keyHeads, 1 / Math.Sqrt(width))
        {
            Causal = context.Bool("Causal"),
            Window = context.Size("Window"),
            Segments = segments is not null,
        };
        if ((rule.Causal || rule.Window > 0 || rule.Segments) && !source.Shape[1].Equals(x.Shape[1]))
        {
            throw context.Mismatch(
                source, $"'{x.Shape[0]}, {x.Shape[1]}, …'", "only a sequence with as many positions has an order in common");
        }

        var operands = new List<Node> { q, k, v };
        if (context.Size("Buckets") is > 0 and var buckets)
        {
            rule = rule with { Bias = AttentionBias.Relative };
            operands.Add(Relative(context, buckets, heads, x.Shape[1], rule.Causal));
        }

        if (segments is not null)
        {
            operands.Add(segments);
        }

        Node mixed = context.Graph.Add(new AttendOp(rule), operands.ToArray());
        return Projections.Project(context, mixed, "Output", channels, biased ? "OutputBias" : null);
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
