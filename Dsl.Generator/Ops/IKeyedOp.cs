using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Ops;

/// <summary>An operation whose result also depends on the step's key.</summary>
internal interface IKeyedOp
{
    /// <summary>Its value.</summary>
    /// <param name="inputs">The values of its operands.</param>
    /// <param name="key">The step's key.</param>
    /// <param name="shape">The extents of the result.</param>
    NdArray Evaluate(IReadOnlyList<NdArray> inputs, (int Word0, int Word1) key, int[] shape);
}
