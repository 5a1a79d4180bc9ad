using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>Channels to pixels: [b, c·r², h, w] -> [b, c, h·r, w·r].</summary>
internal sealed class PixelShuffleLayer : ILayer
{
    public string Kind => "PixelShuffle";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Factor", ArgumentKind.Size, null),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int factor = context.Size("Factor");
        return ShuffleFit.Channels(x, factor) is { } expected
            ? throw context.Mismatch(x, expected, $"give the layer before it a multiple of {factor * factor} channels")
                .Offer(ShuffleFit.MoreChannels(x, factor) is { } wanted ? context.Make(wanted) : Array.Empty<Remedy>())
            : context.Graph.Add(new PixelShuffleOp(factor), x);
    }
}

/// <summary>Pixels to channels: [b, c, h·r, w·r] -> [b, c·r², h, w].</summary>
internal sealed class PixelUnshuffleLayer : ILayer
{
    public string Kind => "PixelUnshuffle";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Factor", ArgumentKind.Size, null),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int factor = context.Size("Factor");
        return ShuffleFit.Pixels(x, factor) is { } expected
            ? throw context.Mismatch(x, expected, ShuffleFit.PixelRemedy(factor))
                .Offer(ShuffleFit.MorePixels(x, factor) is { } wanted ? context.Make(wanted) : Array.Empty<Remedy>())
            : context.Graph.Add(new PixelUnshuffleOp(factor), x);
    }
}
