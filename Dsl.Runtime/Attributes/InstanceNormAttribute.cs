using System;

namespace Dsl;

/// <summary>
/// Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022): every channel of every sample gets mean 0 and variance
/// 1 over its positions. Input and output [b, c, ...] with at least one axis of positions; c must be constant.
/// </summary>
/// <remarks>With <see cref="Affine"/> there are <c>Gain</c> and <c>Bias</c> [c], initially 1 and 0, which do not
/// decay.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstanceNormAttribute : LayerAttribute
{
    /// <summary>ε, which keeps constant channels finite; positive, 1e-5 by default.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether there are a learned gain and offset per channel; false by default.</summary>
    public bool Affine { get; set; }
}
