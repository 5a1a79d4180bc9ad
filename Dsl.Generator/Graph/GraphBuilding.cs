using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Graphs;

/// <summary>Shorthands over <see cref="Add(Op, Node[])"/>. They return an existing node where nothing is to be
/// done.</summary>
internal sealed partial class Graph
{
    /// <summary>An input tensor.</summary>
    public Node Input(string name, DType type, params Size[] dims) =>
        Add(new InputOp(name, dims.ToEquatable(), type), name);

    /// <summary>A learned tensor; the same name gives the same node.</summary>
    public Node Parameter(string name, params int[] dims) =>
        _parameters.FirstOrDefault(p => ((ParameterOp)p.Op).Parameter == name)
            ?? Add(new ParameterOp(name, dims.ToEquatable()), name);

    /// <summary>A tensor that is kept from step to step without being learned; the same name gives the same
    /// node.</summary>
    public Node State(string name, params int[] dims) =>
        _parameters.FirstOrDefault(p => ((ParameterOp)p.Op).Parameter == name)
            ?? Add(new ParameterOp(name, dims.ToEquatable()) { Learns = false }, name);

    /// <summary>A scalar.</summary>
    public Node Constant(double value) => Add(new ConstantOp(value));

    /// <summary>The value of a size as a scalar float.</summary>
    public Node SizeValue(Size size) => size.IsConstant ? Constant(size.Constant) : Add(new SizeOp(size));

    /// <summary>A tensor whose elements are all <paramref name="value"/>.</summary>
    public Node Fill(double value, IEnumerable<Size> dims) => Fill(Constant(value), dims);

    /// <summary>A tensor whose elements are all a scalar.</summary>
    public Node Fill(Node scalar, IEnumerable<Size> dims) => Broadcast(scalar, dims, Array.Empty<int>());

    /// <summary>Applies a row of the pointwise table. Scalar operands are broadcast to the shape of the
    /// others.</summary>
    public Node Pointwise(string row, params Node[] operands)
    {
        Node? shaped = operands.FirstOrDefault(static o => o.Rank > 0);
        return Add(new PointwiseOp(row), shaped is null
            ? operands
            : operands.Map(o => o.Rank == 0 ? Broadcast(o, shaped.Shape, Array.Empty<int>()) : o));
    }

    /// <summary>Input axis i becomes output axis <c>axes[i]</c>; the other output axes are new.</summary>
    public Node Broadcast(Node x, IEnumerable<Size> dims, IEnumerable<int> axes)
    {
        var target = dims.ToEquatable();
        return target.Count == x.Rank ? x : Add(new BroadcastOp(target, axes.ToEquatable()), x);
    }

    /// <summary>Broadcasts as numpy does: shapes are aligned at their ends, extents of 1 are stretched.</summary>
    /// <exception cref="ShapeException">The shape cannot be stretched to <paramref name="dims"/>.</exception>
    public Node BroadcastTo(Node x, IReadOnlyList<Size> dims)
    {
        if (x.Shape.SequenceEqual(dims))
        {
            return x;
        }

        int shift = dims.Count - x.Rank;
        var axes = new List<int>();
        for (int i = 0; i < x.Rank; i++)
        {
            if (shift < 0 || (!x.Shape[i].Equals(dims[i + shift]) && !x.Shape[i].Equals(Size.One)))
            {
                throw new ShapeException($"'{x.Shape.Text()}' cannot be broadcast to '{dims.Text()}'");
            }

            if (x.Shape[i].Equals(dims[i + shift]))
            {
                axes.Add(i + shift);
            }
        }

        return Broadcast(Reshape(x, axes.Select(a => dims[a])), dims, axes);
    }

    /// <summary>The same elements in row-major order under another shape.</summary>
    public Node Reshape(Node x, IEnumerable<Size> dims)
    {
        var target = dims.ToEquatable();
        return x.Shape.SequenceEqual(target) ? x : Add(new ReshapeOp(target), x);
    }

    /// <summary>Output axis i is input axis <c>order[i]</c>.</summary>
    public Node Transpose(Node x, params int[] order) =>
        order.SequenceEqual(Enumerable.Range(0, x.Rank)) ? x : Add(new TransposeOp(order.ToEquatable()), x);

