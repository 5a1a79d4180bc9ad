using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>Multi-head attention by random features, with its projections: [b, n, c] -> [b, n, c]. Query, Key, Value
/// [heads·d, c], Output [c, heads·d], the state Directions [m, d].</summary>
internal sealed class PerformerLayer : ICarryingLayer
{
    public string Kind => "Performer";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Heads", ArgumentKind.Size, null),
        new LayerArgument("Width", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Features", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Kernel", ArgumentKind.Choice, "Softmax"),
        new LayerArgument("Causal", ArgumentKind.Bool, "false"),
        new LayerArgument("Bias", ArgumentKind.Bool, "false"),
        new LayerArgument("Epsilon", ArgumentKind.Number, "0.0001"),
    };

    public Node Lower(LayerContext context)
    {
        var kernel = (PerformerKernel)Enum.Parse(typeof(PerformerKernel), context.Choice("Kernel"));
        bool causal = context.Bool("Causal");
        double epsilon = context.Number("Epsilon", static e => e is >= 0 and <= 1, "a number from 0 to 1");
        if (causal && kernel == PerformerKernel.Softmax && epsilon > 0 && context.IsGiven("Epsilon"))
        {
            throw context.OutOfRange(
                "Epsilon", epsilon.ToString("R", CultureInfo.InvariantCulture),
                "0 in a causal layer, since what is added is measured by the largest of all keys, later ones too")
                .Offer(context.Omit("Epsilon"));
        }

        context.RequireCausalState();

        Node? segments = Projections.Segments(context);
        if (segments is not null && !causal && kernel == PerformerKernel.Softmax && epsilon > 0)
        {
            throw context.OutOfRange(
                "Epsilon", epsilon.ToString("R", CultureInfo.InvariantCulture),
                "0 in segments, since what is added is measured by the largest of all keys, those of other segments too")
                .Offer(context.Write("Epsilon", 0));
        }

        var parts = HeadProjections.Of(context, context.Tensor(0));
        int features = context.Size("Features") is > 0 and var given ? given
            : Math.Max(1, (int)Math.Floor(parts.Width * Math.Log(parts.Width)));
        string init = $"OrthogonalRows({parts.Width.ToString(CultureInfo.InvariantCulture)})";
        Node directions = context.State("Directions", init, features, parts.Width);
        var rule = new RandomFeatures(parts.Heads, kernel, causal, causal ? 0 : epsilon);
        Node mixed = rule.Mix(context.Graph, parts.Query, parts.Key, parts.Value, directions, segments, context.Carried);
        return HeadProjections.Output(context, mixed);
    }
}
