using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Ops;

/// <summary>What a row costs inside a register tile.</summary>
internal enum PointwiseCost
{
    /// <summary>One or two instructions: may run on accumulators that are still in registers.</summary>
    Cheap,

    /// <summary>Calls, polynomials or divisions: spills a register tile, so it runs on values just stored.</summary>
    Expensive,
}

/// <summary>The gradients of the operands from the operands, the result and the cotangent; null where there is
/// none.</summary>
internal delegate Value?[] Derivative(IReadOnlyList<Value> x, Value y, Value dy);

/// <summary>A function of scalars: its meaning, its derivative and its text, all that any stage knows of it.</summary>
/// <param name="Name">The op of a <c>PointwiseExpression</c>, and of <see cref="PointwiseOp"/>.</param>
/// <param name="Arity">The number of operands.</param>
/// <param name="Evaluate">The meaning in doubles.</param>
/// <param name="Derivative">Null when it is zero wherever it exists.</param>
/// <param name="Body">C# over the vector interface. <c>{i}</c> stands for the name of a variable or a call, never for
/// an
/// expression with operators, and may occur more than once.</param>
/// <param name="Cost">Whether it may run in registers.</param>
internal sealed record PointwiseRow(
    string Name,
    int Arity,
    Func<IReadOnlyList<double>, double> Evaluate,
    Derivative? Derivative,
    string Body,
    PointwiseCost Cost)
{
    /// <summary>How a float 0 or 1 becomes a mask, where an operand must be one.</summary>
    public const string MaskOfFloat = "F.Less(F.Splat(0f), {0})";

    /// <summary>How a mask becomes a float 0 or 1, where a row that yields a mask is used as a number.</summary>
    public const string FloatOfMask = "F.Select({0}, F.Splat(1f), F.Splat(0f))";

    /// <summary>True for comparisons: <see cref="Body"/> has type M. As a number they are 0 or 1.</summary>
    public bool YieldsMask { get; init; }

    /// <summary>
    /// The operand whose <c>{i}</c> in <see cref="Body"/> has type M, or -1. When it is itself a comparison its body
    /// goes there
    /// (comparisons fuse), else <see cref="MaskOfFloat"/>.
    /// </summary>
    public int MaskOperand { get; init; } = -1;

    /// <summary>When not null: the body where the last operand is a constant, whose place takes a float
    /// literal.</summary>
    public string? ConstantBody { get; init; }

    /// <summary>Whether its derivative is infinite for some operands, or overflows for large ones.</summary>
    public bool HasPole { get; init; }

    /// <summary>How many polynomials it comes to, each of which inlines a dozen calls and more.</summary>
    public int Polynomials { get; init; } = Body.Contains("Lanes.") || Body.Contains("F.Exp") || Body.Contains("F.Log") ? 1 : 0;

    /// <summary>Whether it may run on the accumulators of a register tile.</summary>
    public bool RunsInRegisters => Cost == PointwiseCost.Cheap;

    /// <summary>Whether a gradient can reach an operand at all.</summary>
    public bool Passes(int operand) => Derivative is not null && operand != MaskOperand;
}
