using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Running sums: along every axis, from both ends, of views and images, into parts of buffers.</summary>
internal static class ScanCases
{
    private const string A = "[Perceptron(6)] private partial Tensor A(Tensor x);\n";
    private const string C = "[Conv(6, 3, Padding = 1)] private partial Tensor C(Tensor x);\n";
    private const string D = "[Conv(3, 3, Padding = 1)] private partial Tensor D(Tensor x);\n";
    private const string Rows = "\"b\", \"t\", 5";
    private const string Image = "\"b\", 2, 4, 5";

    public static IEnumerable<ChainCase> All =>
    [
        Sequence("cumulative sum", "CumSum(A(x), 1)"),
        Sequence(
            "cumulative sum, exclusive and reverse", "Tanh(CumSum(Square(A(x)), 1, exclusive: true, reverse: true))"),
        Sequence("cumulative sum of features", "CumSum(A(x), -1, reverse: true) * A(x)"),
        Sequence("cumulative sum of a batch", "CumSum(A(x), 0, true)"),
        Sequence("cumulative sum of a transpose", "CumSum(Transpose(A(x), 0, 2, 1), 2)"),
        Sequence("cumulative sum of a slice", "CumSum(Slice(A(x), 2, 1, 4), 1)"),
        Sequence("cumulative sums side by side", "Concat(2, CumSum(Slice(A(x), 2, 0, 3), 1), CumSum(A(x), 1), A(x))"),
        Sequence("cumulative sum of a broadcast", "CumSum(A(x) * 0f + Mean(A(x), 0, 1), 1)"),
        Sequence("cumulative sum of an input", "CumSum(x, 1)", ""),
        Sequence("linear scan", "LinearScan(Sigmoid(A(x)), Tanh(A(x)))"),
        Sequence("linear scan of an input by a constant", "LinearScan(x * 0f + 0.9f, x)", ""),
        Sequence("linear scan of a slice", "LinearScan(Slice(Sigmoid(A(x)), 2, 1, 4), Slice(A(x), 2, 2, 4)) * Slice(A(x), 2, 0, 4)"),
        Sequence("linear scan of a transpose", "LinearScan(Sigmoid(Transpose(Tanh(Transpose(A(x), 0, 2, 1)), 0, 2, 1)), A(x))"),
        Sequence("linear scan by channel", "LinearScan(Mean(Mean(Sigmoid(A(x)), 0), 0), Tanh(A(x)))"),
        Sequence("complex linear scan by channel", "ComplexLinearScan(Mean(Mean(Tanh(A(x)), 0), 0), A(x), Mean(A(x), 1))"),
        Sequence("complex linear scan", "ComplexLinearScan(Tanh(A(x)) * 0.7f, A(x))"),
        Sequence("linear scan that goes on", "LinearScan(Sigmoid(A(x)), Tanh(A(x)), Mean(A(x), 1))"),
        Sequence("complex linear scan that goes on", "ComplexLinearScan(Tanh(A(x)) * 0.7f, A(x), Mean(A(x), 1))"),
        Long("long convolution", "LongConvolution(A(x), K(k))"),
        Long("long convolution from the end", "Tanh(LongConvolution(Square(A(x)), K(k), reverse: true))"),
        Long("long convolution with as many numbers as given", "LongConvolution(A(x), K(k)) * A(x)", "m"),
        Long("long convolution of a slice", "LongConvolution(Slice(A(x), 2, 1, 4), Slice(K(k), 1, 2, 4))"),
        Long(
            "long convolution of a transpose",
            "LongConvolution(Transpose(Tanh(Transpose(A(x), 0, 2, 1)), 0, 2, 1), K(k))"),
        Of("cumulative sum of channels", C + D, "D(CumSum(C(x), 1))"),
        Of("cumulative sum of rows of pixels", C + D, "D(CumSum(C(x), 2, reverse: true) + C(x))"),
        Of("cumulative sum of pixels of a row", C + D, "D(Concat(1, CumSum(C(x), 3), C(x)))"),
    ];

    /// <summary>A kernel that is computed from an input.</summary>
    private static ChainCase Long(string name, string forward, string taps = "t") => new(name, $$"""
        [Perceptron(6)] private partial Tensor A(Tensor x);
        [Perceptron(6)] private partial Tensor K(Tensor k);
        public Tensor Forward([Shape("b", "t", 5)] Tensor x, [Shape("{{taps}}", 4)] Tensor k) => {{forward}};
        public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("{{taps}}", 4)] Tensor k) => Mean(Square(Forward(x, k)));
        """) { Runs = taps == "t" ? ["b=3 t=40", "b=2 t=7", "b=1 t=1"] : ["b=3 t=40 m=20", "b=2 t=7 m=9", "b=1 t=1 m=1"] };

    private static ChainCase Sequence(string name, string forward, string layers = A) =>
        ChainCase.Of(name, layers, Rows, forward) with { Runs = ["b=3 t=40", "b=2 t=7", "b=1 t=1"] };

    private static ChainCase Of(string name, string layers, string forward) =>
        ChainCase.Of(name, layers, Image, forward) with { Runs = ["b=3", "b=2"] };
}
