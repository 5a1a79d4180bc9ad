using System;

namespace Dsl;

/// <summary>
/// Marks an <see cref="IntTensor"/> [b] of <c>Forward</c> or <c>Loss</c> as the lengths of the sequences of a padded batch:
/// of every tensor of the call that has the symbolic size, sample i has the first <c>lengths[i]</c> positions only. The
/// compiled program computes of each what it would compute of that sequence alone, gradients too: padding reaches no other
/// position, no sum, mean or largest value, no attention and no batch statistic. Results are 0 there.
/// </summary>
/// <remarks>
/// <code>public Tensor Forward([Shape("b", "n")] IntTensor tokens, [Shape("b"), Lengths("n")] IntTensor lengths)</code>
/// Extents made of the size follow: after a convolution with stride 2 a sequence has as many positions as it would have
/// alone. A mean over sequences and positions counts the positions that are there. Lengths go from 1 to n; others are an
/// <see cref="ArgumentOutOfRangeException"/>. What cannot keep padding apart is reported by the build (DSL2015). Eager code
/// knows nothing of lengths: it computes padded positions like any other.
/// </remarks>
/// <param name="size">The symbolic size, e.g. <c>"n"</c>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LengthsAttribute(string size) : Attribute
{
    /// <summary>The symbolic size that the lengths are of.</summary>
    public string Size { get; } = size;
}
