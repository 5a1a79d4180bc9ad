using System;
using Dsl.Eager;

namespace Dsl;

/// <summary>
/// What <c>Forward</c> and <c>Loss</c> may call besides layers; in scope by <c>using static Dsl.Functions</c>. Executed
/// as it stands it is slow, obvious reference code that sums in double: a breakpoint works, and compiled kernels are
/// checked against it.
/// </summary>
/// <remarks>The compiler reads calls of these by name; see each op's file there for what a call lowers to.</remarks>
public static partial class Functions
{
    /// <summary>Applies a pointwise function to every element.</summary>
    public static Tensor Map(Func<float, float> f, Tensor x) => x.Map(f);

    /// <summary>Applies a pointwise function to pairs of elements, with numpy's broadcasting.</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor Map(Func<float, float, float> f, Tensor x, Tensor y) => Tensor.Zip(x, y, f);

    /// <summary>Joins all axes from one on into one axis: [b, c, h, w] becomes [b, c·h·w].</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="from">The first axis that is joined; negative ones count from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Flatten(Tensor x, int from = 1)
    {
        int first = Shapes.Axis(from, x.Extents);
        int[] shape = [.. x.Extents[..first], Shapes.LengthOf(x.Extents[first..])];
        return x.Reshape(shape);
    }

    /// <summary>The mean over some axes, which disappear from the shape.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">The axes, negative ones counted from the end; none: all, and the result is a scalar.</param>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public static Tensor Mean(Tensor x, params int[] axes) => EagerReductions.Mean(x, axes);

    /// <summary>The sum over some axes, which disappear from the shape.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">The axes, negative ones counted from the end; none: all, and the result is a scalar.</param>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public static Tensor Sum(Tensor x, params int[] axes) => EagerReductions.Sum(x, axes);

    /// <summary>The largest value over some axes, which disappear from the shape. NaN wins; equal values share the
    /// gradient.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">The axes, negative ones counted from the end; none: all, and the result is a scalar.</param>
    /// <exception cref="ArgumentException">An axis does not exist, is named twice, or nothing is there to
    /// compare.</exception>
    public static Tensor Max(Tensor x, params int[] axes) => EagerReductions.Max(x, axes);

    /// <summary>exp(x) divided by its sum along an axis: positive numbers that sum to 1. Shifted by the maximum, so it
    /// does not overflow. Same shape.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of classes; negative ones count from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Softmax(Tensor x, int axis = -1) => EagerReductions.Softmax(x, axis, logarithm: false);

    /// <summary>log(Softmax(x)), computed as x - max - log Σ exp(x - max). Same shape.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of classes; negative ones count from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => EagerReductions.Softmax(x, axis, logarithm: true);

    /// <summary>The mean over all labels of -log Softmax(logits)[label]: a scalar.</summary>
    /// <param name="logits">[…, classes], or where only that fits the labels [b, classes, …].</param>
    /// <param name="labels">The shape without its classes, [b] or [b, …]; each in 0 … classes - 1.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class; the message says which.</exception>
    public static Tensor CrossEntropy(Tensor logits, IntTensor labels) => EagerLosses.CrossEntropy(logits, labels);

    /// <summary>The mean of (x - target)² over all elements: a scalar.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="target">The same shape; it is not broadcast.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are no elements.</exception>
    public static Tensor MeanSquaredError(Tensor x, Tensor target) => EagerLosses.MeanSquaredError(x, target);
}
