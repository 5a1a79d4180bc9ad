using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Layers;

/// <summary>A HiPPO memory of each channel (Gu et al. 2020, arXiv:2008.07669), [b, n, c] -> [b, n, c·N]: nothing is
/// learned.</summary>
internal sealed class HippoLayer : ILayer
{
    public string Kind => "Hippo";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Order", ArgumentKind.Size, null),
        new LayerArgument("Measure", ArgumentKind.Choice, "LegS"),
        new LayerArgument("Window", ArgumentKind.Number, "100"),
        new LayerArgument("Discretization", ArgumentKind.Choice, "Bilinear"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        _ = Projections.RequireSequence(context, x);
        (int order, string measure) = (context.Size("Order"), context.Choice("Measure"));
        if (order > HippoParts.MostOrder)
        {
            throw context.OutOfRange("Order", order.ToString(CultureInfo.InvariantCulture),
                $"a number up to {HippoParts.MostOrder}").Offer(context.Write("Order", HippoParts.MostOrder));
        }

        if (measure == "FouT" && order % 2 != 0)
        {
            throw context.OutOfRange("Order", order.ToString(CultureInfo.InvariantCulture),
                "an even number: cosines and sines come in pairs").Offer(context.Write("Order", order + 1));
        }

        bool isScaled = measure == "LegS";
        foreach (string argument in new[] { "Window", "Discretization" })
        {
            if (isScaled && context.IsGiven(argument))
            {
                throw context.OutOfRange(
                    argument, context.Choice(argument), "left out: it means nothing to HippoMeasure.LegS, which has no unit of time")
                    .Offer(context.Omit(argument));
            }
        }

        double window = context.Number("Window", static w => w > 0 && w <= 1e9, "a positive number of positions");
        Node? segments = Projections.Segments(context);
        var operands = new List<Node> { segments is null ? x : Segments.Hide(g, x, segments) };
        if (!isScaled)
        {
            string text = order.ToString(CultureInfo.InvariantCulture);
            operands.Add(context.State(
                "Transition",
                $"HippoTransition(global::Dsl.HippoMeasure.{measure}, {text}, "
                    + window.ToString("R", CultureInfo.InvariantCulture)
                    + $", global::Dsl.Discretization.{context.Choice("Discretization")})",
                order,
                order + 1));
        }

        if (segments is not null)
        {
            operands.Add(Segments.GoesOn(g, segments));
        }

        return g.Add(new HippoScanOp(order, isScaled), operands.ToArray());
    }
}
