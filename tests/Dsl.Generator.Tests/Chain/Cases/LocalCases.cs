using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Convolutions with weights of their own at every site.</summary>
internal static class LocalCases
{
    public static IEnumerable<ChainCase> All => new[]
    {
        One("local 3x3", "[LocalConv(5, 3)]", "\"b\", 3, 6, 5"),
        One("local 3x3 stride 2", "[LocalConv(17, 3, Stride = 2)]", "\"b\", 2, 7, 8"),
        One("local 2x2 stride 3 with rows left over", "[LocalConv(4, 2, Stride = 3)]", "\"b\", 5, 7, 9"),
        One("local 1x1 without bias", "[LocalConv(3, 1, Bias = false)]", "\"b\", 4, 3, 2"),
        One("local of one channel", "[LocalConv(1, 2, Activation = Activation.Relu)]", "\"b\", 1, 4, 3"),
        One("local as large as its image", "[LocalConv(6, 4)]", "\"b\", 3, 4, 4"),
        One("local with two sites in a column", "[LocalConv(5, 2)]", "\"b\", 3, 3, 2"),
        One("local with two sites in a row", "[LocalConv(5, 2)]", "\"b\", 3, 2, 3"),
        One("local in regions of 2", "[LocalConv(5, 3, Region = 2)]", "\"b\", 3, 8, 6"),
        One("local in regions of 3, stride 2", "[LocalConv(4, 2, Region = 3, Stride = 2)]", "\"b\", 2, 6, 12"),
        One("local of inputs that fill a vector", "[LocalConv(5, 3)]", "\"b\", 8, 5, 4"),
        One("local of inputs that fill a vector, in regions of 2", "[LocalConv(3, 3, Region = 2)]", "\"b\", 16, 6, 4"),
        One("local of more weights than a piece of work", "[LocalConv(40, 1)]", "\"b\", 16, 3, 2"),
        One("local of outputs that fill a vector", "[LocalConv(24, 2)]", "\"b\", 6, 4, 3"),
        One("local of a constant batch", "[LocalConv(5, 3)]", "2, 3, 5, 4") with { Runs = ["", ""] },
        Two("local after conv", "[Conv(5, 3, Padding = 1, Activation = Activation.Relu)]", "[LocalConv(6, 3)]"),
        Two("conv after local", "[LocalConv(5, 3, Activation = Activation.Relu)]", "[Conv(6, 3, Padding = 1)]"),
        Two("local after local", "[LocalConv(17, 2)]", "[LocalConv(6, 3, Stride = 2)]"),
        Two("local in regions after local", "[LocalConv(17, 2)]", "[LocalConv(6, 3, Region = 2)]"),
        new ChainCase("local whose input is its own cotangent", """
            [LocalConv(3, 1)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 3, 6, 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 3, 6, 5)] Tensor x) => Sum(Forward(x) * x);
            """) { Runs = ["b=5", "b=2"] },
        ChainCase.Of(
            "local called twice",
            "[LocalConv(3, 1, Bias = false)] private partial Tensor A(Tensor x);",
            "\"b\", 3, 3, 4",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "local, pool, perceptron",
            """
            [LocalConv(5, 3, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Perceptron(4)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 2, 8, 8",
            "B(Flatten(MaxPool(A(x), 2)))"),
    }.Select(static c => c.Runs[0].StartsWith("b=33", System.StringComparison.Ordinal) ? c with { Runs = ["b=3", "b=2"] } : c);

    private static ChainCase One(string name, string layer, string shape) =>
        ChainCase.Of(name, layer + " private partial Tensor A(Tensor x);", shape, "A(x)");

    private static ChainCase Two(string name, string first, string second) => ChainCase.Of(
        name,
        $"{first} private partial Tensor A(Tensor x);\n{second} private partial Tensor B(Tensor x);",
        "\"b\", 3, 7, 7",
        "B(A(x))");
}
