using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Ops;

/// <summary>An op that primitives could express, kept whole because a skeleton computes it better and its gradient is
/// known.</summary>
internal abstract record MacroOp : Op
{
    /// <summary>The same in primitives: what it means, and the check of <see cref="Op.Evaluate"/>.</summary>
    public abstract Node Expand(Graph graph, IReadOnlyList<Node> inputs);

    /// <summary>The shape of all windows on an image: [b, c, i, j].</summary>
    protected static ImmutableArray<Size> Windows(WindowGeometry window, IReadOnlyList<Size> image) => GraphLists.Dims(
        image[0], image[1], window.OutHeight(image[2]), window.OutWidth(image[3]));
}
