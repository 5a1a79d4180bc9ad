using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>
/// The gated attention unit (Hua et al. 2022, "Transformer Quality in Linear Time", section 2): attention of one head
/// between the two halves of a gated feed-forward layer, [b, n, c] -> [b, n, c], with its norm and its residual.
/// </summary>
internal sealed class GauLayer : ILayer
{
    /// <summary>The length at which SoftmaxPlus is softmax (Su 2022).</summary>
    private const double UsualLength = 512;

    public string Kind => "Gau";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("KeyWidth", ArgumentKind.Size, "128"),
        new LayerArgument("Score", ArgumentKind.Choice, "ReluSquared"),
        new LayerArgument("Causal", ArgumentKind.Bool, "false"),
        new LayerArgument("LengthScale", ArgumentKind.Choice, "Automatic"),
        new LayerArgument("Context", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Buckets", ArgumentKind.Size, "32", Minimum: 0),
        new LayerArgument("MaxDistance", ArgumentKind.Size, "128"),
        new LayerArgument("Rope", ArgumentKind.Bool, "false"),
        new LayerArgument("RopeBase", ArgumentKind.Number, "10000"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        Graph g = context.Graph;
        int channels = Projections.RequireSequence(context, x);
        Node? segments = Projections.Segments(context);
        Node normal = Normalization.Standardize(g, x, 2, context.Epsilon());
        normal = context.ScaleAlong(normal, 2, context.Parameter("Gain", "Ones()", decays: false, channels));
        normal = context.AddAlong(normal, 2, context.Parameter("Offset", "Zeros()", decays: false, channels));
        GatedUnit unit = GatedUnit.Of(context, normal);
        Node q = Projections.Affine(context, unit.Shared, "Query");
        Node k = Projections.Affine(context, unit.Shared, "Key");
        if (context.Bool("Rope"))
        {
            double angleBase = context.Number("RopeBase", static b => b >= 1, "a number of at least 1");
            context.RequirePairs("KeyWidth", q.Shape[2].Constant);
            (q, k) = (Projections.Rotate(context, q, 1, angleBase), Projections.Rotate(context, k, 1, angleBase));
        }

        bool causal = context.Bool("Causal");
        string score = context.Choice("Score");
        bool softmax = score is "Softmax" or "SoftmaxPlus";
        double root = 1 / Math.Sqrt(q.Shape[2].Constant);
        var length = LengthScale.Of(context, x, causal);
        bool scalesResult = score is "ReluSquaredScaled";
        double scale = scalesResult || softmax ? root : 1;
        switch (score)
        {
            case "SoftmaxPlus":
                q = g.Pointwise("mul", q, length.Logarithm(g, UsualLength, q));
                break;
            case "ReluSquared" or "Laplace" when length.Constant is { } constant:
                scale = 1 / constant;
                break;
            case "ReluSquared" or "Laplace":
                q = g.Pointwise("mul", q, length.Inverse(g, q));
                break;
        }

        var rule = new AttentionRule(
            score is "Laplace" ? AttentionScore.Laplace : softmax ? AttentionScore.Softmax : AttentionScore.ReluSquared, 1, 1, scale)
        {
            Causal = causal,
            Segments = segments is not null,
        };
        var operands = new List<Node> { q, k, unit.Values };
        if (context.Size("Buckets") is > 0 and var buckets)
        {
            rule = rule with { Bias = AttentionBias.Relative };
            operands.Add(AttentionLayer.Relative(context, buckets, 1, x.Shape[1], causal));
        }

        if (segments is not null)
        {
            operands.Add(segments);
        }

        Node mixed = g.Add(new AttendOp(rule), operands.ToArray());
        mixed = scalesResult ? g.Pointwise("mul", mixed, length.Inverse(g, mixed)) : mixed;
        return unit.Finish(context, x, mixed);
    }
}

/// <summary>
/// The same in linear time (Hua et al. 2022, section 3.2): attention within chunks, and linear attention across them.
/// </summary>
internal sealed class FlashLayer : ICarryingLayer
{
    public string Kind => "Flash";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("KeyWidth", ArgumentKind.Size, "128"),
        new LayerArgument("Chunk", ArgumentKind.Size, "256"),
        new LayerArgument("Causal", ArgumentKind.Bool, "false"),
        new LayerArgument("Buckets", ArgumentKind.Size, "32", Minimum: 0),
        new LayerArgument("MaxDistance", ArgumentKind.Size, "128"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        Graph g = context.Graph;
        int channels = Projections.RequireSequence(context, x);
        Projections.RefuseSegments(context, "its chunks have positions of several segments");
        Node normal = Normalization.DivideByLength(
            g, x, 2, context.Epsilon(Normalization.SmallestLength), rootMean: true);
        normal = g.Pointwise("mul", normal, g.BroadcastTo(context.Parameter("Gain", "Ones()", decays: false, 1), normal.Shape));
        GatedUnit unit = GatedUnit.Of(context, normal);
        int chunk = context.Size("Chunk");
        bool causal = context.Bool("Causal");
        context.RequireCausalState();

        (Node shared, Node values, int width) = (unit.Shared, unit.Values, unit.Values.Shape[2].Constant);
        int keys = context.Size("KeyWidth");
        var open = OpenChunk.Take(g, context.Carried, x.Shape[0], chunk, keys, width, keys + width);
        Node? rows = open is null ? null : g.Concat(2, shared, values);
        if (open is not null && rows is not null)
        {
            Node aligned = open.Align(rows);
            (shared, values) = (g.Slice(aligned, 2, 0, keys), g.Slice(aligned, 2, keys, width));
        }

        var rule = new AttentionRule(AttentionScore.ReluSquared, 1, 1, 1.0 / chunk) { Causal = causal, Chunk = chunk };
        var operands = new List<Node>
        {
            Projections.Affine(context, shared, "Query"), Projections.Affine(context, shared, "Key"), values,
        };
        if (context.Size("Buckets") is > 0 and var buckets)
        {
            rule = rule with { Bias = AttentionBias.Relative };
            operands.Add(AttentionLayer.Relative(context, buckets, 1, chunk, causal));
        }

        Node quadratic = g.Add(new AttendOp(rule), operands.ToArray());
        Node length = causal ? g.Constant(1.0 / chunk) : g.Pointwise("reciprocal", g.SizeValue(x.Shape[1]));
        Node queries = g.Pointwise("mul", Projections.Affine(context, shared, "LinearQuery"), length);
        Node linearKeys = Projections.Affine(context, shared, "LinearKey");
        Node linear = LinearAttention.Products(
            g, queries, linearKeys, values, 1, causal ? new OuterScanOp(Intra.PreviousChunks, Reverse: false, chunk) : null);
        Node mixed = g.Pointwise("add", quadratic, linear);
        if (open is not null && rows is not null)
        {
            open.Leave(rows, linearKeys, values);
            mixed = open.Own(open.Add(mixed, queries));
        }

        return unit.Finish(context, x, mixed);
    }
}

/// <summary>What both units share: gate U, values V and the shared representation Z, and how the result becomes the
/// output (U∘mixed)·Wₒ + x.</summary>
internal sealed record GatedUnit(Node Gate, Node Values, Node Shared)
{
    /// <summary>How much wider than the input gate and values are unless a width is given.</summary>
    private const int UsualExpansion = 2;

