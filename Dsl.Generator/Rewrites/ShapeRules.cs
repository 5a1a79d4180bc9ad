using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Rewrites;

/// <summary>Identities of reshapes, transposes, broadcasts and reductions.</summary>
internal static class ShapeRules
{
    public static IReadOnlyList<RewriteRule> All { get; } = new[]
    {
        new RewriteRule("reshape to the same shape", static s =>
            s.Node.Op is ReshapeOp && s.X.SameShape(s.Node.Shape) ? s.X : null),
        new RewriteRule("broadcast to the same shape", static s =>
            s.Node.Op is BroadcastOp && s.X.SameShape(s.Node.Shape) ? s.X : null),
        new RewriteRule("transpose that keeps the order", static s =>
            s.Node.Op is TransposeOp t && t.Order.SequenceEqual(Enumerable.Range(0, t.Order.Count)) ? s.X : null),
        new RewriteRule("reshape of reshape", static s =>
            s.Node.Op is ReshapeOp && s.X.Op is ReshapeOp ? s.Graph.Reshape(s.X.Inputs[0], s.Node.Shape) : null),
        new RewriteRule("transpose of transpose", static s =>
            s.Node.Op is TransposeOp outer && s.X.Op is TransposeOp inner
                ? s.Graph.Transpose(s.X.Inputs[0], outer.Order.Map(a => inner.Order[a]))
                : null),
        new RewriteRule("broadcast of broadcast", static s =>
            s.Node.Op is BroadcastOp outer && s.X.Op is BroadcastOp inner
                ? s.Graph.Broadcast(s.X.Inputs[0], outer.Dims, inner.Axes.Select(a => outer.Axes[a]))
                : null),
        new RewriteRule("transpose of broadcast", static s => TransposeOfBroadcast(s)),
        new RewriteRule("reshape of a broadcast scalar", static s =>
            s.Node.Op is ReshapeOp && s.X.Op is BroadcastOp && s.X.Inputs[0].Rank == 0
                ? s.Graph.Fill(s.X.Inputs[0], s.Node.Shape)
                : null),
        new RewriteRule("pointwise of reshapes", static s => PointwiseOfReshapes(s)),
        new RewriteRule("sum of broadcast", static s => SumOfBroadcast(s)),
        new RewriteRule("sum of what is scaled alike", static s => SumOfScaled(s)),
        new RewriteRule("sum of negated", static s =>
            s.Node.Op is ReduceOp { Kind: ReduceKind.Sum } sum && s.X.Op is PointwiseOp { Row: "neg" }
                ? s.Graph.Pointwise("neg", s.Graph.Sum(s.X.Inputs[0], sum.Axes.ToArray()))
                : null),
        new RewriteRule("reduction over nothing", static s => s.Node.Op is ReduceOp { Axes.Count: 0 } ? s.X : null),
        new RewriteRule("reduction of reduction", static s => ReduceOfReduce(s)),
        new RewriteRule("stop gradient of a constant", static s =>
            s.Node.Op is StopGradientOp && PointwiseOp.ConstantOf(s.X) is not null ? s.X : null),
    };

    /// <summary>Only broadcasts whose kept axes stay in order: another order needs the transpose anyway.</summary>
    private static Node? TransposeOfBroadcast(RewriteSite s)
    {
        if (s.Node.Op is not TransposeOp transpose || s.X.Op is not BroadcastOp broadcast)
        {
            return null;
        }

        var axes = broadcast.Axes.Select(a => transpose.Order.ToList().IndexOf(a)).ToArray();
        return axes.SequenceEqual(axes.OrderBy(static a => a))
            ? s.Graph.Broadcast(s.X.Inputs[0], s.Node.Shape, axes)
            : null;
    }

    /// <summary>f(reshape(x), reshape(y), number) is reshape(f(x, y, number)): reshapes end at the products that absorb
    /// them, and nothing is stored row-major for their sake.</summary>
    private static Node? PointwiseOfReshapes(RewriteSite s)
    {
        if (s.Node.Op is not PointwiseOp op
            || s.Node.Inputs.FirstOrDefault(static i => i.Op is ReshapeOp && i.Inputs[0].Op is not ParameterOp) is not { } first)
        {
            return null;
        }

        var dims = first.Inputs[0].Shape;
        var operands = new Node[s.Node.Inputs.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            Node operand = s.Node.Inputs[i];
            if (operand.Op is ReshapeOp && operand.Inputs[0].SameShape(dims))
            {
                operands[i] = operand.Inputs[0];
            }
            else if (operand.Op is BroadcastOp && operand.Inputs[0].Rank == 0)
            {
                operands[i] = s.Graph.Fill(operand.Inputs[0], dims);
            }
            else
            {
                return null;
            }
        }

        return s.Graph.Reshape(s.Graph.Add(op, operands), s.Node.Shape);
    }

    /// <summary>Summing a repeated axis multiplies by its extent; summing an axis that was there sums before
    /// repeating.</summary>
    private static Node? SumOfBroadcast(RewriteSite s)
    {
        if (s.Node.Op is not ReduceOp { Kind: ReduceKind.Sum } sum || s.X.Op is not BroadcastOp broadcast)
        {
            return null;
        }

        Node x = s.X.Inputs[0];
        Size repeats = sum.Axes.Where(a => !broadcast.Axes.Contains(a)).Select(a => broadcast.Dims[a]).Product();
        var inner = Enumerable.Range(0, x.Rank).Where(i => sum.Axes.Contains(broadcast.Axes[i])).ToArray();
        Node reduced = s.Graph.Sum(x, inner);
        Node scaled = repeats.Equals(Size.One)
            ? reduced
            : s.Graph.Pointwise("mul", reduced, s.Graph.SizeValue(repeats));

        // Axis numbers after the summed ones are gone.
        int After(int axis) => axis - sum.Axes.Count(a => a < axis);
        return s.Graph.Broadcast(
            scaled, s.Node.Shape, broadcast.Axes.Where(a => !sum.Axes.Contains(a)).Select(After));
    }

    /// <summary>A factor that is the same along the summed axes leaves the sum, which may then be one that is there
    /// already: a norm's backward pass needs two sums, not four.</summary>
    private static Node? SumOfScaled(RewriteSite s)
    {
        if (s.Node.Op is not ReduceOp { Kind: ReduceKind.Sum } sum || s.X.Op is not PointwiseOp { Row: "mul" })
        {
            return null;
        }

        for (int i = 0; i < 2; i++)
        {
            if (s.X.Inputs[i].Op is BroadcastOp { Axes: { Count: > 0 } axes } && !axes.Any(sum.Axes.Contains))
            {
                Node factor = s.Graph.Broadcast(
                    s.X.Inputs[i].Inputs[0], s.Node.Shape, axes.Select(a => a - sum.Axes.Count(summed => summed < a)));
                return s.Graph.Pointwise("mul", s.Graph.Sum(s.X.Inputs[1 - i], sum.Axes.ToArray()), factor);
            }
        }

        return null;
    }

    private static Node? ReduceOfReduce(RewriteSite s)
    {
        if (s.Node.Op is not ReduceOp outer || s.X.Op is not ReduceOp inner || outer.Kind != inner.Kind)
        {
            return null;
        }

        var kept = Enumerable.Range(0, s.X.Inputs[0].Rank).Except(inner.Axes).ToArray();
        return s.Graph.Reduce(outer.Kind, s.X.Inputs[0], inner.Axes.Concat(outer.Axes.Select(a => kept[a])).ToArray());
    }
}