    /// <summary>Part of an axis.</summary>
    public Node Slice(Node x, int axis, Size start, Size extent) =>
        start.Equals(Size.Zero) && extent.Equals(x.Shape[axis]) ? x : Add(new SliceOp(axis, start, extent), x);

    /// <summary>Side by side along an axis.</summary>
    public Node Concat(int axis, params Node[] parts) => parts.Length == 1 ? parts[0] : Add(new ConcatOp(axis), parts);

    /// <summary>Elements of a value before and after an axis.</summary>
    public Node Pad(Node x, int axis, Size before, Size after, double value)
    {
        Node[] Filled(Size extent) => extent.Equals(Size.Zero)
            ? Array.Empty<Node>() : new[] { Fill(value, x.Shape.SetItem(axis, extent)) };
        return Concat(axis, Filled(before).Concat(new[] { x }).Concat(Filled(after)).ToArray());
    }

    /// <summary>Reduces axes away; over no axes it is <paramref name="x"/>.</summary>
    public Node Reduce(ReduceKind kind, Node x, params int[] axes) =>
        axes.Length == 0 ? x : Add(new ReduceOp(kind, axes.OrderBy(static a => a).ToEquatable()), x);

    /// <summary>The sum over axes, dropped.</summary>
    public Node Sum(Node x, params int[] axes) => Reduce(ReduceKind.Sum, x, axes);

    /// <summary>The sum of all elements.</summary>
    public Node SumAll(Node x) => Sum(x, Enumerable.Range(0, x.Rank).ToArray());

    /// <summary>The mean over axes, dropped.</summary>
    public Node Mean(Node x, params int[] axes)
    {
        Size count = axes.Aggregate(Size.One, (product, a) => product * x.Shape[a]);
        return count.Equals(Size.One) ? Sum(x, axes) : Pointwise("div", Sum(x, axes), SizeValue(count));
    }

    /// <summary>Puts back the axes that a reduction dropped.</summary>
    public Node Spread(Node reduced, IReadOnlyList<Size> dims, IEnumerable<int> droppedAxes) =>
        Broadcast(reduced, dims, Enumerable.Range(0, dims.Count).Except(droppedAxes));

    /// <summary>A two-operand einsum, e.g. <c>bk,ok->bo</c>.</summary>
    public Node Contract(string equation, Node a, Node b) => Add(new ContractOp(equation), a, b);

    /// <summary>Gives a value the user's name for it, unless it has one.</summary>
    public static Node Name(Node node, string label)
    {
        if (node.Label.Length == 0 && label.Length > 0)
        {
            node.Label = label;
        }

        return node;
    }
}

/// <summary>Small things that lists of nodes and sizes lack in netstandard2.0.</summary>
internal static class GraphLists
{
    public static TResult[] Map<T, TResult>(this IReadOnlyList<T> items, Func<T, TResult> map)
    {
        var result = new TResult[items.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = map(items[i]);
        }

        return result;
    }

    /// <summary>Without boxing the array.</summary>
    public static TResult[] Map<T, TResult>(this ImmutableArray<T> items, Func<T, TResult> map)
    {
        var result = new TResult[items.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = map(items[i]);
        }

        return result;
    }

    /// <summary>The text form of a shape: <c>b, 32, 28, 28</c>, or <c>scalar</c>.</summary>
    public static string Text(this IEnumerable<Size> shape)
    {
        string text = string.Join(", ", shape.Select(static s => s.ToString()));
        return text.Length == 0 ? "scalar" : text;
    }

    /// <summary>The product of extents.</summary>
    public static Size Product(this IEnumerable<Size> shape) => shape.Aggregate(Size.One, static (p, s) => p * s);

    public static bool SameShape(this Node node, IEnumerable<Size> dims) => node.Shape.SequenceEqual(dims);

    public static bool SameShape(this Node node, ImmutableArray<Size> dims) => SameShape(node.Shape, dims);

    /// <summary>Mostly the shapes are one and the same array, or their sizes the same objects.</summary>
    public static bool SameShape(ImmutableArray<Size> a, ImmutableArray<Size> b)
    {
        bool same = a.Length == b.Length;
        for (int i = 0; same && a != b && i < a.Length; i++)
        {
            same = a[i].Equals(b[i]);
        }

        return same;
    }

    public static ImmutableArray<Size> Dims(params Size[] dims) => dims.ToImmutableArray();
}
