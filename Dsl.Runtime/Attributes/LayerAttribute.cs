using System;

namespace Dsl;

/// <summary>
/// The base of all layer attributes. A layer is an annotated partial method of a model; its name is the layer's name
/// and the prefix of its parameters' names. Calling it twice shares its weights.
/// </summary>
/// <remarks>Every size argument of a layer is an <see cref="object"/>: an int, or a text of the size grammar (names,
/// integers, <c>+ - * /</c>, parentheses), so that <c>"2*" + nameof(width)</c> is possible where C# wants a
/// constant.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public abstract class LayerAttribute : Attribute
{
}
