using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>
/// Multi-scale retention (Sun et al. 2023, arXiv:2307.08621, equation 8), [b, n, c] -> [b, n, c]: linear attention of heads that
/// forget, each at a pace of its own. Query, Key [heads·d, c], Value, Gate [heads·e, c], Output [c, heads·e].
/// </summary>
internal sealed class RetNetLayer : ICarryingLayer
{
    /// <summary>Head h keeps 1 - 2^(-5-h).</summary>
    private const double FirstExponent = 5;

    public string Kind => "RetNet";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("ValueWidth", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Rope", ArgumentKind.Bool, "true"),
        new LayerArgument("RopeBase", ArgumentKind.Number, "10000"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-05"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        (int heads, int width) = HeadProjections.HeadsOf(context, x);
        int valueWidth = context.Size("ValueWidth") is > 0 and var given ? given : 2 * width;
        Node? segments = Projections.Segments(context);
        Node q = HeadProjections.Project(context, x, "Query", heads * width);
        Node k = HeadProjections.Project(context, x, "Key", heads * width);
        Node v = HeadProjections.Project(context, x, "Value", heads * valueWidth);
        Node gate = HeadProjections.Project(context, x, "Gate", heads * valueWidth);
        bool turns = context.Bool("Rope");
        double angleBase = context.Number("RopeBase", static b => b >= 1, "a number of at least 1");
        if (turns)
        {
            context.RequirePairs("Width", width);
            q = Projections.Rotate(context, q, heads, angleBase, halves: false);
            k = Projections.Rotate(context, k, heads, angleBase, halves: false);
        }

        k = g.Pointwise("mul", k, g.Constant(1 / Math.Sqrt(width)));
        Node decay = Decay(g, new[] { x.Shape[0], x.Shape[1], heads });
        Node? state = context.Carried?.Take(heads, width, valueWidth);
        if (segments is not null)
        {
            decay = g.Pointwise("add", decay, Segments.Decay(g, segments, heads, carries: state is not null));
            v = Segments.Hide(g, v, segments);
        }

        Node mixed = DecayAttention.Mix(g, q, k, v, decay, heads, exclusive: false, state);
        if (context.Carried is { } carried)
        {
            // Positions count from 0 again in what follows: keys that are remembered lie before that.
            Node last = DecayAttention.State(g, k, v, decay, heads, state);
            carried.Leave(turns ? PositionFunctions.TurnBack(g, last, angleBase, x.Shape[1]) : last);
        }

        Node rows = LinearAttention.ByHead(g, mixed, heads);
        Node normal = g.Reshape(Normalization.DivideByRootMeanSquare(g, rows, 2, context.Epsilon()), mixed.Shape);
        return HeadProjections.Output(context, g.Pointwise("mul", Projections.Silu(g, gate), normal));
    }

    /// <summary>Logarithms of what heads keep: [b, n, heads].</summary>
    public static Node Decay(Graph g, Size[] dims)
    {
        var head = new Value(g, g.Add(new IotaOp(dims.ToEquatable(), 2)));
        Value lost = ((head + FirstExponent) * -Math.Log(2)).Apply("exp");
        return (1 - lost).Apply("log").Node;
    }
}
