using System;

namespace Dsl;

/// <summary>
/// Root mean square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467): y = Gain·x/√(mean x² + ε) along one axis.
/// Same shape; <c>Gain</c> has the extent of the axis, which must be constant.
/// </summary>
/// <remarks>Initial value: Gain 1; it does not decay.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RmsNormAttribute : LayerAttribute
{
    /// <summary>The axis; negative ones count from the end. The last one by default; 1 for the channels of
    /// images.</summary>
    public int Axis { get; set; } = -1;

    /// <summary>ε, which keeps rows of zeros finite; positive, 1e-6 by default.</summary>
    public double Epsilon { get; set; } = 1e-6;
}
