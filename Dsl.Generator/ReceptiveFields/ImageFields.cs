using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>
/// What every node of a graph sees of one image, worked out bottom-up: the reach of a node is that of its operands
/// through
/// the op's own, joined where paths meet. For a chain this is the recursion r += (k' - 1)·j, start += ((k' - 1)/2 -
/// p)·j,
/// j *= s; <see cref="TopDown"/> is the other one.
/// </summary>
internal sealed class ImageFields
{
    /// <summary>The axis of an image [b, c, h, w] that its rows count.</summary>
    public const int RowAxis = 2;

    /// <summary>The axis that its columns count.</summary>
    public const int ColumnAxis = 3;

    private readonly Dictionary<int, AxisReach?[]> _seen;
    private readonly List<Misalignment> _misalignments = new();

    private ImageFields(Graph graph, Node image)
    {
        Graph = graph;
        Image = image;
        _seen = new[] { RowAxis, ColumnAxis }.ToDictionary(static a => a, Follow);
    }

    public Graph Graph { get; }

    /// <summary>The node whose pixels are counted.</summary>
    public Node Image { get; }

    /// <summary>The nodes where paths meet that do not fit, in order.</summary>
    public IReadOnlyList<Misalignment> Misalignments => _misalignments;

    /// <summary>The fields in every image of a graph: an input of floats of rank 4.</summary>
    public static IReadOnlyList<ImageFields> Of(Graph graph) => graph.Inputs
        .Where(static i => i.Rank == 4 && i.DType == DType.Float)
        .Select(image => Of(graph, image))
        .ToList();

    /// <summary>The fields in one image, which may be any node [b, c, h, w].</summary>
    public static ImageFields Of(Graph graph, Node image) => new(graph, image);

    /// <summary>What a node sees of an axis of the image; null when it does not depend on the image.</summary>
    /// <param name="node">A node of the graph.</param>
    /// <param name="axis"><see cref="RowAxis"/> or <see cref="ColumnAxis"/>.</param>
    public AxisReach? Seen(Node node, int axis) => _seen[axis][node.Id];

    private AxisReach?[] Follow(int axis)
    {
        var seen = new AxisReach?[Graph.Nodes.Count];
        seen[Image.Id] = AxisReach.Same(axis);
        foreach (Node node in Graph.Nodes.Skip(Image.Id + 1))
        {
            var paths = Enumerable.Range(0, node.Inputs.Length)
                .Where(i => seen[node.Inputs[i].Id] is not null)
                .Select(i => Through(node, i, seen[node.Inputs[i].Id]!))
                .ToList();
            seen[node.Id] = paths.Count == 0 ? null : paths.Aggregate((a, b) => Join(node, axis, a, b));
        }

        return seen;
    }

    private static AxisReach Through(Node node, int input, AxisReach seen)
    {
        if (seen.Reach is null || node.Op.Field(node, input, seen.Axis) is not { Reach: { } near } step)
        {
            return AxisReach.Whole;
        }

        try
        {
            return AxisReach.Along(step.Axis, seen.Reach.Through(near));
        }
        catch (OverflowException)
        {
            // Strides that multiply to more than any image has pixels.
            return AxisReach.Whole;
        }
    }

    private AxisReach Join(Node node, int axis, AxisReach a, AxisReach b)
    {
        if (a.Reach is null || b.Reach is null || a.Axis != b.Axis)
        {
            return AxisReach.Whole;
        }

        if (a.Reach.Stride != b.Reach.Stride)
        {
            _misalignments.Add(new Misalignment(node, axis, a.Reach.Stride, b.Reach.Stride, Fraction.Zero));
            return AxisReach.Whole;
        }

        Fraction offset = b.Reach.Centre - a.Reach.Centre;
        if (offset != Fraction.Zero && a.Reach.IsExact && b.Reach.IsExact)
        {
            _misalignments.Add(new Misalignment(node, axis, a.Reach.Stride, b.Reach.Stride, offset));
        }

        return AxisReach.Along(a.Axis, a.Reach.Join(b.Reach));
    }
}

/// <summary>Two paths that meet and do not fit: their strides differ, or their middles are apart.</summary>
/// <param name="Node">Where they meet.</param>
/// <param name="Axis">The axis of the image.</param>
/// <param name="First">The stride of one.</param>
/// <param name="Second">The stride of the other.</param>
/// <param name="Offset">How far the middle of the second is behind that of the first, in pixels, when the strides are
/// the
/// same.</param>
internal sealed record Misalignment(Node Node, int Axis, Fraction First, Fraction Second, Fraction Offset);
