using System;

namespace Dsl;

/// <summary>
/// Ties a scalar function to a row of the compiler's table of pointwise operations, where its derivative and its vector
/// code are. The function's own body is the eager reference and is not read.
/// </summary>
/// <param name="row">The row's name, e.g. <c>tanh</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrimitiveAttribute(string row) : Attribute
{
    /// <summary>The row's name.</summary>
    public string Row { get; } = row;
}
