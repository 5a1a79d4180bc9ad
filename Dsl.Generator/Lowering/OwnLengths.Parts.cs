using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Lowering;

/// <content>Parts of sequences that have lengths, and what is joined to them.</content>
internal sealed partial class OwnLengths
{
    /// <summary>So many rows are sums of their own; more are one product.</summary>
    private const int FewRows = 4;

    private static readonly int[] s_sequences = { 0 };

    /// <summary>Scans with positions behind all padding, their operands and results: padding changes none of their states, so what
    /// lies behind it sees those of the last position.</summary>
    private readonly HashSet<Node> _withTails = new();

    /// <summary>What lies before a padded operand has to be of one length for all; what lies behind it has to be a number,
    /// which its padding becomes, too, or what a scan is asked behind all positions.</summary>
    private Node Joined(Node node, ConcatOp join, Node[] inputs)
    {
        int at = Enumerable.Range(0, inputs.Length).First(i => IsPadded(node.Inputs[i], join.Axis));
        foreach (Node behind in node.Inputs.Skip(at + 1))
        {
            double number = Views.IsNumber(behind) && PointwiseOp.ConstantOf(behind) is { } constant ? constant
                : AsksScans(node) ? 0
                : throw Problem(node, "what is joined behind the positions would lie behind padding", "join it in front of them");
            inputs[at] = Hidden(node.Inputs[at], inputs[at], join.Axis, number);
        }

        if (node.Inputs.Skip(at + 1).Any() && AsksScans(node))
        {
            _withTails.Add(node);
        }

        return _graph.Copy(node, inputs);
    }

    /// <summary>Whether all that reads a value are scans with numbers behind what is joined to their other operands, by which padding
    /// leaves their states alone: what asks a scan does not change it.</summary>
    private bool AsksScans(Node node) => _readers[node].Any() && _readers[node].All(reader => reader.Op switch
    {
        ReshapeOp => AsksScans(reader),
        SelectiveScanOp => reader.Inputs[4] == node || IsStill(node),
        DeltaScanOp => Unshaped(reader.Inputs[0]) == Unshaped(node) || IsStill(node),
        _ => false,
    });

    private static Node Unshaped(Node node) => node.Op is ReshapeOp ? Unshaped(node.Inputs[0]) : node;

    /// <summary>Whether a number is what is joined behind the positions.</summary>
    private static bool IsStill(Node node) => Unshaped(node) is { Op: ConcatOp } join && Views.IsNumber(join.Inputs.Last());

    /// <summary>All positions from one on; the first one; or some that are counted from the end, which lie elsewhere in each
    /// sequence.</summary>
    private Node Part(Node node, SliceOp slice, Node x)
    {
        Node original = node.Inputs[0];
        bool isFixed = !slice.Start.Mentions(_symbol) && (slice.Extent.Mentions(_symbol) || (slice.Start + slice.Extent).Equals(Size.One));
        if (isFixed || _withTails.Contains(original))
        {
            return _graph.Copy(node, x);
        }

        bool toEnd = (slice.Start + slice.Extent).Equals(original.Shape[slice.Axis]);
        Size inEmpty = slice.Start.Substitute(name => name == _symbol ? Size.Zero : null);
        if (!toEnd || !slice.Extent.IsConstant
            || (!slice.Extent.Equals(Size.One) && !(inEmpty.IsConstant && inEmpty.Constant >= 0)))
        {
            throw Problem(
                node, $"positions {slice.Start} to {slice.Start + slice.Extent} do not exist in every sequence",
                "take the first position, the last one, or all from one on");
        }

        if (slice.Extent.Constant > FewRows && slice.Axis == 1 && BatchAxis(original) == 0)
        {
            return Rows(node, slice, x);
        }

        Node[] rows = Enumerable.Range(0, slice.Extent.Constant).Select(i =>
        {
            Node there = Compared("equal", original, slice.Axis, Extent(slice.Start + i));
            return _graph.Sum(_graph.Pointwise("select", there, x, _graph.Constant(0)), slice.Axis);
        }).ToArray();
        Size[] one = node.Shape.SetItem(slice.Axis, Size.One).ToArray();
        return _graph.Concat(slice.Axis, rows.Map(row => _graph.Reshape(row, one)));
    }

    /// <summary>Rows that lie elsewhere in each sequence: a product with what is 1 where they are.</summary>
    private Node Rows(Node node, SliceOp slice, Node x)
    {
        Node original = node.Inputs[0];
        Size[] places = { original.Shape[0], slice.Extent, original.Shape[1] };
        Node start = _graph.Broadcast(Extent(slice.Start), places, s_sequences);
        Node there = _graph.Pointwise(
            "equal", _graph.Pointwise("add", start, Index(1)), Index(2));
        Size[] flat = { original.Shape[0], original.Shape[1], original.Shape.Skip(2).Product() };
        Node rows = _graph.Contract("bkt,btc->bkc", there, _graph.Reshape(Hidden(original, x, 1, 0), flat));
        return _graph.Reshape(rows, node.Shape.ToArray());

        Node Index(int axis) => _graph.Add(new IotaOp(places.ToEquatable(), axis));
    }
}
