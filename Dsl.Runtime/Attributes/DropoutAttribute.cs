using System;

namespace Dsl;

/// <summary>
/// <see cref="Functions.Dropout"/> as a layer: in training every element is 0 with probability <see cref="Rate"/> and
/// else divided by 1 - rate; otherwise nothing happens. Any shape; no parameters.
/// </summary>
/// <param name="rate">From 0 to below 1.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DropoutAttribute(double rate) : LayerAttribute
{
    /// <summary>The probability that an element is dropped.</summary>
    public double Rate { get; } = rate;
}
