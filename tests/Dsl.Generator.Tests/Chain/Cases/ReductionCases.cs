using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Reductions over every axis, softmax, losses.</summary>
internal static class ReductionCases
{
    public static IEnumerable<ChainCase> All =>
    [
        .. Axes(2, "0", "1"),
        .. Axes(3, "0", "1", "2", "0, 1", "0, 2", "1, 2"),
        .. Images("0", "1", "2", "3", "2, 3", "1, 3", "0, 2", "1, 2, 3", "0, 2, 3"),
        Dense("reduce everything", 2, "Sum({0}) * Mean(Square({0})) + Max({0})"),
        Dense("softmax", 2, "Softmax({0})"),
        Dense("softmax of rank 3", 3, "Softmax({0})"),
        Dense("softmax over axis 1 of rank 3", 3, "Softmax({0}, 1)"),
        Dense("log softmax", 2, "LogSoftmax({0} * 4f)"),
        Dense("normalised rows", 2, "{0} / Sum(Exp({0}))"),
        new("cross-entropy", """
            [Perceptron(11)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
            """),
        new("cross-entropy of rank 3", """
            [Perceptron(11)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "t", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("b", "t")] IntTensor label)
                => CrossEntropy(Forward(x), label);
            """) { Runs = ["b=5 t=9", "b=3 t=4", "b=1 t=1"] },
        new("cross-entropy of images", """
            [Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 2, 4, 3)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 2, 4, 3)] Tensor x, [Shape("b", 4, 3)] IntTensor label)
                => CrossEntropy(Forward(x), label);
            """) { Runs = ["b=3", "b=2"] },
        new("mean squared error", """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b", 4)] Tensor y) => MeanSquaredError(Forward(x), y);
            """),
        new("mean squared error of images", """
            [Conv(3, 3, Padding = 1)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 2, 4, 3)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 2, 4, 3)] Tensor x, [Shape("b", 3, 4, 3)] Tensor y)
                => MeanSquaredError(Forward(x), y);
            """) { Runs = ["b=3", "b=2"] },
        new("loss with a penalty", """
            [Perceptron(8, Activation = Activation.Tanh)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 5)] Tensor x) => B(A(x));
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label)
                => CrossEntropy(Forward(x), label) + 0.01f * Mean(Square(A(x))) + 0.1f * Sum(Abs(B(A(x)))) / 33f;
            """),
        new("loss of its own layer", """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor Auxiliary(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 4)] Tensor x, [Shape("b", 4)] Tensor y)
                => MeanSquaredError(Forward(x), y) + 0.1f * MeanSquaredError(Auxiliary(Forward(x)), y);
            """),
        new("parameter that the loss does not see", """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            [Perceptron(3)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => B(A(x));
            public Tensor Loss([Shape("b", 4)] Tensor x, [Shape("b", 4)] Tensor y) => MeanSquaredError(A(x), y);
            """),
        new("gradient that is a constant", """
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 4)] Tensor x) => Mean(A(x));
            """),
        new("forward without loss", """
            [Perceptron(4, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => A(x);
            """),
    ];

    private static IEnumerable<ChainCase> Axes(int rank, params string[] axes) => axes.Select(a => Dense(
        $"reduce axes {a} of rank {rank}", rank, $"Mean({{0}}, {a}) * Sum(Square({{0}}), {a}) + Max({{0}}, {a})"));

    private static IEnumerable<ChainCase> Images(params string[] axes) => axes.Select(static a => ChainCase.Of(
        $"reduce axes {a} of images",
        "[Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);",
        "\"b\", 2, 4, 3",
        $"Mean(A(x), {a}) * Sum(Square(A(x)), {a}) + Max(A(x), {a})") with { Runs = ["b=3", "b=2"] });

    private static ChainCase Dense(string name, int rank, string forward) => ChainCase.Of(
        name,
        "[Perceptron(19)] private partial Tensor A(Tensor x);",
        rank == 2 ? "\"b\", 5" : "\"b\", 6, 5",
        forward.Replace("{0}", "A(x)")) with { Runs = ["b=7", "b=3", "b=1"] };
}
