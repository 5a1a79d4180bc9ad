using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>Which values are images, stored channel-last, and with which shape [b, c, h, w].</summary>
internal static class ImageShapes
{
    /// <summary>What convolutions and pools read or write, and whatever of that shape is computed from it or into it,
    /// joined with it, cut out of it, or shown as it with or without an axis of extent 1.</summary>
    public static Dictionary<Node, ImmutableArray<Size>> Of(Graph graph, Joins joins)
    {
        var images = new Dictionary<Node, ImmutableArray<Size>>();
        foreach (Node node in graph.Nodes.Where(static n => n.Op.Placement is not null))
        {
            Placement placement = node.Op.Placement!;
            foreach (Node x in node.Inputs.Where((x, i) => MayBe(x) && Wants(placement, i)))
            {
                images[x] = x.Shape;
            }

            if (placement.YieldsImage)
            {
                images[node] = node.Shape;
            }
        }

        HashSet<Node> operands = CopiedOperands(graph);
        int before;
        do
        {
            before = images.Count;
            foreach (Node node in graph.Nodes.Where(n => MayBe(n) && !operands.Contains(n)))
            {
                Spread(node, images);
            }
        }
        while (images.Count > before);
        foreach (Node placed in joins.Places.Select(static p => p.Key).Where(images.ContainsKey).ToArray())
        {
            // Its join says where it lies.
            images.Remove(placed);
        }

        return images;
    }

    /// <summary>Copies that only products, scans and attention read lie as they are seen there, also those of images.</summary>
    private static HashSet<Node> CopiedOperands(Graph graph)
    {
        if (!graph.Nodes.Any(Copies.IsCopy))
        {
            return new HashSet<Node>();
        }

        ILookup<Node, Node> users = graph.Nodes.Where(static n => !Views.IsView(n))
            .SelectMany(static n => n.Inputs.Select(i => (Base: Views.Base(i), User: n)))
            .ToLookup(static p => p.Base, static p => p.User);
        var outputs = new HashSet<Node>(graph.Outputs.Select(static o => Views.Base(o.Node)));
        return new HashSet<Node>(graph.Nodes.Where(n =>
            Copies.IsCopy(n) && !outputs.Contains(n) && users[n].All(
                static u => u.Op.Placement is { } p
                    && (p.Form(0) == OperandForm.Strided || p.Skeleton is Skeleton.Attend or Skeleton.AttendGradient))));
    }

    /// <summary>A value is an image when a neighbour is.</summary>
    private static void Spread(Node node, Dictionary<Node, ImmutableArray<Size>> images)
    {
        if (Views.IsUnit(node) && node.Inputs[0].Rank != node.Rank)
        {
            if (RowAxes(node) is not null && MayBe(node) && MayBe(node.Inputs[0]))
            {
                Relate(new[] { node, node.Inputs[0] }, images);
            }
        }
        else if (node.Op is PointwiseOp or JoinOp or SliceOp || Views.IsUnit(node))
        {
            Relate(node.Inputs.Where(x => MayBe(x) && x.Rank == node.Rank).Concat(new[] { node }), images);
        }
    }

    /// <summary>Where a reshape shows a sequence [b, c, l] as an image of one row, or back, which axis of its operand each axis is,
    /// -1 for the row; else null. Where l or c is 1, extents alone do not tell, and beside a halo it matters.</summary>
    public static int[]? RowAxes(Node reshape)
    {
        ImmutableArray<Size> from = reshape.Inputs[0].Shape;
        return IsRow(reshape.Shape, from) ? new[] { 0, 1, -1, 2 } : IsRow(from, reshape.Shape) ? new[] { 0, 1, 3 } : null;
    }

    private static bool IsRow(ImmutableArray<Size> image, ImmutableArray<Size> sequence) => image.Length == 4
        && sequence.Length == 3 && image[2].Equals(Size.One) && image.RemoveAt(2).SequenceEqual(sequence);

    private static void Relate(IEnumerable<Node> nodes, Dictionary<Node, ImmutableArray<Size>> images)
    {
        Node[] all = nodes.ToArray();
        if (all.Any(images.ContainsKey))
        {
            foreach (Node node in all)
            {
                images[node] = node.Rank == 4 ? node.Shape : node.Shape.Insert(2, Size.One);
            }
        }
    }

    private static bool MayBe(Node node) => node.Rank is 3 or 4 && node.DType == DType.Float
        && node.Op is not ParameterOp;

    private static bool Wants(Placement placement, int operand) =>
        placement.Form(operand) == OperandForm.Image
        || (placement.Form(operand) == OperandForm.Buffer && placement.YieldsImage);
}
