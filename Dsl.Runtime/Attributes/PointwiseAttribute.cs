using System;

namespace Dsl;

/// <summary>
/// Marks a static function of floats that the compiler reads, differentiates and fuses: <c>float (float, …)</c> made of
/// expressions, locals, <c>?:</c>, <c>MathF</c> and other pointwise functions. Applied to tensors with <c>Map</c>.
/// </summary>
/// <remarks>It stays an ordinary function: the eager path calls it and a breakpoint in it works. What cannot be read is
/// reported by the build on the expression.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PointwiseAttribute : Attribute
{
}
