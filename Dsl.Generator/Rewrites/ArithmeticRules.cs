using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Rewrites;

/// <summary>
/// Identities of pointwise ops. As everywhere in compilers for neural networks they hold for numbers: x·0 is 0
/// although it is
/// NaN for an infinite x.
/// </summary>
internal static class ArithmeticRules
{
    public static IReadOnlyList<RewriteRule> All { get; } = new[]
    {
        new RewriteRule("size that is constant", static s =>
            s.Node.Op is SizeOp { Value.IsConstant: true } size ? s.Graph.Constant(size.Value.Constant) : null),
        new RewriteRule("fold constants", static s => Fold(s)),
        Binary("x + 0", "add", static (s, a, b) => IsConstant(b, 0) ? a : IsConstant(a, 0) ? b : null),
        Binary("x - 0", "sub", static (s, a, b) => IsConstant(b, 0) ? a : null),
        Binary("0 - x", "sub", static (s, a, b) => IsConstant(a, 0) ? s.Graph.Pointwise("neg", b) : null),
        Binary("x * 1", "mul", static (s, a, b) => IsConstant(b, 1) ? a : IsConstant(a, 1) ? b : null),
        Binary("x * 0", "mul", static (s, a, b) =>
            IsConstant(a, 0) || IsConstant(b, 0) ? s.Graph.Fill(0, s.Node.Shape) : null),
        Binary("x * -1", "mul", static (s, a, b) =>
            IsConstant(b, -1) ? s.Graph.Pointwise("neg", a) : IsConstant(a, -1) ? s.Graph.Pointwise("neg", b) : null),
        Binary("x / constant", "div", static (s, a, b) =>
            PointwiseOp.ConstantOf(b) is { } c && c != 0 ? Scale(s, a, 1 / c) : null),
        Binary("0 / x", "div", static (s, a, b) => IsConstant(a, 0) ? s.Graph.Fill(0, s.Node.Shape) : null),
        Unary("--x", "neg", static (s, x) => x.Op is PointwiseOp { Row: "neg" } ? x.Inputs[0] : null),
        Unary("-(x * constant)", "neg", static (s, x) => ScaledBy(x) is { } p ? Scale(s, p.X, -p.Constant) : null),
        Binary("(x * constant) * constant", "mul", static (s, a, b) => MergeScales(s, a, b) ?? MergeScales(s, b, a)),
        Binary("x + -y", "add", static (s, a, b) => Negated(b) is { } y ? s.Graph.Pointwise("sub", a, y)
            : Negated(a) is { } x ? s.Graph.Pointwise("sub", b, x) : null),
        Binary("x - -y", "sub", static (s, a, b) => Negated(b) is { } y ? s.Graph.Pointwise("add", a, y) : null),
        Binary("power with a known exponent", "pow", static (s, a, b) => PointwiseOp.ConstantOf(b) switch
        {
            0 => s.Graph.Fill(1, s.Node.Shape),
            1 => a,
            2 => s.Graph.Pointwise("square", a),
            0.5 => s.Graph.Pointwise("sqrt", a),
            -0.5 => s.Graph.Pointwise("rsqrt", a),
            -1 => s.Graph.Pointwise("reciprocal", a),
            _ => null,
        }),
        new RewriteRule("select on a constant", static s =>
            s.Node.Op is PointwiseOp { Row: "select" } && PointwiseOp.ConstantOf(s.X) is { } condition
                ? s.Node.Inputs[condition > 0 ? 1 : 2]
                : null),
        new RewriteRule("select of the same", static s =>
            s.Node.Op is PointwiseOp { Row: "select" } && Same(s.Node.Inputs[1], s.Node.Inputs[2]) ? s.Node.Inputs[1] : null),
        new RewriteRule("pointwise of broadcasts", static s => LiftOverBroadcast(s)),
    };

    private static RewriteRule Unary(string name, string row, System.Func<RewriteSite, Node, Node?> apply) =>
        new(name, s => s.Node.Op is PointwiseOp op && op.Row == row ? apply(s, s.X) : null);

    private static RewriteRule Binary(string name, string row, System.Func<RewriteSite, Node, Node, Node?> apply) =>
        new(name, s => s.Node.Op is PointwiseOp op && op.Row == row ? apply(s, s.X, s.Node.Inputs[1]) : null);

    private static bool IsConstant(Node node, double value) => PointwiseOp.ConstantOf(node) == value;

    private static bool Same(Node a, Node b) =>
        ReferenceEquals(a, b) || (PointwiseOp.ConstantOf(a) is { } c && PointwiseOp.ConstantOf(b) == c);

    private static Node? Negated(Node node) => node.Op is PointwiseOp { Row: "neg" } ? node.Inputs[0] : null;

    private static Node Scale(RewriteSite s, Node x, double constant) => s.Graph.Pointwise("mul", x, s.Graph.Constant(constant));

    private static (Node X, double Constant)? ScaledBy(Node node) => node.Op is not PointwiseOp { Row: "mul" } ? null
        : PointwiseOp.ConstantOf(node.Inputs[1]) is { } right ? (node.Inputs[0], right)
        : PointwiseOp.ConstantOf(node.Inputs[0]) is { } left ? (node.Inputs[1], left)
        : null;

    private static Node? MergeScales(RewriteSite s, Node scaled, Node constant)
    {
        if (PointwiseOp.ConstantOf(constant) is not { } c)
        {
            return null;
        }

        return ScaledBy(scaled) is { } p ? Scale(s, p.X, p.Constant * c)
            : Negated(scaled) is { } x ? Scale(s, x, -c)
            : null;
    }

    private static Node? Fold(RewriteSite s)
    {
        if (s.Node.Op is not PointwiseOp op)
        {
            return null;
        }

        var operands = new List<double>();
        foreach (Node input in s.Node.Inputs)
        {
            if (PointwiseOp.ConstantOf(input) is not { } value)
            {
                return null;
            }

            operands.Add(value);
        }

        return s.Graph.Fill(op.Definition.Evaluate(operands), s.Node.Shape);
    }

    /// <summary>Operands that are all repeated along the same axes are computed once and repeated afterwards.</summary>
    private static Node? LiftOverBroadcast(RewriteSite s)
    {
        if (s.Node.Op is not PointwiseOp op
            || s.Node.Inputs.FirstOrDefault(i => PointwiseOp.ConstantOf(i) is null)?.Op is not BroadcastOp pattern)
        {
            return null;
        }

        var lifted = new Node[s.Node.Inputs.Length];
        for (int i = 0; i < lifted.Length; i++)
        {
            Node input = s.Node.Inputs[i];
            if (PointwiseOp.ConstantOf(input) is { } constant)
            {
                lifted[i] = s.Graph.Constant(constant);
            }
            else if (input.Op is BroadcastOp broadcast && broadcast.Axes.Equals(pattern.Axes))
            {
                lifted[i] = input.Inputs[0];
            }
            else
            {
                return null;
            }
        }

        return s.Graph.Broadcast(s.Graph.Pointwise(op.Row, lifted), s.Node.Shape, pattern.Axes);
    }
}
