using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// Channels to pixels: y[n, c, h·r + i, w·r + j] = x[n, c·r² + i·r + j, h, w]. A permutation, and so is its gradient.
/// The producer of x stores each channel at its pixel.
/// </summary>
internal sealed record PixelShuffleOp(int Factor) : JoinOp
{
    public override string Name => "pixelshuffle";

    public override string Attributes => Factor.ToString(CultureInfo.InvariantCulture);

    public override bool IsEven => false;

    /// <summary>A channel is (c, i, j): the last two digits step one pixel row and one pixel.</summary>
    public override Layout Place(Node node, int operand, Layout whole) => whole
        .Scaled(2, Factor).Scaled(3, Factor)
        .Split(1, new Digit(Factor, whole.Strides[2]), new Digit(Factor, whole.Strides[3]));

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        ImmutableArray<Size> x = inputs[0].Shape;
        Size channels = x[1] / (Factor * Factor);
        Expect.That((channels * (Factor * Factor)).Equals(x[1]), this,
            $"cannot make {Factor}x{Factor} pixels of {x[1]} channels");
        return (GraphLists.Dims(x[0], channels, x[2] * Factor, x[3] * Factor), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => axis switch
    {
        0 => AxisReach.Same(axis),
        1 => AxisReach.Along(axis, Reach.Window(Factor * Factor, Factor * Factor, 0, 1)),
        _ => AxisReach.Along(axis, Reach.Transposed(Factor, Factor, 0, 1)),
    };

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Add(new PixelUnshuffleOp(Factor), cotangent) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Shuffles.Visit(Factor, y.Shape, (shuffled, plain) => y.Data[shuffled] = inputs[0].Data[plain]);
        return y;
    }
}

/// <summary>Pixels to channels, the inverse of <see cref="PixelShuffleOp"/>: y[n, c·r² + i·r + j, h, w] = x[n, c, h·r
/// + i, w·r + j].</summary>
internal sealed record PixelUnshuffleOp(int Factor) : JoinOp
{
    public override string Name => "pixelunshuffle";

    public override string Attributes => Factor.ToString(CultureInfo.InvariantCulture);

    public override bool IsEven => false;

    /// <summary>A row is (h, i) and a column (w, j): their last digits step r channels and one channel.</summary>
    public override Layout Place(Node node, int operand, Layout whole) => whole
        .Scaled(1, Factor * Factor)
        .Split(2, new Digit(Factor, whole.Strides[1] * Factor))
        .Split(3, new Digit(Factor, whole.Strides[1]));

    public override (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs)
    {
        Expect.Floats(this, inputs, 1);
        Expect.Rank(this, inputs[0], 4);
        ImmutableArray<Size> x = inputs[0].Shape;
        Size height = x[2] / Factor;
        Size width = x[3] / Factor;
        Expect.That(
            (height * Factor).Equals(x[2]) && (width * Factor).Equals(x[3]), this,
            $"cannot cut an image of {x[2]}x{x[3]} into {Factor}x{Factor} pixels");
        return (GraphLists.Dims(x[0], x[1] * (Factor * Factor), height, width), DType.Float);
    }

    public override AxisReach Field(Node node, int input, int axis) => axis switch
    {
        0 => AxisReach.Same(axis),
        1 => AxisReach.Along(axis, Reach.Transposed(Factor * Factor, Factor * Factor, 0, 1)),
        _ => AxisReach.Along(axis, Reach.Window(Factor, Factor, 0, 1)),
    };

    public override IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent) =>
        new Node?[] { graph.Add(new PixelShuffleOp(Factor), cotangent) };

    public override NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf)
    {
        NdArray y = NdArray.Zeros(node.Shape.Map(valueOf));
        Shuffles.Visit(Factor, inputs[0].Shape, (shuffled, plain) => y.Data[plain] = inputs[0].Data[shuffled]);
        return y;
    }
}

/// <summary>The permutation of both shuffles.</summary>
internal static class Shuffles
{
    /// <summary>Visits every element: its offset among the pixels of <paramref name="image"/>, and among the
    /// channels.</summary>
    public static void Visit(int factor, int[] image, Action<int, int> visit)
    {
        (int height, int width) = (image[2] / factor, image[3] / factor);
        for (int plane = 0; plane < image[0] * image[1]; plane++)
        {
            for (int y = 0; y < image[2]; y++)
            {
                for (int x = 0; x < image[3]; x++)
                {
                    int channel = (plane * factor * factor) + (y % factor * factor) + (x % factor);
                    visit((((plane * image[2]) + y) * image[3]) + x,
                        (((channel * height) + (y / factor)) * width) + (x / factor));
                }
            }
        }
    }
}
