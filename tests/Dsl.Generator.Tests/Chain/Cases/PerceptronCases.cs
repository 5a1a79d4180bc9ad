using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Products with weights.</summary>
internal static class PerceptronCases
{
    public static IEnumerable<ChainCase> All =>
    [
        One("perceptron", "[Perceptron(7)]", "\"b\", 5"),
        One("perceptron without bias", "[Perceptron(7, Bias = false)]", "\"b\", 5"),
        One("perceptron of rank 3", "[Perceptron(7)]", "\"b\", 3, 5"),
        One("perceptron of rank 3 without bias", "[Perceptron(19, Bias = false)]", "\"b\", 3, 5"),
        One("perceptron with one unit", "[Perceptron(1)]", "\"b\", 13"),
        One("perceptron with one input", "[Perceptron(13)]", "\"b\", 1"),
        One("perceptron with one of both", "[Perceptron(1)]", "\"b\", 1"),
        One("perceptron prime", "[Perceptron(37)]", "\"b\", 101"),
        One("perceptron wide", "[Perceptron(331)]", "\"b\", 17"),
        One("perceptron deep", "[Perceptron(17)]", "\"b\", 331"),
        One("perceptron of a constant batch", "[Perceptron(7)]", "6, 5") with { Runs = ["", ""] },
        One("perceptron of two symbols", "[Perceptron(7)]", "\"b\", \"t\", 5")
            with { Runs = ["b=4 t=9", "b=3 t=2", "b=1 t=5"] },
        ChainCase.Of(
            "perceptron after perceptron",
            """
            [Perceptron(18, Activation = Activation.Tanh)] private partial Tensor A(Tensor x);
            [Perceptron(11, Activation = Activation.Relu)] private partial Tensor B(Tensor x);
            [Perceptron(3)] private partial Tensor C(Tensor x);
            """,
            "\"b\", 5",
            "C(B(A(x)))"),
        ChainCase.Of(
            "perceptron called twice",
            "[Perceptron(6, Activation = Activation.Tanh)] private partial Tensor A(Tensor x);",
            "\"b\", 6",
            "A(A(x))"),
        ChainCase.Of(
            "perceptron called on two inputs of one length",
            "[Perceptron(6)] private partial Tensor A(Tensor x);",
            "\"b\", 6",
            "A(Tanh(x)) * A(x)"),
        ChainCase.Of(
            "perceptrons in parallel",
            """
            [Perceptron(8)] private partial Tensor A(Tensor x);
            [Perceptron(8)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 6",
            "A(x) + B(x)"),
        ChainCase.Of(
            "perceptron residual",
            """
            [Perceptron(6)] private partial Tensor A(Tensor x);
            [Perceptron(6)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 6",
            "Relu(B(Relu(A(x)) + x)) + A(x)"),
        ChainCase.Of(
            "flatten before perceptron",
            "[Perceptron(6)] private partial Tensor A(Tensor x);",
            "\"b\", 2, 3, 4",
            "A(Flatten(x))"),
        ChainCase.Of(
            "flatten, pointwise, perceptron",
            """
            [Conv(5, 3, Padding = 1)] private partial Tensor C(Tensor x);
            [Perceptron(6)] private partial Tensor A(Tensor x);
            """,
            "\"b\", 2, 3, 4",
            "A(Silu(Flatten(C(x))))") with { Runs = ["b=5", "b=2"] },
        ChainCase.Of(
            "flatten, two pointwise paths, perceptron",
            """
            [Conv(5, 3, Padding = 1)] private partial Tensor C(Tensor x);
            [Perceptron(6)] private partial Tensor A(Tensor x);
            """,
            "\"b\", 2, 3, 4",
            "A(Silu(Flatten(C(x))) + Tanh(Flatten(C(x))))") with { Runs = ["b=5", "b=2"] },
        ChainCase.Of(
            "flatten of rank 3, perceptron",
            """
            [Perceptron(6)] private partial Tensor A(Tensor x);
            [Perceptron(3)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 4, 5",
            "B(Flatten(Tanh(A(x))))"),
        ChainCase.Of(
            "flatten of the first axes",
            """
            [Perceptron(6)] private partial Tensor A(Tensor x);
            [Perceptron(3)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 4, 5, 2",
            "B(Flatten(A(x), 2))"),
        new ChainCase("perceptron on an image and on a vector", """
            [Conv(3, 3)] private partial Tensor C(Tensor x);
            [Perceptron(8, Activation = Activation.Tanh)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 2, 5, 5)] Tensor x, [Shape("b", 27)] Tensor y)
                => A(Flatten(C(x))) * A(y);
            public Tensor Loss([Shape("b", 2, 5, 5)] Tensor x, [Shape("b", 27)] Tensor y)
                => Mean(Square(Forward(x, y)));
            """) { Runs = ["b=5", "b=2"] },
        new ChainCase("perceptron on images of two shapes", """
            [Conv(4, 3)] private partial Tensor C(Tensor x);
            [Conv(9, 2)] private partial Tensor D(Tensor x);
            [Perceptron(5)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 2, 5, 5)] Tensor x, [Shape("b", 1, 3, 3)] Tensor y)
                => A(Flatten(C(x))) + A(Flatten(Tanh(D(y))));
            public Tensor Loss([Shape("b", 2, 5, 5)] Tensor x, [Shape("b", 1, 3, 3)] Tensor y)
                => Mean(Square(Forward(x, y)));
            """) { Runs = ["b=5", "b=2"] },
    ];

    private static ChainCase One(string name, string layer, string shape) =>
        ChainCase.Of(name, layer + " private partial Tensor A(Tensor x);", shape, "A(x)");
}
