using System;

namespace Dsl;

/// <summary>
/// Beside a layer's attribute: the layer has no <c>Weight</c> of its own but that of another layer of the class, which
/// has to have the same shape. Both learn it.
/// </summary>
/// <param name="layer">The other layer: <c>nameof(Embed)</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TiedAttribute(string layer) : Attribute
{
    /// <summary>The layer that has the weight.</summary>
    public string Layer { get; } = layer;
}
