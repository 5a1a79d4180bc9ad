using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>Multi-head attention in linear time, with its projections: [b, n, c] -> [b, n, c]. Query, Key, Value
/// [heads·d, c], Output [c, heads·d].</summary>
internal sealed class LinearAttentionLayer : ICarryingLayer
{
    public string Kind => "LinearAttention";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("FeatureMap", ArgumentKind.Choice, "EluPlusOne"),
        new LayerArgument("Causal", ArgumentKind.Bool, "false"),
        new LayerArgument("Normalize", ArgumentKind.Bool, "true"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "1E-06"),
    };

    public Node Lower(LayerContext context)
    {
        var map = (FeatureMap)Enum.Parse(typeof(FeatureMap), context.Choice("FeatureMap"));
        bool causal = context.Bool("Causal");
        if (causal && map == FeatureMap.Efficient)
        {
            throw context.OutOfRange(
                "FeatureMap", "Efficient", "another map: a softmax over positions sees later ones, and the layer is causal");
        }

        context.RequireCausalState();

        Node? segments = Projections.Segments(context);
        if (segments is not null && map == FeatureMap.Efficient)
        {
            throw context.OutOfRange("FeatureMap", "Efficient", "another map: a softmax over positions sees all segments");
        }

        var parts = HeadProjections.Of(context, context.Tensor(0));
        Node mixed = LinearAttention.Mix(
            context.Graph, parts.Query, parts.Key, parts.Value, parts.Heads, map, causal,
            context.Bool("Normalize") && map != FeatureMap.Identity, context.Epsilon(), segments, context.Carried);
        return HeadProjections.Output(context, mixed);
    }
}
