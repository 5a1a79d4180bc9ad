using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Layers;

/// <summary>A learned row for each int: […] -> […, width]; Weight [count, width].</summary>
internal sealed class EmbeddingLayer : ILayer
{
    /// <summary>What <c>Padding</c> is when there is none.</summary>
    private const string NoPadding = "-1";

    public string Kind => "Embedding";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Count", ArgumentKind.Size, null),
        new LayerArgument("Width", ArgumentKind.Size, null),
        new LayerArgument("Padding", ArgumentKind.Number, NoPadding),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Ints(0);
        Graph g = context.Graph;
        int count = context.Size("Count");
        int width = context.Size("Width");
        int padding = (int)context.Number(
            "Padding",
            p => p >= -1 && p < count,
            $"a row from 0 to {(count - 1).ToString(CultureInfo.InvariantCulture)}, or -1 for none");
        Node rows = g.Add(new GatherOp(), context.Parameter("Weight", "Normal(1)", decays: false, count, width), x);
        if (padding < 0)
        {
            return rows;
        }

        // Where an input is padding the result is 0, so nothing reaches that row, either.
        var axes = new int[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            axes[i] = i;
        }

        Node counts = g.Broadcast(g.Add(new DiffersOp(padding), x), rows.Shape, axes);
        return g.Pointwise("select", counts, rows, g.Constant(0));
    }
}
