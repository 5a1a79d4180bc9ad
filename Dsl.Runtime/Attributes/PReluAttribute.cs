using System;

namespace Dsl;

/// <summary>
/// A rectifier with learned slopes (He et al. 2015, arXiv:1502.01852): y = x above 0, Slope·x below. Same shape;
/// <c>Slope</c> [c] for the channels of images [b, c, h, w] and for the last axis of anything else, or [1].
/// </summary>
/// <remarks>Initial value: 0.25; slopes do not decay.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PReluAttribute : LayerAttribute
{
    /// <summary>Whether all channels share one slope; false by default.</summary>
    public bool Shared { get; set; }
}
