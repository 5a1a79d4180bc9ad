using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Rewrites;

/// <summary>Identities of slices and concatenations. What is cut out of a join is what was put in, and gradients of
/// the parts of one value become its gradient side by side.</summary>
internal static class JoinRules
{
    public static IReadOnlyList<RewriteRule> All { get; } = new[]
    {
        new RewriteRule("slice of everything", static s =>
            s.Node.Op is SliceOp && s.X.SameShape(s.Node.Shape) ? s.X : null),
        new RewriteRule("slice of slice", static s =>
            s.Node.Op is SliceOp outer && s.X.Op is SliceOp inner && outer.Axis == inner.Axis
                ? s.Graph.Slice(s.X.Inputs[0], outer.Axis, inner.Start + outer.Start, outer.Extent)
                : null),
        new RewriteRule("slice of broadcast", static s => SliceOfBroadcast(s)),
        new RewriteRule("slice of transpose", static s =>
            s.Node.Op is SliceOp slice && s.X.Op is TransposeOp transpose
                ? s.Graph.Transpose(
                    s.Graph.Slice(s.X.Inputs[0], transpose.Order[slice.Axis], slice.Start, slice.Extent),
                        transpose.Order.ToArray())
                : null),
        new RewriteRule("slice of concat", static s => SliceOfConcat(s)),
        new RewriteRule("concat of one", static s => s.Node.Op is ConcatOp && s.Node.Inputs.Length == 1 ? s.X : null),
        new RewriteRule("concat of nothing", static s => ConcatOfNothing(s)),
        new RewriteRule("concat of concat", static s => ConcatOfConcat(s)),
        new RewriteRule("concat of slices that follow each other", static s => ConcatOfSlices(s)),
        new RewriteRule("sum of concats", static s => SumOfConcats(s)),
        new RewriteRule("unshuffle of shuffle", static s =>
            (s.Node.Op is PixelUnshuffleOp down && s.X.Op is PixelShuffleOp up && up.Factor == down.Factor)
            || (s.Node.Op is PixelShuffleOp up2 && s.X.Op is PixelUnshuffleOp down2 && up2.Factor == down2.Factor)
                ? s.X.Inputs[0]
                : null),
    };

    private static Node? SliceOfBroadcast(RewriteSite s)
    {
        if (s.Node.Op is not SliceOp slice || s.X.Op is not BroadcastOp broadcast)
        {
            return null;
        }

        Node x = s.X.Inputs[0];
        int inner = broadcast.Axes.ToList().IndexOf(slice.Axis);
        return s.Graph.Broadcast(inner < 0 ? x : s.Graph.Slice(x, inner, slice.Start, slice.Extent), s.Node.Shape,
            broadcast.Axes);
    }

    private static Node? SliceOfConcat(RewriteSite s)
    {
        if (s.Node.Op is not SliceOp slice || s.X.Op is not ConcatOp concat || concat.Axis != slice.Axis)
        {
            return null;
        }

        Size start = Size.Zero;
        foreach (Node part in s.X.Inputs)
        {
            Size extent = part.Shape[slice.Axis];
            Size before = slice.Start - start;
            Size after = extent - before - slice.Extent;
            if ((before.Equals(Size.Zero) && after.Equals(Size.Zero))
                || (before.IsConstant && before.Constant >= 0 && after.IsConstant && after.Constant >= 0))
            {
                return s.Graph.Slice(part, slice.Axis, before, slice.Extent);
            }

            start += extent;
        }

        return null;
    }

    private static Node? ConcatOfNothing(RewriteSite s)
    {
        if (s.Node.Op is not ConcatOp concat || s.Node.Shape[concat.Axis].Equals(Size.Zero))
        {
            return null;
        }

        Node[] parts = s.Node.Inputs.Where(p => !p.Shape[concat.Axis].Equals(Size.Zero)).ToArray();
        return parts.Length < s.Node.Inputs.Length ? s.Graph.Concat(concat.Axis, parts) : null;
    }

