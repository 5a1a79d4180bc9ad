using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Operators, broadcasting, several inputs and outputs.</summary>
internal static class OperatorCases
{
    private const string Two = """
        [Perceptron(6)] private partial Tensor A(Tensor x);
        [Perceptron(6)] private partial Tensor B(Tensor x);
        """;

    public static IEnumerable<ChainCase> All =>
    [
        ChainCase.Of("operators of tensors", Two, "\"b\", 5", "A(x) * B(x) - A(x) / (Square(B(x)) + 1f) + (-B(x))"),
        ChainCase.Of("comparisons", Two, "\"b\", 5",
            "A(x) * Less(B(x), A(x)) + B(x) * LessEqual(0.1f, A(x)) + A(x) * Equal(Less(A(x), 0f), 1f)"),
        ChainCase.Of("choices", Two, "\"b\", 5",
            "Where(Less(A(x), B(x)), Square(A(x)), B(x)) + Max(A(x), B(x)) * Min(A(x), 0.5f * B(x)) + Clamp(A(x), -0.2f, 0.4f)"),
        ChainCase.Of("statistics", Two, "\"b\", 6, 5",
            "A(x) * Variance(A(x), 2, 0) + Variance(B(x)) + LogSumExp(A(x), 0) * StopGradient(B(x)) - Min(A(x), 0, 1)")
            with { Runs = ["b=7", "b=3"] },
        ChainCase.Of("variances of rows and columns", Two, "\"b\", 5",
            "A(x) * Variance(B(x), 0) + B(x) * Min(A(x))") with { Runs = ["b=7", "b=3"] },
        ChainCase.Of("products of matrices", Two, "\"b\", 4, 5",
            "MatMul(MatMul(A(x), Transpose(B(x), 0, 2, 1)), B(x))") with { Runs = ["b=7", "b=3"] },
        ChainCase.Of("operators with numbers", Two, "\"b\", 5", "2f * A(x) - (1f - B(x) / 3f) + 1f / (Square(A(x)) + 2f) - 4f"),
        ChainCase.Of("broadcast a mean of rows", Two, "\"b\", 5", "A(x) - Mean(B(x), 0)"),
        ChainCase.Of("broadcast a scalar", Two, "\"b\", 5", "A(x) * Mean(B(x))"),
        ChainCase.Of("broadcast an input row", Two, "6", "A(x) * B(x)") with { Runs = ["", ""] },
        ChainCase.Of(
            "broadcast over time", Two, "\"b\", 4, 5", "A(x) * Mean(B(x), 0) + Mean(A(x), 0, 1)") with { Runs = ["b=7", "b=3"] },
        ChainCase.Of(
            "broadcast a plane over images",
            "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 2, 4, 3",
            "A(x) - Mean(A(x), 0) + Mean(A(x), 0, 1)") with { Runs = ["b=3", "b=2"] },
        new("several inputs", """
            [Perceptron(6)] private partial Tensor A(Tensor x);
            [Perceptron(6)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 5)] Tensor x, [Shape("b", 3)] Tensor y, [Shape(6)] Tensor z) => A(x) * B(y) + z;
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b", 3)] Tensor y, [Shape(6)] Tensor z, [Shape("b", 6)] Tensor t)
                => MeanSquaredError(Forward(x, y, z), t);
            """),
        ChainCase.Of("result is a layer's input", Two, "\"b\", 6", "Relu(x) + x + 0f * A(x) * B(x) + A(B(x))"),
        new("loops unrolled", """
            [Perceptron(6)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 6)] Tensor x)
            {
                Tensor y = x;
                for (int i = 0; i < 3; i++) y = y + Silu(A(y));
                return y;
            }
            public Tensor Loss([Shape("b", 6)] Tensor x) => Mean(Square(Forward(x)));
            """),
        ChainCase.Of(
            "images and vectors",
            """
            [Conv(6, 3, Padding = 1)] private partial Tensor C(Tensor x);
            [Perceptron(6)] private partial Tensor A(Tensor x);
            """,
            "\"b\", 2, 4, 3",
            "A(Mean(C(x), 2, 3)) * Mean(C(x), 2, 3)") with { Runs = ["b=3", "b=2"] },
    ];
}
