using System;

namespace Dsl;

/// <summary>Pixels to channels: y[n, c·r² + i·r + j, h, w] = x[n, c, h·r + i, w·r + j]. Input [b, c, h·r, w·r], output
/// [b, c·r², h, w]. It has no parameters, and undoes <see cref="PixelShuffleAttribute"/>.
/// </summary>
/// <remarks>The build reports a height or width that is no multiple of r.</remarks>
/// <param name="factor">r: an int, or a text of the size grammar.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PixelUnshuffleAttribute(object factor) : LayerAttribute
{
    /// <summary>r: an int, or a text of the size grammar.</summary>
    public object Factor { get; } = factor;
}
