using System;

namespace Dsl;

/// <summary>
/// On a method that <c>Forward</c> calls, on a block or on a layer that uses one: what it computes is not kept for the backward pass but computed again there,
/// from what it was given, products and convolutions too. It costs one more forward of that part and saves the memory
/// of everything inside; its results are kept. Values and gradients stay the same.
/// </summary>
/// <remarks>Chen et al. 2016, "Training deep nets with sublinear memory cost", arXiv:1604.06174.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class RecomputeAttribute : Attribute
{
}
