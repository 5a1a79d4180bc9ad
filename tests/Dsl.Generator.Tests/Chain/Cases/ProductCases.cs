using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Products whose operands or results lie as no loop of the skeleton walks them: copies come first.</summary>
internal static class ProductCases
{
    private const string Image = "\"b\", 3, 6, 5";

    public static IEnumerable<ChainCase> All =>
    [
        Of("perceptron on rows of an image", Conv("C", 4) + Perceptron("A", 7), Image, "A(C(x))"),
        Of(
            "perceptron on rows of an image, then conv",
            Conv("C", 4) + Perceptron("A", 5) + Conv("D", 3),
            Image,
            "D(Tanh(A(C(x))))"),
        Of(
            "perceptron on rows of an image with a halo",
            Conv("C", 4) + Perceptron("A", 5) + Conv("D", 4),
            Image,
            "D(Tanh(C(x))) + A(Tanh(C(x)))"),
        Of("perceptron on rows of a slice", Conv("C", 4) + Perceptron("A", 6), Image, "A(Slice(C(x), 1, 1, 2))"),
        Of(
            "perceptron on axes in another order",
            Perceptron("B", 5) + Perceptron("A", 7),
            "\"b\", 2, 3, 4, 5",
            "A(Transpose(Tanh(B(x)), 0, 3, 2, 1, 4))"),
        Of(
            "product of slices",
            Perceptron("A", 12),
            "\"b\", 5, 7",
            "MatMul(Slice(A(x), 2, 0, 4), Transpose(Slice(A(x), 2, 4, 4), 0, 2, 1))"),
        Of("product of a value with itself", Perceptron("A", 6), "\"b\", 4, 7", "MatMul(Transpose(A(x), 0, 2, 1), A(x))"),
        WithItself("gradient of a perceptron by the input times the input", Perceptron("A", 6), "\"b\", 6"),
        WithItself("gradient of a conv by the input times the input", "[Conv(3, 1)] private partial Tensor A(Tensor x);\n", Image),
        new("attention of three slices", """
            [Perceptron(15)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 6, 7)] Tensor x)
            {
                var p = Split(A(x), [5, 5, 5], 2);
                return MatMul(Softmax(MatMul(p[0], Transpose(p[1], 0, 2, 1))), p[2]);
            }

            public Tensor Loss([Shape("b", 6, 7)] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=5", "b=2"] },
        Of(
            "product of what lies in a join",
            Perceptron("A", 5) + Perceptron("B", 4),
            "\"b\", 6, 7",
            "Concat(2, MatMul(A(x), Transpose(A(x), 0, 2, 1)), Concat(2, A(x), B(x)))"),
        Of(
            "product that meets an image",
            Conv("C", 4) + Conv("D", 4),
            "\"b\", 3, 5, 5",
            "D(C(x) * MatMul(Tanh(C(x)), C(x)))"),
        Of(
            "product of one matrix with images",
            Conv("C", 4) + Conv("D", 3),
            "\"b\", 3, 5, 6",
            "D(MatMul(C(x), Transpose(C(x), 0, 1, 3, 2)))"),
    ];

    /// <summary>The input is the cotangent of the result, too.</summary>
    private static ChainCase WithItself(string name, string layers, string shape) => new(name, $$"""
        {{layers}}
        public Tensor Forward([Shape({{shape}})] Tensor x) => A(x);
        public Tensor Loss([Shape({{shape}})] Tensor x) => Sum(Forward(x) * x);
        """) { Runs = ["b=5", "b=2"] };

    private static string Conv(string name, int channels) =>
        $"[Conv({channels}, 3, Padding = 1)] private partial Tensor {name}(Tensor x);\n";

    private static string Perceptron(string name, int units) =>
        $"[Perceptron({units})] private partial Tensor {name}(Tensor x);\n";

    private static ChainCase Of(string name, string layers, string shape, string forward) =>
        ChainCase.Of(name, layers, shape, forward) with { Runs = ["b=5", "b=2"] };
}
