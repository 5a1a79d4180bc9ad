using System;

namespace Dsl;

/// <summary>
/// On a block or on a layer that uses one: what the block was given is not kept for the backward pass, but computed there from
/// its results (Gomez et al. 2017, "The Reversible Residual Network", arXiv:1707.04585). The block's <c>Forward</c> of
/// (x1, x2) returns (y1, y2) with y1 = x1 + F(x2) and y2 = x2 + G(y1), where F and G keep the shape; so x2 = y2 - G(y1) and
/// x1 = y1 - F(x2). Of a chain of such blocks, <c>[Use(Repeat = …)]</c>, only the last results are kept, and memory does not
/// grow with its length.
/// </summary>
/// <remarks>
/// <para>It costs one more forward of the block, as <see cref="RecomputeAttribute"/> does. Further inputs after the first two
/// are kept. Dropout drops the same elements again. What comes back is as near to what was given as float sums are, about
/// 10⁻⁷ of it for each block, so gradients differ in their last digits from those of a block that keeps its inputs. The
/// order in which <see cref="ReformerAttribute"/> sorts positions is kept, for a number that differs in its last bit may
/// fall into another bucket: that is rounds·heads numbers for each position.</para>
/// <para>A block of another form is DSL2016.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class ReversibleAttribute : Attribute
{
}
