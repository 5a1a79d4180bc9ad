using System.Collections.Generic;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Autodiff;

/// <summary>
/// Cotangents of branches: <c>select(condition, cotangent, 0)</c> or <c>select(condition, 0, cotangent)</c>. A branch that was
/// not taken has the gradient 0. Where its derivative is infinite, 0 times it would be NaN, so the choice is made after the
/// derivative, not before: of <c>x > 0 ? Log(x) : 0</c> it is <c>select(x > 0, dy / x, 0)</c>.
/// </summary>
internal static class Branches
{
    /// <summary>Which nodes have a derivative that may be infinite, or are made, element by element, of one that has; by
    /// id.</summary>
    public static bool[] Poles(IReadOnlyList<Node> nodes)
    {
        var poles = new bool[nodes.Count];
        foreach (Node node in nodes)
        {
            if (node.Op is PointwiseOp op)
            {
                poles[node.Id] = op.Definition.HasPole;
                foreach (Node input in node.Inputs)
                {
                    poles[node.Id] |= poles[input.Id];
                }
            }
        }

        return poles;
    }

    /// <summary>The gradients of a node's operands: where its branch was not taken, 0; where it is used in several branches, the sum
    /// of theirs.</summary>
    public static IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        if (Of(cotangent) is { } branch)
        {
            return Differentiate(graph, node, branch.Cotangent).Map(
                gradient => gradient is null ? null : branch.Choose(graph, gradient));
        }

        if (!AreBranches(cotangent))
        {
            return node.Op.Differentiate(graph, node, cotangent);
        }

        IReadOnlyList<Node?> first = Differentiate(graph, node, cotangent.Inputs[0]);
        IReadOnlyList<Node?> second = Differentiate(graph, node, cotangent.Inputs[1]);
        var sums = new Node?[first.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = first[i] is { } a && second[i] is { } b ? Sum(graph, a, b) : first[i] ?? second[i];
        }

        return sums;
    }

    /// <summary>The sum of two cotangents: of the same branch one choice.</summary>
    public static Node Sum(Graph graph, Node a, Node b) =>
        Of(a) is { } first && Of(b) is { } second && first.Condition == second.Condition && first.WhenTrue == second.WhenTrue
            ? first.Choose(graph, Sum(graph, first.Cotangent, second.Cotangent))
            : graph.Pointwise("add", a, b);

    /// <summary>Whether a cotangent is that of a branch, or a sum of such.</summary>
    private static bool AreBranches(Node node) =>
        Of(node) is not null || (node.Op is PointwiseOp { Row: "add" } && AreBranches(node.Inputs[0]) && AreBranches(node.Inputs[1]));

    private static Branch? Of(Node node) =>
        node.Op is not PointwiseOp { Row: "select" } ? null
        : PointwiseOp.ConstantOf(node.Inputs[2]) == 0 ? new Branch(node.Inputs[0], node.Inputs[1], true)
        : PointwiseOp.ConstantOf(node.Inputs[1]) == 0 ? new Branch(node.Inputs[0], node.Inputs[2], false)
        : null;

    private sealed record Branch(Node Condition, Node Cotangent, bool WhenTrue)
    {
        public Node Choose(Graph graph, Node gradient) => WhenTrue
            ? graph.Pointwise("select", Condition, gradient, graph.Constant(0))
            : graph.Pointwise("select", Condition, graph.Constant(0), gradient);
    }
}
