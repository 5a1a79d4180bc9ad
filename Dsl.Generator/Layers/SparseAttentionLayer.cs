using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>Multi-head attention to some of the positions, with its projections: [b, n, c] -> [b, n, c]. Query, Key,
/// Value [heads·d, c], Output [c, heads·d].</summary>
internal sealed class SparseAttentionLayer : ILayer
{
    public string Kind => "SparseAttention";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("Stride", ArgumentKind.Size, null),
        new LayerArgument("Pattern", ArgumentKind.Choice, "Strided"),
        new LayerArgument("Summary", ArgumentKind.Size, "1"),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Causal", ArgumentKind.Bool, "true"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
    };

    public Node Lower(LayerContext context)
    {
        int stride = context.Size("Stride");
        int summary = context.Size("Summary");
        int kind = context.Choice("Pattern") switch { "Strided" => 1, "Fixed" => 2, _ => 0 };
        if (kind == 2 && summary > stride)
        {
            throw context.OutOfRange(
                "Summary", summary.ToString(CultureInfo.InvariantCulture),
                $"at most {stride.ToString(CultureInfo.InvariantCulture)}, the positions of a part")
                .Offer(context.Write("Summary", stride));
        }

        Node x = context.Tensor(0);
        Projections.RequireSequence(context, x);
        Node? segments = Projections.Segments(context);
        var parts = HeadProjections.Of(context, x);
        var rule = new AttentionRule(AttentionScore.Softmax, parts.Heads, parts.Heads, 1 / Math.Sqrt(parts.Width))
        {
            Causal = context.Bool("Causal"),
            Pattern = kind == 0 ? default : new SparsePattern(kind, stride, kind == 2 ? summary : 0),
            Segments = segments is not null,
        };
        var operands = new List<Node> { parts.Query, parts.Key, parts.Value };
        if (segments is not null)
        {
            operands.Add(segments);
        }

        Node mixed = context.Graph.Add(new AttendOp(rule), operands.ToArray());
        return HeadProjections.Output(context, mixed);
    }
}
