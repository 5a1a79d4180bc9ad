using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// An op without a loop of its own: it has the buffer of its result, and whoever computes an operand writes it
/// straight to its place there. What is computed elsewhere, or wanted elsewhere, is copied first.
/// </summary>
internal abstract record JoinOp : Op
{
    /// <summary>Where the elements of an operand lie in the buffer of the result.</summary>
    public abstract Layout Place(Node node, int operand, Layout whole);

    /// <summary>Whether an operand lies there with even strides, so that every skeleton can read it.</summary>
    public virtual bool IsEven => true;

    /// <summary>Whether neighbours of an operand's pixels are pixels of another one, so that it has no halo of
    /// zeros.</summary>
    public virtual bool Adjoins => false;
}

/// <summary>Operands side by side along an axis.</summary>
internal sealed record ConcatOp(int Axis) : JoinOp
{
    public override string Name => "concat";

    public override string Attributes => "axis=" + Axis.ToString(CultureInfo.InvariantCulture);

    public override bool Adjoins => Axis > 1;

    public override Layout Place(Node node, int operand, Layout whole) => whole.Part(Axis, Start(node.Inputs, operand));

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.That(inputs.Count > 0, this, "expects at least one operand");
        Expect.Floats(this, inputs, inputs.Count);
        Expect.That(Axis >= 0 && Axis < inputs[0].Rank, this,
            $"expects an axis below {inputs[0].Rank} but gets {Axis}");
        foreach (Node input in inputs)
        {
            Expect.Rank(this, input, inputs[0].Rank);
            Expect.Shape(this, input, inputs[0].Shape.SetItem(Axis, input.Shape[Axis]).ToArray());
        }

        return (inputs[0].Shape.SetItem(Axis, Start(inputs, inputs.Count)), DType.Float);
    }

    /// <summary>Beside itself an operand is not seen, where others are: like a border. A beginning that depends on
    /// sizes has no constant field.</summary>
    public override AxisReach Field(Node node, int input, int axis) =>
        axis != Axis ? AxisReach.Same(axis) : AxisReach.Shifted(axis, Start(node.Inputs, input));

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) => node.Inputs
        .Select((x, i) => (Node?)graph.Slice(cotangent, Axis, Start(node.Inputs, i), x.Shape[Axis])).ToArray();

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        int[] strides = NdArray.StridesOf(result.Shape);
        int start = 0;
        foreach (NdArray part in inputs)
        {
            int first = start * strides[Axis];
            NdArray.Walk(part.Shape, NdArray.StridesOf(part.Shape), strides, (from, to) =>
                result.Data[first + to] = part.Data[from]);
            start += part.Shape[Axis];
        }

        return result;
    }

    /// <summary>Where an operand begins: the extents before it.</summary>
    private Size Start(IReadOnlyList<Node> inputs, int operand) =>
        inputs.Take(operand).Aggregate(Size.Zero, (sum, x) => sum + x.Shape[Axis]);
}

/// <summary>Part of an axis: a view.</summary>
internal sealed record SliceOp(int Axis, Size Start, Size Extent) : Op
{
    public override string Name => "slice";

    public override IEnumerable<Size> Sizes => new[] { Start };

    public override string Attributes => $"axis={Axis} from {Start} take {Extent}";

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Count(this, inputs, 1);
        Node x = inputs[0];
        Expect.That(Axis >= 0 && Axis < x.Rank, this, $"expects an axis below {x.Rank} but gets {Axis}");
        Size after = x.Shape[Axis] - Start - Extent;
        Expect.That(
            !IsNegative(Start) && !IsNegative(Extent) && !IsNegative(after), this,
            $"cannot take {Extent} from {Start} of an axis of {x.Shape[Axis]}");
        return (x.Shape.SetItem(Axis, Extent), x.DType);
    }

    public override AxisReach Field(Node node, int input, int axis) =>
        axis != Axis ? AxisReach.Same(axis) : AxisReach.Shifted(axis, Size.Zero - Start);

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent)
    {
        Size whole = node.Inputs[0].Shape[Axis];
        return new Node?[] { graph.Pad(cotangent, Axis, Start, whole - Start - Extent, 0) };
    }

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray x = inputs[0];
        NdArray result = NdArray.Zeros(node.Shape.Map(valueOf));
        int[] strides = NdArray.StridesOf(x.Shape);
        int first = valueOf(Start) * strides[Axis];
        NdArray.Walk(result.Shape, NdArray.StridesOf(result.Shape), strides, (to, from) =>
            result.Data[to] = x.Data[first + from]);
        return result;
    }

    private static bool IsNegative(Size size) => size.IsConstant && size.Constant < 0;
}