    /// <summary>A concatenation that something else uses, too, has its own buffer.</summary>
    private static Node? ConcatOfConcat(RewriteSite s)
    {
        bool IsPart(Node part) => part.Op.Equals(s.Node.Op) && s.IsUsedOnce(part);
        return s.Node.Op is ConcatOp concat && s.Node.Inputs.Any(IsPart)
            ? s.Graph.Concat(concat.Axis, s.Node.Inputs.SelectMany(p => IsPart(p) ? p.Inputs.AsEnumerable()
                : new[] { p }).ToArray())
            : null;
    }

    private static Node? ConcatOfSlices(RewriteSite s)
    {
        if (s.Node.Op is not ConcatOp concat)
        {
            return null;
        }

        var parts = new List<Node>();
        foreach (Node part in s.Node.Inputs)
        {
            Node? last = parts.LastOrDefault();
            if (last?.Op is SliceOp a && part.Op is SliceOp b && a.Axis == concat.Axis && b.Axis == concat.Axis
                && last.Inputs[0] == part.Inputs[0] && (a.Start + a.Extent).Equals(b.Start))
            {
                parts[parts.Count - 1] = s.Graph.Slice(last.Inputs[0], concat.Axis, a.Start, a.Extent + b.Extent);
            }
            else
            {
                parts.Add(part);
            }
        }

        return parts.Count < s.Node.Inputs.Length ? s.Graph.Concat(concat.Axis, parts.ToArray()) : null;
    }

    /// <summary>concat(a, 0) + concat(0, b) = concat(a, b): constants are cut where the other sum has a seam.</summary>
    private static Node? SumOfConcats(RewriteSite s)
    {
        if (s.Node.Op is not PointwiseOp { Row: "add" } || s.Node.Inputs[0].Op is not ConcatOp concat
            || !s.Node.Inputs.All(i => i.Op.Equals(concat) && s.IsUsedOnce(i)))
        {
            return null;
        }

        var left = new LinkedList<Node>(s.Node.Inputs[0].Inputs);
        var right = new LinkedList<Node>(s.Node.Inputs[1].Inputs);
        var sums = new List<Node>();
        while (left.Count > 0 && right.Count > 0)
        {
            Size difference = left.First.Value.Shape[concat.Axis] - right.First.Value.Shape[concat.Axis];
            if (!difference.IsConstant)
            {
                return null;
            }

            bool cutsLeft = difference.Constant > 0;
            if (!difference.Equals(Size.Zero) && !Shorten(s.Graph, cutsLeft ? left : right, cutsLeft ? right
                : left, concat.Axis))
            {
                return null;
            }

            sums.Add(s.Graph.Pointwise("add", left.First.Value, right.First.Value));
            left.RemoveFirst();
            right.RemoveFirst();
        }

        return left.Count == 0 && right.Count == 0 ? s.Graph.Concat(concat.Axis, sums.ToArray()) : null;
    }

    private static bool Cut(LinkedList<Node> parts) => parts.First.Value.Op is BroadcastOp
        && parts.First.Value.Inputs[0].Rank == 0;

    /// <summary>Cuts the first of the longer parts to the extent of the other; false when it is no constant.</summary>
    private static bool Shorten(Graph graph, LinkedList<Node> longer, LinkedList<Node> shorter, int axis)
    {
        if (!Cut(longer))
        {
            return false;
        }

        Node whole = longer.First.Value;
        Size extent = shorter.First.Value.Shape[axis];
        longer.RemoveFirst();
        longer.AddFirst(graph.Fill(whole.Inputs[0], whole.Shape.SetItem(axis, whole.Shape[axis] - extent)));
        longer.AddFirst(graph.Fill(whole.Inputs[0], whole.Shape.SetItem(axis, extent)));
        return true;
    }
}
