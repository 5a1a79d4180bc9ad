using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Layers;

/// <summary>y = x above 0, slope·x below; Slope has an element for each channel, or one.</summary>
internal sealed class PReluLayer : ILayer
{
    public string Kind => "PRelu";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Shared", ArgumentKind.Bool, "false"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        Graph g = context.Graph;

        // Channels are axis 1 of images and the last axis of everything else.
        int axis = x.Rank == 4 ? 1 : x.Rank - 1;
        int slopes = context.Bool("Shared") ? 1 : context.Extent(x, axis);
        Node slope = context.Parameter("Slope", "Constant(0.25f)", decays: false, slopes);
        Node repeated = context.Bool("Shared")
            ? g.BroadcastTo(slope, x.Shape)
            : g.Broadcast(slope, x.Shape, new[] { axis });
        return g.Pointwise("select", g.Pointwise("less", g.Constant(0), x), x, g.Pointwise("mul", repeated, x));
    }
}
