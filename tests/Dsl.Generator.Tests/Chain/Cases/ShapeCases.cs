using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Slices, concatenations, padding, shuffles, sequences, and images of any size.</summary>
internal static class ShapeCases
{
    private const string A = "[Conv(4, 3, Padding = 1)] private partial Tensor A(Tensor x);\n";
    private const string B = "[Conv(5, 3, Padding = 1)] private partial Tensor B(Tensor x);\n";
    private const string C = "[Conv(3, 3, Padding = 1)] private partial Tensor C(Tensor x);\n";
    private const string Small = "\"b\", 3, 6, 5";

    public static IEnumerable<ChainCase> All => Joins().Concat(Shuffles()).Concat(Sequences()).Concat(Windows()).Concat(Sizes())
        .Select(static c => c.Runs[0].StartsWith("b=33", System.StringComparison.Ordinal) ? c with { Runs = ["b=3", "b=2"] } : c);

    private static IEnumerable<ChainCase> Joins() =>
    [
        ChainCase.Of(
            "axes of one element",
            "[Perceptron(12)] private partial Tensor P(Tensor x);", "\"b\", 5",
            "Squeeze(Tanh(Unsqueeze(P(x) - Unsqueeze(Mean(P(x), 1), -1), 1)), 1)"),
        ChainCase.Of(
            "several axes for one",
            "[Perceptron(12)] private partial Tensor P(Tensor x);\n[Perceptron(7)] private partial Tensor Q(Tensor x);", "\"b\", 5",
            "Q(Sum(Softmax(Unflatten(P(x), 1, 3, -1), 2) * Unflatten(P(x), -1, 3, 4), 1))"),
        ChainCase.Of(
            "groups of channels",
            A + "[Conv(6, 3, Padding = 1)] private partial Tensor G(Tensor x);\n", Small,
            "A(Max(Unflatten(G(x), 1, 3, 2), 2))"),
        ChainCase.Of("concat of convs", A + B + C, Small, "C(Concat(A(x), B(x)))"),
        ChainCase.Of("concat that is the result", A + B, Small, "Concat(A(x), B(x))"),
        new("concat of a skip", Skip(A + B + C, "C(Concat(a, B(a)))")),
        ChainCase.Of("concat of an input", A + C, Small, "C(Concat(x, A(x), x))"),
        new("concat of one value twice", Skip(A + C, "C(Concat(a, a))")),
        new("concat of two concats", Skip(A + B + C, "C(Concat(Concat(a, B(a)), x))")),
        new(
            "concat used twice",
            Skip(A, "Concat(Concat(a, x) * Concat(a, x), Mean(Concat(x, a)) * 0.5f + x)")),
        ChainCase.Of("concat of rows", A + B, Small, "B(Concat(2, A(x), Tanh(A(x))))"),
        ChainCase.Of("concat of batches", A + B, Small, "B(Concat(0, A(x), Tanh(A(x))))"),
        ChainCase.Of(
            "concat of perceptrons",
            """
            [Perceptron(5)] private partial Tensor A(Tensor x);
            [Perceptron(18)] private partial Tensor B(Tensor x);
            [Perceptron(4)] private partial Tensor C(Tensor x);
            """,
            "\"b\", 7",
            "C(Concat(A(x), Tanh(B(x)), x))"),
        ChainCase.Of("concat, flattened", A + "[Perceptron(4)] private partial Tensor P(Tensor x);", Small, "P(Flatten(Concat(A(x), x)))"),
        ChainCase.Of("slice of channels", A + C, Small, "C(Slice(A(x), 1, 1, 2))"),
        ChainCase.Of("slice of rows", A + C, Small, "C(Slice(A(x), 2, 1, 3))"),
        ChainCase.Of("slice of a batch", A, "6, 3, 6, 5", "Slice(A(x), 0, 2, 3)") with { Runs = ["", ""] },
        ChainCase.Of("slice of an input", A, "\"b\", 6, 6, 5", "A(Slice(x, 1, 2, 3))"),
        new(
            "split into halves",
            Two("[Perceptron(12)] private partial Tensor A(Tensor x);", "\"b\", 7", "var p = Split(A(x), 2);", "p[0] * Sigmoid(p[1])")),
        new(
            "split of channels",
            Two("[Conv(6, 1)] private partial Tensor D(Tensor x);\n" + C, Small,
                "var p = Split(D(x), [1, 3, 2]);", "Concat(p[2], C(p[1]), p[0])")),
        new(
            "split of a row",
            Two("[Perceptron(20)] private partial Tensor A(Tensor x);", "\"b\", 7", "var p = Split(A(x), [1, 17, 2], 1);",
                "Concat(Softmax(p[1]), p[0] * p[0], p[2])")),
        new(
            "mixed layouts",
            Skip(A + "[Conv(4, 3, Padding = 1)] private partial Tensor D(Tensor x);\n", "Mean(D(a) + a * Tanh(D(a)), 2, 3) + Max(Flatten(a, 2), 2)")),
        ChainCase.Of("pad", A + C, Small, "C(Pad(A(x), 1, 2, 0, 3, 0.5f))"),
        ChainCase.Of("pad an input", C, Small, "C(Pad(x, 1, 0, 1, 0))"),
        ChainCase.Of("crop", A + C, Small, "C(Crop(A(x), 1, 2, 0, 1))"),
        new(
            "crop to what has no padding",
            Skip(A + "[Conv(3, 3)] private partial Tensor D(Tensor x);\n", "Concat(CropTo(a, D(a)), D(a))")),
        new(
            "pad to a skip",
            Skip(
                A + "[Conv(8, 3, Padding = 1)] private partial Tensor D(Tensor x);\n" + C,
                "C(Concat(a, PadTo(PixelShuffle(D(MaxPool(a, 2)), 2), a)))", "\"b\", 3, 7, 9")),
    ];

