using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Convolutions in all forms.</summary>
internal static class ConvCases
{
    private static readonly string[] s_runs = ["b=3", "b=2"];

    public static IEnumerable<ChainCase> All => new[]
    {
        One("conv 1x1", "[Conv(7, 1)]", "\"b\", 3, 4, 5"),
        One("conv 3x3", "[Conv(7, 3, Padding = 1)]", "\"b\", 3, 6, 5"),
        One("conv 3x3 without padding", "[Conv(7, 3)]", "\"b\", 3, 6, 5"),
        One("conv 3x3 without bias", "[Conv(7, 3, Padding = 1, Bias = false)]", "\"b\", 3, 6, 5"),
        One("conv 3x3 padding 2", "[Conv(7, 3, Padding = 2)]", "\"b\", 3, 6, 5"),
        One("conv 5x5", "[Conv(4, 5, Padding = 2)]", "\"b\", 2, 7, 6"),
        One("conv stride 2", "[Conv(4, 3, Stride = 2, Padding = 1)]", "\"b\", 2, 8, 7"),
        One("conv stride 3 with rows left over", "[Conv(4, 2, Stride = 3)]", "\"b\", 2, 7, 9"),
        One("conv dilation 2", "[Conv(4, 3, Dilation = 2, Padding = 2)]", "\"b\", 2, 7, 6"),
        One("conv groups 2", "[Conv(6, 3, Padding = 1, Groups = 2)]", "\"b\", 4, 5, 4"),
        One("conv groups 2 stride 2", "[Conv(6, 3, Padding = 1, Groups = 2, Stride = 2)]", "\"b\", 4, 5, 4"),
        One("conv depthwise", "[Conv(9, 3, Padding = 1, Groups = 9)]", "\"b\", 9, 5, 4"),
        One("conv depthwise twofold", "[Conv(6, 3, Padding = 1, Groups = 3)]", "\"b\", 3, 5, 4"),
        One("conv of one channel", "[Conv(5, 3, Padding = 1)]", "\"b\", 1, 5, 4"),
        One("conv to one channel", "[Conv(1, 3, Padding = 1)]", "\"b\", 3, 5, 4"),
        One("conv of 17 channels", "[Conv(17, 3, Padding = 1)]", "\"b\", 17, 4, 3"),
        One("conv of 64 channels", "[Conv(64, 3, Padding = 1)]", "\"b\", 64, 3, 3"),
        One("conv of a constant batch", "[Conv(5, 3)]", "2, 3, 5, 4") with { Runs = ["", ""] },
        One("conv as large as its image", "[Conv(5, 4)]", "\"b\", 3, 4, 4"),
        Two("conv after conv", "[Conv(5, 3, Padding = 1, Activation = Activation.Relu)]", "[Conv(6, 3, Padding = 1)]"),
        Two("conv 5x5 after conv 1x1", "[Conv(5, 1)]", "[Conv(6, 5, Padding = 2)]"),
        Two("conv without padding after conv", "[Conv(5, 3, Activation = Activation.Tanh)]", "[Conv(6, 3)]"),
        Two("conv stride 2 after conv", "[Conv(5, 3, Padding = 1)]", "[Conv(6, 3, Padding = 1, Stride = 2)]"),
        Two("conv stride 3 after conv", "[Conv(5, 3, Padding = 1)]", "[Conv(6, 2, Stride = 3)]"),
        Two("conv dilation 2 after conv", "[Conv(5, 3, Padding = 1)]", "[Conv(6, 3, Padding = 2, Dilation = 2)]"),
        Two("conv groups 2 after conv", "[Conv(4, 3, Padding = 1)]", "[Conv(6, 3, Padding = 1, Groups = 2)]"),
        Two("conv depthwise after conv", "[Conv(17, 1)]", "[Conv(17, 3, Padding = 1, Groups = 17)]"),
        Two("conv 1x1 stride 2 after conv", "[Conv(5, 3, Padding = 1)]", "[Conv(6, 1, Stride = 2)]"),
        ChainCase.Of(
            "conv whose input is also pooled",
            """
            [Conv(5, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [Conv(5, 3, Padding = 1, Stride = 2)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 3, 6, 8",
            "B(A(x)) + MaxPool(A(x), 2)"),
        ChainCase.Of(
            "conv residual",
            """
            [Conv(3, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [Conv(3, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 3, 6, 5",
            "Relu(B(Relu(A(x)))) + x"),
        ChainCase.Of(
            "conv beside what another convolution reads",
            """
            [Conv(9, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [Conv(1, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 1, 6, 5",
            "A(x) * Exp(-Square(Tanh(x))) + B(Tanh(x))"),
        ChainCase.Of(
            "conv called twice",
            "[Conv(3, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 3, 6, 5",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "conv groups 2 called twice",
            "[Conv(4, 3, Padding = 1, Groups = 2)] private partial Tensor A(Tensor x);",
            "\"b\", 4, 6, 5",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "conv depthwise called three times",
            "[Conv(5, 3, Padding = 1, Groups = 5)] private partial Tensor A(Tensor x);",
            "\"b\", 5, 6, 5",
            "A(A(Tanh(A(x))))"),
        ChainCase.Of(
            "conv groups 2 of single pixels, cut apart",
            "[Conv(6, 1, Groups = 2)] private partial Tensor A(Tensor x);",
            "\"b\", 4, 1, 1",
            "Split(Flatten(A(Tanh(x))), 2)[0] * Split(Flatten(A(Tanh(x))), 2)[1]"),
        ChainCase.Of(
            "conv of a sequence called twice",
            "[Conv(6, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 6, 9",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "conv groups 2 of a sequence called twice",
            "[Conv(6, 3, Padding = 1, Groups = 2)] private partial Tensor A(Tensor x);",
            "\"b\", 6, 9",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "conv, causal, of single positions",
            """
            [Conv(1, 3, Padding = "causal")] private partial Tensor A(Tensor x);
            [Conv(4, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "2, 1, 1",
            "B(Tanh(A(x * Mean(x) + 0.5f)))") with { Runs = ["", ""] },
        ChainCase.Of(
            "conv, causal, of single positions of three channels",
            """
            [Conv(5, 3, Padding = "causal")] private partial Tensor A(Tensor x);
            [Conv(4, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 3, 1",
            "B(Tanh(A(x * 2f + 0.5f)))"),
        ChainCase.Of(
            "conv, pointwise, conv",
            """
            [Conv(4, 3, Padding = 1)] private partial Tensor A(Tensor x);
            [Conv(3, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            "\"b\", 3, 6, 5",
            "B(Gelu(A(x)) * 2f - A(x))"),
        ChainCase.Of(
            "conv of a view",
            "[Conv(4, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 3, 6, 5",
            "A(x * 2f - 1f) + Mean(A(x))"),
        ChainCase.Of(
            "conv of symbolic height and width",
            "[Conv(4, 3, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 3, \"h\", \"w\"",
            "A(x)") with { Runs = ["b=3 h=6 w=5", "b=2 h=4 w=5", "b=1 h=6 w=3"] },
        ChainCase.Of(
            "digits",
            """
            [Conv(6, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Conv(8, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor B(Tensor x);
            [Perceptron(12)] private partial Tensor C(Tensor x);
            [Perceptron(10)] private partial Tensor D(Tensor x);
            """,
            "\"b\", 1, 12, 12",
            "D(Silu(C(Flatten(MaxPool(B(MaxPool(A(x), 2)), 2)))))"),
    }.Select(static c => c.Runs[0].StartsWith("b=33", System.StringComparison.Ordinal) ? c with { Runs = s_runs } : c);

    private static ChainCase One(string name, string layer, string shape) =>
        ChainCase.Of(name, layer + " private partial Tensor A(Tensor x);", shape, "A(x)");

    private static ChainCase Two(string name, string first, string second) => ChainCase.Of(
        name,
        $"{first} private partial Tensor A(Tensor x);\n{second} private partial Tensor B(Tensor x);",
        "\"b\", 3, 7, 6",
        "B(A(x))");
}
