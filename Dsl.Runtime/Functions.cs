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
    /// <summary>Whether a step of training is computed. The compiler knows it: <c>if (Training)</c> in a model chooses
    /// what the program of a step does, and is false in <c>Forward</c> and in the loss of a validation. Executed
    /// eagerly it is true inside a <see cref="TrainingMode"/>.</summary>
    public static bool Training => TrainingMode.Current is not null;

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

    /// <summary>In training every element is 0 with probability <paramref name="rate"/> and else divided by
    /// 1 - rate, so that its expectation stays; otherwise x itself. What is dropped is a function of seed, step, the
    /// order of the calls and the element's position (Srivastava et al. 2014, JMLR 15). Same shape.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="rate">From 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside.</exception>
    public static Tensor Dropout(Tensor x, float rate) => EagerLayers.Dropout(x, rate);

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

    /// <summary>log(Softmax(x)), computed as (x - max) - log Σ exp(x - max). Same shape.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of classes; negative ones count from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => EagerReductions.Softmax(x, axis, logarithm: true);

    /// <summary>x/max(|x|, ε) along an axis: vectors of length 1. Same shape.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis of a vector's elements; negative ones count from the end.</param>
    /// <param name="epsilon">The smallest divisor, at least 1e-12: zeros stay zeros.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or ε is too small.</exception>
    public static Tensor L2Normalize(Tensor x, int axis = -1, float epsilon = 1e-12f)
    {
        // The float nearest to 1e-12 is a little below it.
        ArgumentOutOfRangeException.ThrowIfLessThan(epsilon, 1e-12f);
        return EagerNorms.Along(x, axis, EagerNorms.Length(epsilon, rootMean: false));
    }
}
