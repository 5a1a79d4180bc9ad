using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Transposed convolutions.</summary>
internal static class TransposedCases
{
    public static IEnumerable<ChainCase> All => new[]
    {
        One("transposed 2x2 stride 2", "[ConvTranspose(5, 2, Stride = 2)]", "\"b\", 3, 4, 5"),
        One("transposed 4x4 stride 2 padding 1", "[ConvTranspose(5, 4, Stride = 2, Padding = 1)]", "\"b\", 3, 4, 5"),
        One("transposed output padding", "[ConvTranspose(5, 3, Stride = 2, Padding = 1, OutputPadding = 1)]", "\"b\", 3, 4, 5"),
        One("transposed stride 1", "[ConvTranspose(17, 3)]", "\"b\", 3, 4, 5"),
        One("transposed dilation 2", "[ConvTranspose(4, 3, Padding = 1, Dilation = 2)]", "\"b\", 2, 4, 5"),
        One("transposed output padding of a dilation", "[ConvTranspose(4, 3, Dilation = 3, OutputPadding = 2)]", "\"b\", 2, 4, 5"),
        One("transposed with gaps", "[ConvTranspose(4, 2, Stride = 3, OutputPadding = 2)]", "\"b\", 2, 4, 5"),
        One("transposed with more padding than window", "[ConvTranspose(4, 2, Stride = 2, Padding = 3)]", "\"b\", 2, 6, 5"),
        One("transposed groups 2", "[ConvTranspose(6, 3, Stride = 2, Padding = 1, OutputPadding = 1, Groups = 2)]", "\"b\", 4, 3, 3"),
        One("transposed depthwise", "[ConvTranspose(17, 4, Stride = 2, Padding = 1, Groups = 17)]", "\"b\", 17, 3, 4"),
        One("transposed without bias", "[ConvTranspose(5, 2, Stride = 2, Bias = false)]", "\"b\", 3, 4, 5"),
        One("transposed to one channel", "[ConvTranspose(1, 4, Stride = 2, Padding = 1)]", "\"b\", 3, 4, 5"),
        One("transposed of one channel", "[ConvTranspose(3, 4, Stride = 2, Padding = 1)]", "\"b\", 1, 4, 5"),
        One("transposed bilinear", "[ConvTranspose(3, 4, Stride = 2, Initializer = WeightInitializer.Bilinear)]", "\"b\", 3, 4, 5"),
        One("transposed of symbolic height and width", "[ConvTranspose(4, 3, Stride = 2, Padding = 1, OutputPadding = 1)]",
            "\"b\", 3, \"h\", \"w\"") with { Runs = ["b=3 h=6 w=5", "b=2 h=4 w=5", "b=1 h=6 w=3"] },
        Two("transposed after conv", "[Conv(5, 3, Padding = 1, Activation = Activation.Relu)]", "[ConvTranspose(6, 2, Stride = 2)]"),
        Two("conv after transposed", "[ConvTranspose(5, 2, Stride = 2, Activation = Activation.Relu)]", "[Conv(6, 3, Padding = 1)]"),
        Two("transposed after transposed", "[ConvTranspose(5, 3, Stride = 2, Padding = 1)]", "[ConvTranspose(17, 4, Stride = 2, Padding = 1)]"),
        Two("transposed groups 2 after conv", "[Conv(4, 3)]", "[ConvTranspose(6, 3, Stride = 2, Groups = 2, OutputPadding = 1)]"),
        ChainCase.Of(
            "transposed called twice",
            "[ConvTranspose(3, 3, Stride = 2, Padding = 1)] private partial Tensor A(Tensor x);",
            "\"b\", 3, 3, 4",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "transposed groups 2 called twice",
            "[ConvTranspose(4, 3, Stride = 2, Padding = 1, Groups = 2)] private partial Tensor A(Tensor x);",
            "\"b\", 4, 3, 4",
            "A(Tanh(A(x)))"),
        ChainCase.Of(
            "down and up with a skip",
            """
            [Conv(4, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [ConvTranspose(4, 2, Stride = 2)] private partial Tensor B(Tensor x);
            [Conv(2, 1)] private partial Tensor C(Tensor x);
            """,
            "\"b\", 3, 6, 8",
            "C(Relu(B(MaxPool(A(x), 2)) + A(x)))"),
    }.Select(static c => c.Runs[0].StartsWith("b=33", System.StringComparison.Ordinal) ? c with { Runs = ["b=3", "b=2"] } : c);

    private static ChainCase One(string name, string layer, string shape) =>
        ChainCase.Of(name, layer + " private partial Tensor A(Tensor x);", shape, "A(x)");

    private static ChainCase Two(string name, string first, string second) => ChainCase.Of(
        name,
        $"{first} private partial Tensor A(Tensor x);\n{second} private partial Tensor B(Tensor x);",
        "\"b\", 3, 5, 6",
        "B(A(x))");
}
