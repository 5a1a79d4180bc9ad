using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>
/// An operation with its attributes; a record, so that equal ops are equal. Each op's whole definition is in its file: what
/// it is called, its shape rule, its gradient, its meaning in doubles and its cost.
/// </summary>
internal abstract record Op
{
    /// <summary>The name in dumps.</summary>
    public abstract string Name { get; }

    /// <summary>The attributes in dumps, e.g. <c>"axes=1"</c>; empty when there are none.</summary>
    public virtual string Attributes => "";

    /// <summary>Sizes on which the elements of the result depend, beside those of its shape.</summary>
    public virtual IEnumerable<Size> Sizes => Array.Empty<Size>();

    /// <summary>Shape and element type of the result.</summary>
    /// <exception cref="ShapeException">The inputs do not fit.</exception>
    public abstract (ImmutableArray<Size> Shape, DType DType) Infer(IReadOnlyList<Node> inputs);

    /// <summary>The vector-Jacobian product: for each input its gradient, or null where there is none.</summary>
    /// <param name="graph">Where to add nodes.</param>
    /// <param name="node">The node that is differentiated.</param>
    /// <param name="cotangent">The derivative of the loss with respect to the node.</param>
    public abstract IReadOnlyList<Node?> Differentiate(Graph graph, Node node, Node cotangent);

    /// <summary>The result in doubles: the meaning of the op, and the oracle of everything compiled.</summary>
    public abstract NdArray Evaluate(Node node, IReadOnlyList<NdArray> inputs, Func<Size, int> valueOf);

    /// <summary>
    /// What an element of the result sees of an axis of an input, away from borders: one step of a receptive field. All of
    /// the axis, unless the op knows better.
    /// </summary>
    /// <param name="node">A node of this op.</param>
    /// <param name="input">Which of its inputs.</param>
    /// <param name="axis">Which axis of that input.</param>
    public virtual AxisReach Field(Node node, int input, int axis) => AxisReach.Whole;

    /// <summary>Floating-point operations for one evaluation.</summary>
    public virtual Size Flops(Node node) => Size.Zero;

    /// <summary>The skeleton that computes it and how that reads operands; null for what has no loop of its own:
    /// leaves, views, pointwise rows.</summary>
    public virtual Placement? Placement => null;

    /// <summary>The axes that a <see cref="Skeleton.Row"/> or <see cref="Skeleton.Reduce"/> removes, ascending; empty
    /// for ops that do not reduce.</summary>
    public virtual ImmutableArray<int> ReducedAxes => ImmutableArray<int>.Empty;

    /// <summary>For ops that reduce: how many values the pass carries from element to element.</summary>
    public virtual int StateWidth => 1;

    /// <summary>The zeros that the skeleton reads around an operand of the form <see cref="OperandForm.Image"/>.</summary>
    public virtual Halo HaloOf(int operand) => Halo.None;

    /// <summary>Whether an operand that differs in its last bits may change the result by a jump. What is computed again from
    /// operands that are only nearly the same keeps such results.</summary>
    public virtual bool Jumps => false;

    /// <summary>Whether one pass computes this op and another one of the same operands.</summary>
    public virtual bool SharesPassWith(Op other) => false;
}

/// <summary>Inputs do not fit an op; the message says what is expected and what is there.</summary>
internal sealed class ShapeException : Exception
{
    public ShapeException(string message)
        : base(message)
    {
    }
}
