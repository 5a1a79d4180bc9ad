using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <summary>Ops that only rename elements, and leaves.</summary>
internal static class Views
{
    /// <summary>Whether the node shows another node's elements.</summary>
    public static bool IsView(Node node) => node.Op is ReshapeOp or TransposeOp or BroadcastOp or StopGradientOp;

    /// <summary>The node whose elements are shown.</summary>
    public static Node Base(Node node) => IsView(node) ? Base(node.Inputs[0]) : node;

    /// <summary>Known without computing: an input, a parameter, a constant, a random number.</summary>
    public static bool IsLeaf(Node node) => node.Op is InputOp or ParameterOp or ConstantOp or SizeOp or RandomOp;

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
