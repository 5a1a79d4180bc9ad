using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Layers;

/// <summary>Images at another size, given or as a multiple: [b, c, h, w] -> [b, c, h', w']; no parameters.</summary>
internal sealed class UpsampleLayer : ILayer
{
    public string Kind => "Upsample";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Scale", ArgumentKind.Number, ""),
        new LayerArgument("Size", ArgumentKind.Sizes, ""),
        new LayerArgument("Mode", ArgumentKind.Choice, "Nearest"),
        new LayerArgument("AlignCorners", ArgumentKind.Bool, "false"),
        new LayerArgument("RecomputeScale", ArgumentKind.Bool, "false"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        context.RequireImages(x);
        string mode = context.Choice("Mode");
        bool align = context.Bool("AlignCorners");
        if (align && !ImageFunctions.Interpolates(mode))
        {
            throw context.OutOfRange(
                "AlignCorners", "true", "false with the modes Nearest and NearestExact, which read one pixel").Offer(
                    context.Omit("AlignCorners"), context.Write("Mode", "UpsampleMode.Bilinear"));
        }

        var rule = new ResampleRule(ImageFunctions.ModeOf(mode), align);
        bool scaled = context.IsGiven("Scale");
        if (scaled == context.IsGiven("Size"))
        {
            throw context.OutOfRange(
                scaled ? "Size" : "Scale",
                scaled ? context.Choice("Size") : "missing",
                scaled ? "left out where Scale is given" : "given, or Size").Offer(
                    scaled ? context.Omit("Size") : context.Write("Scale", 2),
                    scaled ? context.Omit("Scale") : null);
        }

        if (!scaled)
        {
            int[] sizes = context.Sizes("Size", most: 2);
            return ImageFunctions.Resample(context.Graph, x, rule, sizes[0], sizes.Last());
        }

        Ratio scale = context.Ratio("Scale");
        return ImageFunctions.Scaled(x.Shape[2], scale) is { } height
            && ImageFunctions.Scaled(x.Shape[3], scale) is { } width
            ? ImageFunctions.Resample(
                context.Graph, x, context.Bool("RecomputeScale") ? rule : rule with { Scale = scale }, height, width)
            : throw context.OutOfRange("Scale", context.Choice("Scale"), "so large that pixels remain");
    }
}
