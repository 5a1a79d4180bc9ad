using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Ops;

/// <summary>
/// The table of pointwise functions. Everything else (swish, gelu, mish, …) is a composite of these rows, written in
/// C# by
/// users or in the runtime, and needs no change here.
/// </summary>
internal static class Pointwise
{
    private static readonly Dictionary<string, PointwiseRow> ByName =
        Table().ToDictionary(static r => r.Name, StringComparer.Ordinal);

    /// <summary>All rows.</summary>
    public static IReadOnlyCollection<PointwiseRow> Rows => ByName.Values;

    /// <summary>The row of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static PointwiseRow Row(string name) =>
        Find(name) ?? throw new KeyNotFoundException($"There is no pointwise function '{name}'.");

    /// <summary>The row of a name, or null.</summary>
    public static PointwiseRow? Find(string name) => ByName.TryGetValue(name, out PointwiseRow? row) ? row : null;

    private static PointwiseRow[] Table() => new[]
    {
        // One operand, in registers.
        Cheap("neg", static x => -x, static (x, y, dy) => -dy, "-{0}"),
        Cheap("abs", Math.Abs, static (x, y, dy) => dy * x.Apply("sign"), "F.Abs({0})"),
        Cheap("sign", ScalarFunctions.Sign, null, "Lanes.Sign<F, I, M>({0})"),
        Cheap("floor", Math.Floor, null, "F.Floor({0})"),
        Cheap("square", static x => x * x, static (x, y, dy) => dy * (x * 2), "{0} * {0}"),
        Cheap(
            "relu",
            static x => Math.Max(x, 0),
            static (x, y, dy) => Less(0, y).Select(dy, Zero(dy)),
            "F.Max({0}, F.Splat(0f))"),

        // One operand. Where the result says as much as the operand, the derivative reads the result: it is what is
        // kept.
        Costly("sqrt", Math.Sqrt, static (x, y, dy) => dy * 0.5 / y, "F.Sqrt({0})") with { HasPole = true },
        Costly(
            "rsqrt",
            static x => 1 / Math.Sqrt(x),
            static (x, y, dy) => dy * (y * y * y * -0.5),
            "Lanes.Rsqrt<F, I, M>({0})") with { HasPole = true },
        Costly(
            "reciprocal",
            static x => 1 / x,
            static (x, y, dy) => -(dy * (y * y)),
            "Lanes.Reciprocal<F, I, M>({0})") with { HasPole = true },
        Costly("exp", Math.Exp, static (x, y, dy) => dy * y, "F.Exp({0})") with { HasPole = true },
        Costly("expm1", ScalarFunctions.ExpM1, static (x, y, dy) => dy * (y + 1), "Lanes.Expm1<F, I, M>({0})") with
        {
            HasPole = true,
        },
        Costly("log", Math.Log, static (x, y, dy) => dy / x, "F.Log({0})") with { HasPole = true },
        Costly("log1p", ScalarFunctions.Log1P, static (x, y, dy) => dy / (x + 1), "Lanes.Log1p<F, I, M>({0})") with
        {
            HasPole = true,
        },
        Costly("sin", Math.Sin, static (x, y, dy) => dy * x.Apply("cos"), "Lanes.Sin<F, I, M>({0})"),
        Costly("cos", Math.Cos, static (x, y, dy) => -(dy * x.Apply("sin")), "Lanes.Cos<F, I, M>({0})"),
        Costly("tanh", Math.Tanh, static (x, y, dy) => dy * (1 - (y * y)), "Lanes.Tanh<F, I, M>({0})"),
        Costly(
            "sigmoid",
            ScalarFunctions.Sigmoid,
            static (x, y, dy) => dy * (y * (1 - y)),
            "Lanes.Sigmoid<F, I, M>({0})"),
        Costly(
            "softplus",
            ScalarFunctions.Softplus,
            static (x, y, dy) => dy * x.Apply("sigmoid"),
            "Lanes.Softplus<F, I, M>({0})") with
        {
            // An exponential, a logarithm and what its rounding lost.
            Polynomials = 3,
        },
        Costly(
            "eluplusone",
            static x => x > 0 ? x + 1 : Math.Exp(x),

            // Below 0 its own value, above it 1: neither x nor an exponential is needed again.
            static (x, y, dy) => dy * y.Apply("min", new Value(y.Graph, y.Graph.Constant(1))),
            "Lanes.EluPlusOne<F, I, M>({0})"),
        Costly(
            "erf",
            ScalarFunctions.Erf,
            static (x, y, dy) => dy * ((-x.Apply("square")).Apply("exp") * (2 / Math.Sqrt(Math.PI))),
            "Lanes.Erf<F, I, M>({0})") with
        {
            // One near 0, one beyond, and an exponential.
            Polynomials = 3,
        },

        // Two operands. At ties of max and min the first operand gets the gradient.
        Two("add", static (a, b) => a + b, static (x, y, dy) => new Value?[] { dy, dy }, "{0} + {1}"),
        Two("sub", static (a, b) => a - b, static (x, y, dy) => new Value?[] { dy, -dy }, "{0} - {1}"),
        Two("mul", static (a, b) => a * b, static (x, y, dy) => new Value?[] { dy * x[1], dy * x[0] }, "{0} * {1}"),
        Two("max", Math.Max, static (x, y, dy) => Choose(x[0].Apply("less", x[1]), dy), "F.Max({0}, {1})"),
        Two("min", Math.Min, static (x, y, dy) => Choose(x[1].Apply("less", x[0]), dy), "F.Min({0}, {1})"),
        Two("div", static (a, b) => a / b, static (x, y, dy) => DivideBack(x, y, dy), "{0} / {1}") with
        {
            Cost = PointwiseCost.Expensive,
            HasPole = true,
        },
        Two("pow", Math.Pow, PowerBack, "Lanes.Power<F, I, M>({0}, {1})") with
        {
            Cost = PointwiseCost.Expensive,
            HasPole = true,
            ConstantBody = "Lanes.Pow<F, I, M>({0}, {1})",
        },

        // Comparisons: 0 or 1; false when either operand is NaN.
        Two("less", static (a, b) => a < b ? 1 : 0, null, "F.Less({0}, {1})") with { YieldsMask = true },
        Two("lessequal", static (a, b) => a <= b ? 1 : 0, null, "F.LessOrEqual({0}, {1})") with { YieldsMask = true },
        Two("equal", static (a, b) => a == b ? 1 : 0, null, "F.Equal({0}, {1})") with { YieldsMask = true },

        // select(condition, yes, no): a condition is a float 0 or 1.
        new PointwiseRow(
            "select",
            3,
            static x => x[0] > 0 ? x[1] : x[2],
            static (x, y, dy) => new Value?[] { null, x[0].Select(dy, Zero(dy)), x[0].Select(Zero(dy), dy) },
            "F.Select({0}, {1}, {2})",
            PointwiseCost.Cheap) { MaskOperand = 0 },
    };

