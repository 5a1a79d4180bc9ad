using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Layers;

/// <summary>The mean of ½·|x - c|² of embeddings […, d] and the centres of their labels […]; the state Centers [classes, d]
/// follows the embeddings.</summary>
internal sealed class CenterLossLayer : ILayer
{
    private const string Centers = "Centers";

    private static readonly int[] s_classes = { 0 };

    public string Kind => "CenterLoss";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Classes", ArgumentKind.Size, null),
        new LayerArgument("Alpha", ArgumentKind.Number, "0.5"),
    };

    public Node Lower(LayerContext context)
    {
        Graph g = context.Graph;
        Node x = context.Tensor(0);
        Node labels = context.Ints(1);
        if (x.Rank < 2 || !x.Shape[x.Rank - 1].IsConstant)
        {
            throw context.Mismatch(x, "'…, d' with a constant d", "give the layer embeddings of a constant width");
        }

        if (!labels.SameShape(x.Shape.RemoveAt(x.Rank - 1)))
        {
            throw context.Mismatch(
                labels, $"a label for each embedding, '{x.Shape.RemoveAt(x.Rank - 1).Text()}'", "give one label per embedding");
        }

        int width = x.Shape[x.Rank - 1].Constant;
        int classes = context.Size("Classes");
        double alpha = context.Number("Alpha", static a => a is >= 0 and <= 1, "a number from 0 to 1");
        Node centers = context.State(Centers, "Zeros()", classes, width);
        Node offset = g.Pointwise("sub", x, g.Add(new GatherOp(), centers, labels));
        if (context.IsTraining)
        {
            context.Next(Centers, Moved(g, centers, offset, labels, alpha));
        }

        Node losses = g.Sum(g.Pointwise("square", offset), x.Rank - 1);
        return g.Pointwise("mul", g.Mean(losses, Enumerable.Range(0, losses.Rank).ToArray()), g.Constant(0.5));
    }

    /// <summary>c + α·Σ (x - c)/(1 + n), over the n embeddings of each class: sums by row, and no gradient to a call that sees
    /// these centres.</summary>
    private static Node Moved(Graph g, Node centers, Node offset, Node labels, double alpha)
    {
        int classes = centers.Shape[0].Constant;
        Node rows = g.Reshape(g.Add(new StopGradientOp(), offset), new[] { labels.Length, centers.Shape[1] });
        Node sums = g.Add(new ScatterRowsOp(classes), rows, labels);
        Node ones = g.Fill(1, new[] { labels.Length, Size.One });
        Node counts = g.Add(new ScatterRowsOp(classes), ones, labels);
        Node rate = g.Pointwise("div", g.Constant(alpha), g.Pointwise("add", counts, g.Constant(1)));
        Node spread = g.Broadcast(g.Reshape(rate, new[] { Size.Of(classes) }), centers.Shape, s_classes);
        return g.Pointwise("add", centers, g.Pointwise("mul", sums, spread));
    }
}