    public static GatedUnit Of(LayerContext context, Node normal)
    {
        Graph g = context.Graph;
        int width = context.Size("Width") is > 0 and var given ? given : UsualExpansion * normal.Shape[2].Constant;
        Node both = Projections.Silu(g, Projections.Project(context, normal, "Expand", 2 * width, "ExpandBias"));
        Node shared = Projections.Silu(g, Projections.Project(context, normal, "Shared", context.Size("KeyWidth"), "SharedBias"));
        return new GatedUnit(g.Slice(both, 2, 0, width), g.Slice(both, 2, width, width), shared);
    }

    public Node Finish(LayerContext context, Node x, Node mixed)
    {
        Node gated = context.Graph.Pointwise("mul", Gate, mixed);
        Node output = Projections.Project(context, gated, "Output", x.Shape[2].Constant, "OutputBias");
        return context.Graph.Pointwise("add", x, output);
    }
}

/// <summary>
/// The n of a score's factor 1/n. It must not depend on later positions in a causal layer: a constant, or the number of
/// positions so far.
/// </summary>
internal sealed record LengthScale(double? Constant, Size Positions, bool SoFar)
{
    private static readonly int[] s_positions = { 1 };

    public static LengthScale Of(LayerContext context, Node x, bool causal)
    {
        int length = context.Size("Context");
        string kind = context.Choice("LengthScale");
        kind = kind != "Automatic" ? kind : length > 0 || causal ? "Context" : "Length";
        if (kind == "Context" && length == 0)
        {
            throw context.OutOfRange(
                "Context", "0", "the number of positions that the layer is trained with, at least 1: 1/n is part of the scores");
        }

        if (kind == "Length" && causal)
        {
            throw context.OutOfRange(
                "LengthScale", "Length", "Context or Position: the length of the whole sequence depends on later positions");
        }

        return new LengthScale(
            kind == "Context" ? length : kind == "Length" && x.Shape[1].IsConstant ? x.Shape[1].Constant : null,
            x.Shape[1], kind == "Position");
    }

    /// <summary>1/n for every element of a sequence.</summary>
    public Node Inverse(Graph g, Node like) => Constant is { } n ? g.Constant(1 / n)
        : Everywhere(g, g.Pointwise("reciprocal", Length(g)), like);

    /// <summary>log n over that of another length.</summary>
    public Node Logarithm(Graph g, double usual, Node like)
    {
        double factor = 1 / Math.Log(usual);
        return Constant is { } n ? g.Constant(Math.Log(n) * factor)
            : Everywhere(g, g.Pointwise("mul", g.Pointwise("log", Length(g)), g.Constant(factor)), like);
    }

    private Node Length(Graph g) => SoFar
        ? g.Pointwise("add", g.Add(new IotaOp(new[] { Positions }.ToEquatable(), 0)), g.Constant(1))
        : g.SizeValue(Positions);

    private static Node Everywhere(Graph g, Node factor, Node like) =>
        factor.Rank == 0 ? factor : g.Broadcast(factor, like.Shape, s_positions);
}
