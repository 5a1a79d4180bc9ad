using System;
using System.Collections.Generic;

namespace Dsl;

/// <summary>
/// The shape of a tensor. On a parameter of <c>Forward</c> or <c>Loss</c> it declares the input; as <c>[return:
/// Shape]</c> it is a claim that the build checks.
/// </summary>
/// <remarks>Each dimension is an int or a text of the size grammar. A name is a symbolic size: it has one value per
/// call, the same wherever it occurs. Claims that do not hold and inputs without a shape are reported by the
/// build.</remarks>
/// <param name="dims">The dimensions, outermost first: <c>[Shape("b", 1, 28, 28)]</c>.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
public sealed class ShapeAttribute(params object[] dims) : Attribute
{
    /// <summary>The dimensions, outermost first.</summary>
    public IReadOnlyList<object> Dims { get; } = dims;
}
