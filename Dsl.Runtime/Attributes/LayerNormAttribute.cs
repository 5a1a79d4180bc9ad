using System;

namespace Dsl;

/// <summary>
/// Layer normalisation (Ba et al. 2016, arXiv:1607.06450): along one axis the values get mean 0 and variance 1, then a
/// learned gain and offset. Same shape; <c>Gain</c> and <c>Bias</c> have the extent of the axis, which must be constant.
/// </summary>
/// <remarks>
/// y = Gain·(x - mean)/√(variance + ε) + Bias, with the biased variance. Initial values: Gain 1, Bias 0; neither decays.
/// Along the last axis, or the channels of images, forward and backward are one kernel each; another axis takes more.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LayerNormAttribute : LayerAttribute
{
    /// <summary>The axis; negative ones count from the end. The last one by default; 1 for the channels of
    /// images.</summary>
    public int Axis { get; set; } = -1;

    /// <summary>ε, which keeps constant rows finite; positive, 1e-5 by default.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether a learned offset is added; true by default.</summary>
    public bool Bias { get; set; } = true;
}
