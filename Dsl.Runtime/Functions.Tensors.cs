using System;
using Dsl.Eager;

namespace Dsl;

/// <content>Functions of several tensors, and what moves or stops values.</content>
public static partial class Functions
{
    /// <summary>x·sigmoid(gate), with numpy's broadcasting.</summary>
    public static Tensor Glu(Tensor x, Tensor gate) => Map(Glu, x, gate);

    /// <summary>x·silu(gate), with numpy's broadcasting.</summary>
    public static Tensor SwiGlu(Tensor x, Tensor gate) => Map(SwiGlu, x, gate);

    /// <summary>x·gelu(gate), with numpy's broadcasting.</summary>
    public static Tensor GeGlu(Tensor x, Tensor gate) => Map(GeGlu, x, gate);

    /// <summary>x·relu(gate), with numpy's broadcasting.</summary>
    public static Tensor ReGlu(Tensor x, Tensor gate) => Map(ReGlu, x, gate);

    /// <summary>The larger ones, with numpy's broadcasting; for equal operands the first one gets the
    /// gradient.</summary>
    public static Tensor Max(Tensor x, Tensor y) => Map(Max, x, y);

    /// <summary>The smaller ones, with numpy's broadcasting; for equal operands the first one gets the
    /// gradient.</summary>
    public static Tensor Min(Tensor x, Tensor y) => Map(Min, x, y);

    /// <summary>1 where x &lt; y, else 0, with numpy's broadcasting. Has no gradient.</summary>
    public static Tensor Less(Tensor x, Tensor y) => Map(Less, x, y);

    /// <summary>1 where x ≤ y, else 0, with numpy's broadcasting. Has no gradient.</summary>
    public static Tensor LessEqual(Tensor x, Tensor y) => Map(LessEqual, x, y);

    /// <summary>1 where x = y, else 0, with numpy's broadcasting. Has no gradient.</summary>
    public static Tensor Equal(Tensor x, Tensor y) => Map(Equal, x, y);

    /// <summary>1 where x is below a number, else 0. Has no gradient.</summary>
    public static Tensor Less(Tensor x, float y) => x.Map(v => Less(v, y));

    /// <summary>1 where y is above a number, else 0. Has no gradient.</summary>
    public static Tensor Less(float x, Tensor y) => y.Map(v => Less(x, v));

    /// <summary>1 where x is at most a number, else 0. Has no gradient.</summary>
    public static Tensor LessEqual(Tensor x, float y) => x.Map(v => LessEqual(v, y));

    /// <summary>1 where y is at least a number, else 0. Has no gradient.</summary>
    public static Tensor LessEqual(float x, Tensor y) => y.Map(v => LessEqual(x, v));

    /// <summary>1 where x is a number, else 0. Has no gradient.</summary>
    public static Tensor Equal(Tensor x, float y) => x.Map(v => Equal(v, y));

    /// <summary>1 where an int is not a number, else 0: of labels whether a pixel is more than background. Same shape;
    /// it has no gradient.</summary>
    /// <param name="x">Ints.</param>
    /// <param name="value">The number; compiled, a constant.</param>
    public static Tensor NotEqual(IntTensor x, int value) =>
        new(Array.ConvertAll(x.Data, i => i == value ? 0f : 1f), x.Extents.ToArray());

    /// <summary>Where the condition is above 0 one value, else the other, with numpy's broadcasting. The condition has
    /// no gradient.</summary>
    public static Tensor Where(Tensor condition, Tensor yes, Tensor no) =>
        Tensor.Zip(condition, yes, static (c, v) => c > 0 ? v : 0) + Tensor.Zip(condition, no, static (c, v) => c > 0 ? 0 : v);

    /// <summary>Every element, but at least <paramref name="low"/> and at most <paramref name="high"/>; outside the
    /// gradient is 0.</summary>
    public static Tensor Clamp(Tensor x, float low, float high) => x.Map(v => Clamp(v, low, high));

    /// <summary>The smallest value over some axes, which disappear from the shape. NaN wins; equal values share the
    /// gradient.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">The axes, negative ones counted from the end; none: all, and the result is a scalar.</param>
    /// <exception cref="ArgumentException">An axis does not exist, is named twice, or nothing is there to
    /// compare.</exception>
    public static Tensor Min(Tensor x, params int[] axes) => -Max(-x, axes);

    /// <summary>The mean of (x - mean)² over some axes, which disappear from the shape.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">The axes, negative ones counted from the end; none: all, and the result is a scalar.</param>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public static Tensor Variance(Tensor x, params int[] axes) => EagerReductions.Variance(x, axes);

    /// <summary>log Σ exp(x) along an axis, which disappears from the shape; it does not overflow.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor LogSumExp(Tensor x, int axis = -1) => EagerReductions.LogSumExp(x, axis);

    /// <summary>Running sums along an axis: every element becomes the sum of all up to it. The gradient is the same sum
    /// from the other end.</summary>
    /// <param name="x">Any tensor; the axis may have a symbolic length.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="exclusive">Whether an element does not count itself: the first sum is 0.</param>
    /// <param name="reverse">Whether the sums begin at the end of the axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor CumSum(Tensor x, int axis, bool exclusive = false, bool reverse = false) =>
        EagerReductions.CumSum(x, axis, exclusive, reverse);

    /// <summary>A linear recurrence of each channel with a factor of its own at each position: h_t = a_t·h_{t-1} + x_t, and h_0 =
    /// x_0. A factor of 0 begins anew, and the first ones do not count without a state. Blelloch 1990, "Prefix Sums and Their Applications", section
    /// 1.4; what gated recurrences without activations come to (minGRU, quasi-recurrent networks, RG-LRU).</summary>
    /// <param name="factors">a, [b, n, c], or [c], the same at all positions.</param>
    /// <param name="x">[b, n, c].</param>
    /// <param name="state">h of the position before the first, [b, c], for a sequence in parts: <c>Slice(h, 1, -1, 1)</c> of the part
    /// before. None by default.</param>
    /// <returns>h, [b, n, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor LinearScan(Tensor factors, Tensor x, Tensor? state = null) =>
        EagerReductions.LinearScan(factors, x, state, complex: false);

    /// <summary><see cref="LinearScan"/> of complex numbers: the first half of the channels are real parts, the second half
    /// imaginary ones. Gradients by a are those of its parts.</summary>
    /// <param name="factors">a, [b, n, 2·c], or [2·c], the same at all positions.</param>
    /// <param name="x">[b, n, 2·c].</param>
    /// <param name="state">h of the position before the first, [b, 2·c]. None by default.</param>
    /// <returns>h, [b, n, 2·c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the number of channels is odd.</exception>
    public static Tensor ComplexLinearScan(Tensor factors, Tensor x, Tensor? state = null) =>
        EagerReductions.LinearScan(factors, x, state, complex: true);

    /// <summary>Permutes axes: axis i of the result is axis <paramref name="order"/>[i] of x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="order">Every axis once; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">The order is no permutation of the axes.</exception>
    public static Tensor Transpose(Tensor x, params int[] order) => EagerProducts.Transpose(x, order);

    /// <summary>Matrix products of the last two axes: [..., m, k] and [..., k, n] give [..., m, n].</summary>
    /// <param name="x">Matrices.</param>
    /// <param name="y">As many matrices: the leading axes are equal. A single matrix [k, n] serves them all.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor MatMul(Tensor x, Tensor y) => EagerProducts.MatMul(x, y);

    /// <summary>The same values, which count as constants in derivatives: no gradient passes.</summary>
    public static Tensor StopGradient(Tensor x) => x;
}
