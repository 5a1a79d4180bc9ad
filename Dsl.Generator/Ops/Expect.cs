using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Ops;

/// <summary>What shape rules check, with one wording.</summary>
internal static class Expect
{
    public static void That(bool condition, Op op, string otherwise)
    {
        if (!condition)
        {
            throw new ShapeException($"'{op.Name}' {otherwise}");
        }
    }

    /// <summary>The text is only made when it is needed: shapes are inferred far more often than they are wrong.</summary>
    public static void That(
        bool condition, Op op, [InterpolatedStringHandlerArgument(nameof(condition))] Otherwise otherwise)
    {
        if (!condition)
        {
            throw new ShapeException($"'{op.Name}' {otherwise}");
        }
    }

    public static void Count(Op op, IReadOnlyList<Node> inputs, int count) =>
        That(inputs.Count == count, op, $"expects {count} inputs but gets {inputs.Count}");

    public static void Type(Op op, Node input, DType type) =>
        That(input.DType == type, op, $"expects {Word(type)} but {input} holds {Word(input.DType)}");

    public static void Floats(Op op, IReadOnlyList<Node> inputs, int count)
    {
        Count(op, inputs, count);
        foreach (Node input in inputs)
        {
            Type(op, input, DType.Float);
        }
    }

    public static void Rank(Op op, Node input, int rank) =>
        That(input.Rank == rank, op, $"expects rank {rank} but gets '{input.Shape.Text()}'");

    public static void Shape(Op op, Node input, params Size[] dims) =>
        That(input.SameShape(dims), op, $"expects '{dims.Text()}' but gets '{input.Shape.Text()}'");

    public static void Axes(Op op, IReadOnlyList<int> axes, int rank)
    {
        for (int i = 0; i < axes.Count; i++)
        {
            That(axes[i] >= 0 && axes[i] < rank, op, $"expects axes below {rank} but gets {axes[i]}");
            That(i == 0 || axes[i] > axes[i - 1], op, "expects ascending axes");
        }
    }

    /// <summary>An interpolated string whose holes are evaluated unless a condition holds.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Otherwise
    {
        private readonly StringBuilder? _text;

        public Otherwise(int literals, int holes, bool condition, out bool isNeeded)
        {
            isNeeded = !condition;
            _text = condition ? null : new StringBuilder(literals + (8 * holes));
        }

        public void AppendLiteral(string text) => _text!.Append(text);

        public void AppendFormatted<T>(T value) => _text!.Append(FormattableString.Invariant($"{value}"));

        public override string ToString() => _text?.ToString() ?? "";
    }

    private static string Word(DType type) => type == DType.Int ? "ints" : "floats";
}
