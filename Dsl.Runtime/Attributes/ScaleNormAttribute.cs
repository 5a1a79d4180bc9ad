using System;

namespace Dsl;

/// <summary>
/// Scale normalisation (Nguyen and Salazar 2019, arXiv:1910.05895): rows of one learned length.
/// y = Gain·x/max(|x|/√d, ε) over the last axis, whose extent is d. Same shape; <c>Gain</c> [1].
/// </summary>
/// <remarks>The factor √d is that of FLASH (Hua et al. 2022, arXiv:2202.10447): Gain 1 gives a mean square of 1. Without
/// <see cref="RootMean"/> it is the original form, x/max(|x|, ε). Initial value: Gain 1; it does not decay.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScaleNormAttribute : LayerAttribute
{
    /// <summary>ε, the smallest divisor; at least 1e-12, 1e-5 by default.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether the length is divided by √d; true by default.</summary>
    public bool RootMean { get; set; } = true;
}
