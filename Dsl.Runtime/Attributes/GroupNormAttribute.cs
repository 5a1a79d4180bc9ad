using System;

namespace Dsl;

/// <summary>
/// Group normalisation (Wu and He 2018, arXiv:1803.08494): in every sample each group of neighbouring channels gets mean 0
/// and variance 1 over its channels and all positions. Input and output [b, c, ...]; <c>Gain</c> and <c>Bias</c> [c].
/// </summary>
/// <remarks>Initial values: Gain 1, Bias 0; neither decays. c must be constant, and a multiple of the groups.</remarks>
/// <param name="groups">Groups: an int, or a text of the size grammar. 1 normalises a whole sample.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GroupNormAttribute(object groups) : LayerAttribute
{
    /// <summary>Groups: an int, or a text of the size grammar.</summary>
    public object Groups { get; } = groups;

    /// <summary>ε, which keeps constant groups finite; positive, 1e-5 by default.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether there are a learned gain and offset per channel; true by default.</summary>
    public bool Affine { get; set; } = true;
}