    private static IEnumerable<ChainCase> Shuffles() =>
    [
        ChainCase.Of("pixel shuffle", "[Conv(9, 3, Padding = 1)] private partial Tensor A(Tensor x);", Small, "PixelShuffle(A(x), 3)"),
        ChainCase.Of("pixel shuffle of 20 channels", "[Conv(20, 1)] private partial Tensor A(Tensor x);\n" + C, Small, "C(PixelShuffle(A(x), 2))"),
        ChainCase.Of("pixel shuffle of an input", C, "\"b\", 8, 3, 2", "C(PixelShuffle(x, 2))"),
        ChainCase.Of("pixel unshuffle", A, Small.Replace("5", "4"), "PixelUnshuffle(A(x), 2)"),
        ChainCase.Of("pixel unshuffle of an input", A, "\"b\", 2, 6, 9", "A(PixelUnshuffle(x, 3))"),
        ChainCase.Of(
            "layers that shuffle",
            """
            [Conv(8, 3, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [PixelShuffle(2)] private partial Tensor Up(Tensor x);
            [PixelUnshuffle(2)] private partial Tensor Down(Tensor x);
            [Conv(3, 3, Padding = 1)] private partial Tensor B(Tensor x);
            """,
            Small,
            "B(Down(Tanh(Up(A(x)))))"),
    ];

    private static IEnumerable<ChainCase> Sequences() =>
    [
        Sequence("sequence", "[Conv(6, 3)]", "A(x)"),
        Sequence("sequence, same", "[Conv(6, 5, Padding = \"same\", Activation = Activation.Tanh)]", "A(x)"),
        Sequence("sequence, causal depthwise", "[Conv(5, 4, Padding = \"causal\", Groups = 5)]", "Silu(A(x))"),
        Sequence("sequence, causal dilated", "[Conv(4, 2, Padding = \"causal\", Dilation = 3)]", "A(x)"),
        Sequence("sequence, stride 2", "[Conv(4, 3, Padding = 1, Stride = 2)]", "A(x)"),
        Sequence(
            "sequence after sequence",
            "[Conv(4, 3, Padding = \"causal\")] private partial Tensor B(Tensor x);\n[Conv(6, 3, Padding = 1)]",
            "Concat(A(Tanh(B(x))), x)"),
        Sequence(
            "sequence and mean", "[Perceptron(3)] private partial Tensor P(Tensor x);\n[Conv(6, 3, Padding = 1)]", "P(Mean(A(x) * A(x), 2))"),
        Sequence("sequence of one position", "[Conv(4, 3, Padding = \"same\")]", "A(Tanh(A(x)))", "2, 4, 1") with { Runs = ["", ""] },
        Sequence("sequence of any length", "[Conv(6, 3, Padding = 1)]", "A(x)", "\"b\", 5, \"l\"")
            with { Runs = ["b=2 l=9", "b=3 l=4"] },
    ];

    private static IEnumerable<ChainCase> Windows() =>
    [
        Image("conv 1x3", "[Conv(4, \"1, 3\", Padding = \"0, 1\")]", "A(x)"),
        Image("conv 3x2 stride 2x1 dilation 1x2", "[Conv(4, \"3, 2\", Stride = \"2, 1\", Dilation = \"1, 2\")]", "A(x)"),
        Image("conv same 3x5", "[Conv(4, \"3, 5\", Padding = \"same\")]", "A(x)"),
        Rows(
            "conv of the product of single pixels",
            "[Conv(1, 1)] private partial Tensor C(Tensor x);\n[Conv(12, 1, Padding = 1)]",
            "A(MatMul(C(x), Transpose(C(x), 0, 1, 3, 2)))",
            "\"b\", 3, 1, 1"),
        Rows(
            "gradient of a channel that all channels of a row of pixels see",
            "[Conv(4, \"2, 1\")] private partial Tensor C(Tensor x);\n[Conv(1, 3, Padding = 1)]",
            "Tanh(C(x)) * A(Tanh(C(x)))",
            "\"b\", 3, 2, 5"),
        Rows(
            "gradient of a channel that all channels of rows of pixels see",
            "[Conv(4, 2)] private partial Tensor C(Tensor x);\n[Conv(1, 3, Padding = 1)]",
            "Tanh(C(x)) * A(Tanh(C(x)))",
            "\"b\", 3, 3, 5"),
        Image("conv padding on four sides", "[Conv(4, 2, Padding = \"1, 0, 0, 2\")]", "A(x)"),
        Image(
            "conv padding on four sides after conv",
            "[Conv(4, 3, Padding = 1)] private partial Tensor B(Tensor x);\n[Conv(4, 3, Padding = \"0, 2, 1, 0\")]", "A(B(x))"),
    ];

