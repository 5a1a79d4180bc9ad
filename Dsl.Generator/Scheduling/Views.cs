using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>Ops that only rename elements, and leaves.</summary>
internal static class Views
{
    /// <summary>Whether the node shows another node's elements.</summary>
    public static bool IsView(Node node) =>
        node.Op is ReshapeOp or TransposeOp or BroadcastOp or StopGradientOp or SliceOp;

    /// <summary>The node whose elements are shown.</summary>
    public static Node Base(Node node) => IsView(node) ? Base(node.Inputs[0]) : node;

    /// <summary>Whether a reshape only adds or drops axes of extent 1: the elements may lie in any order.</summary>
    public static bool IsUnit(Node reshape) => reshape.Op is ReshapeOp && UnitAxes(reshape) is not null;

    /// <summary>For each axis of such a reshape the axis of its operand that it is, -1 for a new one; null for other
    /// reshapes.</summary>
    public static int[]? UnitAxes(Node reshape)
    {
        ImmutableArray<Size> from = reshape.Inputs[0].Shape;
        var axes = new int[reshape.Rank];
        int at = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            // Equal axes are one another, also those of extent 1; of what is left, only those come and go.
            while (at < from.Length && !from[at].Equals(reshape.Shape[i]) && from[at].Equals(Size.One)
                && !reshape.Shape[i].Equals(Size.One))
            {
                at++;
            }

            if (at < from.Length && from[at].Equals(reshape.Shape[i]))
            {
                axes[i] = at++;
            }
            else if (reshape.Shape[i].Equals(Size.One))
            {
                axes[i] = -1;
            }
            else
            {
                return null;
            }
        }

        return from.Skip(at).All(static d => d.Equals(Size.One)) ? axes : null;
    }

    /// <summary>Nodes whose elements lie row-major: what is shown reshaped, and what a skeleton writes so.</summary>
    public static IEnumerable<Node> RowMajor(Graph graph) => graph.Nodes
        .Where(static n => n.Op is ReshapeOp && !IsUnit(n)).Select(static n => n.Inputs[0])
        .Concat(graph.Nodes.Where(static n => n.Op.Placement is { YieldsRows: true }));

    /// <summary>Known without computing: an input, a parameter, a constant, a random number, a position.</summary>
    public static bool IsLeaf(Node node) =>
        node.Op is InputOp or ParameterOp or ConstantOp or SizeOp or RandomOp or PositionOp;

    /// <summary>Floats that bodies make of ints where they need them: they are in no buffer.</summary>
    public static bool IsOfInts(Node node) => node.Op is OneHotOp or DiffersOp or FloatsOp;

    /// <summary>A number that depends on sizes and constants only: written into the body as a literal.</summary>
    public static bool IsNumber(Node node) => node.Op switch
    {
        ConstantOp or SizeOp => true,
        BroadcastOp or ReshapeOp => IsNumber(node.Inputs[0]),
        PointwiseOp { Row: "add" or "sub" or "mul" or "div" or "neg" or "reciprocal" or "max" } =>
            node.Inputs.All(IsNumber),
        _ => false,
    };
}

/// <summary>The order in which axes lie in memory unless something asks otherwise.</summary>
internal static class PhysicalOrder
{
    /// <summary>Outermost first: images channel-last, everything else as written.</summary>
    public static int[] Of(int rank) => rank == 4 ? new[] { 0, 2, 3, 1 } : Enumerable.Range(0, rank).ToArray();
}
