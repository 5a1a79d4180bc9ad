using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;

namespace Dsl.Generator.Layers;

/// <summary>Multi-head attention by random features, with its projections: [b, n, c] -> [b, n, c]. Query, Key, Value
/// [heads·d, c], Output [c, heads·d], the state Directions [m, d].</summary>
internal sealed class PerformerLayer : ILayer
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
        Node x = context.Tensor(0);
        int channels = Projections.RequireSequence(context, x);
        int heads = context.Size("Heads");
        int width = context.Size("Width") is > 0 and var wide ? wide : channels / heads;
        context.RequireHeads("Heads", heads, channels, context.Size("Width") > 0 || channels % heads == 0);
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

        int features = context.Size("Features") is > 0 and var given ? given
            : Math.Max(1, (int)Math.Floor(width * Math.Log(width)));
        bool biased = context.Bool("Bias");
        Node q = Projections.Project(context, x, "Query", heads * width, biased ? "QueryBias" : null);
        Node k = Projections.Project(context, x, "Key", heads * width, biased ? "KeyBias" : null);
        Node v = Projections.Project(context, x, "Value", heads * width, biased ? "ValueBias" : null);
        string init = $"OrthogonalRows({width.ToString(CultureInfo.InvariantCulture)})";
        Node directions = context.State("Directions", init, features, width);
        var rule = new RandomFeatures(heads, kernel, causal, causal ? 0 : epsilon);
        Node mixed = rule.Mix(context.Graph, q, k, v, directions);
        return Projections.Project(context, mixed, "Output", channels, biased ? "OutputBias" : null);
    }
}