    private static IEnumerable<ChainCase> Sizes()
    {
        const string Net = A + B + "[Conv(20, 3, Padding = 1)] private partial Tensor D(Tensor x);\n";
        string[] runs = ["b=2 h=3 w=2", "b=1 h=1 w=4", "b=2 h=2 w=1"];
        yield return Unet("level of a unet of multiples", "\"b\", 3, \"2*h\", \"2*w\"", "B(Concat(a, PixelShuffle(D(MaxPool(a, 2)), 2)))") with { Runs = runs };
        yield return Unet("level of a unet of any size", "\"b\", 3, \"h\", \"w\"", "B(Concat(a, PadTo(PixelShuffle(D(MaxPool(a, 2)), 2), a)))")
            with { Runs = ["b=2 h=7 w=5", "b=1 h=2 w=6", "b=3 h=3 w=3"] };
        yield return Unet("convs of any size", "\"b\", 3, \"h\", \"w\"", "B(D(AvgPool(a, 2)))") with { Runs = ["b=2 h=7 w=5", "b=1 h=2 w=6"] };
        yield return Unet("crop of any size", "\"b\", 3, \"h\", \"w\"", "B(CropTo(a, D(MaxPool(a, 2)))) * 2f + Mean(D(a))")
            with { Runs = ["b=2 h=7 w=5", "b=1 h=2 w=6"] };
        yield return new("unet of depth 3", Deep("8*h", "8*w", "{0}")) { Runs = ["b=1 h=2 w=3", "b=2 h=1 w=1"] };
        yield return new("unet of depth 3 of any size", Deep("h", "w", "PadTo({0}, {1})")) { Runs = ["b=1 h=17 w=20", "b=2 h=8 w=9"] };
        yield return ChainCase.Of(
            "means of any size", A, "\"b\", 3, \"h\", \"w\"", "Mean(A(x), 2, 3)") with { Runs = ["b=2 h=7 w=5", "b=1 h=2 w=6"] };
        yield return ChainCase.Of(
            "channel softmax of any size", A, "\"b\", 3, \"h\", \"w\"", "Softmax(A(x), 1)") with { Runs = ["b=2 h=7 w=5", "b=1 h=2 w=6"] };

        ChainCase Unet(string name, string shape, string result) => new(name, Skip(Net, result, shape));
    }

    /// <summary>A U-Net that halves images three times.</summary>
    private static string Deep(string height, string width, string fit)
    {
        string Up(string x, string skip) => string.Format(System.Globalization.CultureInfo.InvariantCulture, fit, $"PixelShuffle({x}, 2)", skip);
        string layers = string.Concat(new[] { ("A", 4), ("B", 4), ("C", 4), ("D", 8), ("E", 8), ("F", 8), ("G", 2) }.Select(static l =>
            $"[Conv({l.Item2}, 3, Padding = 1, Activation = Activation.Tanh)] private partial Tensor {l.Item1}(Tensor x);\n"));
        return Two(layers, $"\"b\", 2, \"{height}\", \"{width}\"", $"""
            var a = A(x);
            var b = B(MaxPool(a, 2));
            var c = C(MaxPool(b, 2));
            var d = D(MaxPool(c, 2));
            var e = E(Concat(c, {Up("d", "c")}));
            var f = F(Concat(b, {Up("e", "b")}));
            """, $"G(Concat(a, {Up("f", "a")}))");
    }

    private static ChainCase Sequence(string name, string layer, string result, string shape = "\"b\", 5, 9") =>
        ChainCase.Of(name, layer + " private partial Tensor A(Tensor x);", shape, result);

    /// <summary>Images with few rows, which views show with fewer axes.</summary>
    private static ChainCase Rows(string name, string layer, string result, string shape) =>
        Sequence(name, layer, result, shape) with { Runs = ["b=3", "b=1"] };

    private static ChainCase Image(string name, string layer, string result) => Sequence(name, layer, result, "\"b\", 3, 6, 7");

    /// <summary>A case whose <c>Forward</c> first computes a = A(x).</summary>
    private static string Skip(string layers, string result, string shape = Small) => Two(layers, shape, "var a = A(x);", result);

    private static string Two(string layers, string shape, string first, string result) => $$"""
        {{layers}}
        public Tensor Forward([Shape({{shape}})] Tensor x)
        {
            {{first}}
            return {{result}};
        }
        public Tensor Loss([Shape({{shape}})] Tensor x) => Mean(Square(Forward(x)));
        """;
}