    private static PointwiseRow Cheap(
        string name, Func<double, double> f, Func<Value, Value, Value, Value>? derivative, string body) =>
        new(
            name,
            1,
            x => f(x[0]),
            derivative is null ? null : (x, y, dy) => new Value?[] { derivative(x[0], y, dy) },
            body,
            PointwiseCost.Cheap);

    private static PointwiseRow Costly(
        string name, Func<double, double> f, Func<Value, Value, Value, Value>? derivative, string body) =>
        Cheap(name, f, derivative, body) with { Cost = PointwiseCost.Expensive };

    private static PointwiseRow Two(string name, Func<double, double, double> f, Derivative? derivative, string body) =>
        new(name, 2, x => f(x[0], x[1]), derivative, body, PointwiseCost.Cheap);

    private static Value Zero(Value like) => like.Constant(0);

    private static Value Less(double a, Value b) => b.Constant(a).Apply("less", b);

    private static Value?[] Choose(Value second, Value dy) =>
        new Value?[] { second.Select(Zero(dy), dy), second.Select(dy, Zero(dy)) };

    private static Value?[] DivideBack(IReadOnlyList<Value> x, Value y, Value dy)
    {
        Value da = dy / x[1];
        return new Value?[] { da, -(da * y) };
    }

    /// <summary>da = dy·b·a^(b-1), db = dy·y·ln a; 0 where b or a is. A constant exponent has no gradient, so a may be negative
    /// there.</summary>
    private static Value?[] PowerBack(IReadOnlyList<Value> x, Value y, Value dy)
    {
        if (PointwiseOp.ConstantOf(x[1].Node) is not { } exponent)
        {
            Value slope = x[1] * x[0].Apply("pow", x[1] + -1);
            Value growth = y * x[0].Apply("log");
            return new Value?[]
            {
                dy * x[1].Apply("equal", Zero(x[1])).Select(Zero(slope), slope),
                dy * x[0].Apply("equal", Zero(x[0])).Select(Zero(growth), growth),
            };
        }

        return exponent switch
        {
            0 => new Value?[] { null, null },
            1 => new Value?[] { dy, null },
            2 => new Value?[] { dy * (x[0] * 2), null },
            _ => new Value?[] { dy * (x[0].Apply("pow", x[0].Constant(exponent - 1)) * exponent), null },
        };
    }
}
