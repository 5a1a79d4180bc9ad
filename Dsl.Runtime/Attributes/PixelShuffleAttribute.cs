using System;

namespace Dsl;

/// <summary>Channels to pixels: y[n, c, h·r + i, w·r + j] = x[n, c·r² + i·r + j, h, w] (Shi et al. 2016, ESPCN). Input
/// [b, c·r², h, w], output [b, c, h·r, w·r]. It has no parameters; the layer before it stores every channel at its
/// pixel.
/// </summary>
/// <remarks>The build reports channels that are no multiple of r².</remarks>
/// <param name="factor">r: an int, or a text of the size grammar.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PixelShuffleAttribute(object factor) : LayerAttribute
{
    /// <summary>r: an int, or a text of the size grammar.</summary>
    public object Factor { get; } = factor;
}
