using System;
using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Pointwise rows, the library's composites, activations.</summary>
internal static class PointwiseCases
{
    /// <summary>The members of <c>Dsl.Activation</c> that do something.</summary>
    public static readonly string[] Activations =
    [
        "Relu", "Sigmoid", "Tanh", "Silu", "Gelu", "GeluTanh", "Elu", "Selu", "LeakyRelu", "Relu2", "Relu6",
        "HardSigmoid", "HardSwish", "Softplus", "Softsign", "LogSigmoid", "Laplace", "EluPlusOne",
        "ExpNegExp", "Mish",
    ];

    private static readonly string[] s_smooth =
        ["Square", "Exp", "Expm1", "Sin", "Cos", "Tanh", "Sigmoid", "Softplus", "Erf", "Abs", "Relu"];

    private static readonly string[] s_positive = ["Sqrt", "Rsqrt", "Reciprocal", "Log", "Log1p"];

    private static readonly string[] s_composites =
    [
        "Silu", "Gelu", "GeluTanh", "Elu", "EluPlusOne", "Selu", "LeakyRelu", "Relu2", "Relu6", "HardSigmoid",
        "HardSwish", "Softsign", "LogSigmoid", "Laplace", "ExpNegExp", "Mish",
    ];

    public static IEnumerable<ChainCase> All =>
    [
        .. Sums("pointwise smooth", "x", s_smooth),
        .. Sums("pointwise positive", "Square(x) + 0.5f", s_positive),
        .. Sums("pointwise library", "x * 3f", s_composites),
        .. Layers("perceptron", "[Perceptron(5, Activation = Activation.{0})]", "\"b\", 6", 0),
        .. Layers("conv", "[Conv(5, 3, Padding = 1, Activation = Activation.{0})]", "\"b\", 2, 5, 4", 1),
        ChainCase.Of(
            "pointwise of two",
            """
            [Perceptron(9)] private partial Tensor A(Tensor x);
            [Perceptron(9)] private partial Tensor B(Tensor x);
            [Pointwise] private static float Add(float x, float y) => x + y - x / (2f + Square(y));
            [Pointwise] private static float Larger(float x, float y) => Max(x, y) * Min(x, 0.5f * y);
            [Pointwise] private static float Powers(float x, float y) => Pow(Exp(x), y) + Pow(x, 3f) + Pow(Exp(x), 1.5f);
            [Pointwise] private static float Choice(float x, float y) => x < y ? x * x : x >= 0.5f ? y : -x;
            [Pointwise] private static float Steps(float x, float y) => x * Sign(y) + y * Floor(4f * x) - (x == y ? 1f : 0f);
            """,
            "\"b\", 6",
            "Map(Add, A(x), B(x)) + Map(Larger, A(x), B(x)) + Map(Powers, A(x), B(x)) * 0.1f "
            + "+ Map(Choice, A(x), B(x)) + Map(Steps, A(x), B(x))"),
        ChainCase.Of(
            "pointwise powers",
            """
            [Perceptron(6)] private partial Tensor A(Tensor x);
            [Pointwise] private static float Power(float x, float y) => Pow(x, y);
            """,
            "\"b\", 6",
            "Map(Power, A(x), Floor(Abs(4f * x))) + Map(Power, Floor(2f * x), Floor(Abs(4f * x)))"),
        ChainCase.Of(
            "pointwise gates",
            """
            [Perceptron(9)] private partial Tensor A(Tensor x);
            [Perceptron(9)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 6",
            "Glu(A(x), B(x)) + SwiGlu(A(x), 2f * B(x)) + GeGlu(B(x), A(x)) + ReGlu(B(x), A(x))"),
        ChainCase.Of(
            "pointwise of an input only",
            "[Perceptron(5)] private partial Tensor A(Tensor x);",
            "\"b\", 6",
            "A(Gelu(x) * 2f + Sin(x))"),
        ChainCase.Of(
            "pointwise with locals",
            """
            [Perceptron(70)] private partial Tensor A(Tensor x);
            [Pointwise] private static float Bell(float x)
            {
                var square = x * x;
                square = square / 2;
                return MathF.Exp(-square) * Silu(square);
            }
            [Pointwise] private static float Huber(float x)
            {
                if (x >= -1 && x <= 1) return x * x / 2;
                return x != 0 ? MathF.Abs(x) - 0.5f : 0;
            }
            """,
            "\"b\", 6",
            "Map(Bell, A(x)) + Map(Huber, 3f * A(x))"),
    ];

    private static IEnumerable<ChainCase> Sums(string name, string argument, string[] functions) =>
        functions.Chunk(6).Select((some, i) => ChainCase.Of(
            $"{name} {i}",
            string.Join("\n", some.Select(static (_, k) => $"[Perceptron(9)] private partial Tensor A{k}(Tensor x);")),
            "\"b\", 6",
            string.Join(" + ", some.Select((f, k) => $"{f}({Of(argument, $"A{k}(x)")})"))));

    private static IEnumerable<ChainCase> Layers(string name, string attribute, string shape, int order) =>
        Activations.Chunk(6).Select((some, i) => ChainCase.Of(
            $"{name} activations {i}",
            string.Join("\n", some.Select((f, k) =>
                string.Format(System.Globalization.CultureInfo.InvariantCulture, attribute, f) + $" private partial Tensor A{k}(Tensor x);")),
            shape,
            string.Join(" + ", some.Select(static (_, k) => $"A{k}(x)"))) with { Runs = order == 0 ? ["b=9", "b=2"] : ["b=3", "b=2"] });

    private static string Of(string argument, string x) => argument.Replace("x", x, StringComparison.Ordinal);
}
