using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Rotary embeddings and shifts of sequences, of any length, between layers and of inputs.</summary>
internal static class PositionCases
{
    private const string A = "[Perceptron(24)] private partial Tensor A(Tensor x);\n";
    private const string B = "[Perceptron(5)] private partial Tensor B(Tensor x);\n";

    private static readonly string[] s_runs = ["b=2 n=9", "b=3 n=1", "b=1 n=20"];

    public static IEnumerable<ChainCase> All =>
    [
        Heads("rope of heads", "Rope(A(x))"),
        Heads("rope of heads, halves", "Rope(A(x), layout: RopeLayout.Halves)"),
        Heads("rope of heads of an input", "A(Rope(x))"),
        Heads(
            "rope of queries and keys of heads",
            "MatMul(Transpose(Rope(A(x)), 0, 2, 1, 3), Transpose(Rope(B(x)), 0, 2, 3, 1))"),
        Sequence("rope without heads", "B(Rope(A(x), 500f, RopeLayout.Halves))"),
        Sequence("rope of an input", "B(Rope(x, 20f))"),
        Sequence("rope far away", "B(Rope(Tanh(A(x)), 10000f, RopeLayout.Halves, 100000))"),
        Sequence("rope of queries and keys", Product("Rope(", ", 100f)", ", 100f)")),
        Sequence("xpos of queries and keys", Product("XPos(", ", 16f)", ", 16f, inverse: true)")),
        Heads("xpos, halves", "XPos(A(x), layout: RopeLayout.Halves, from: 7)"),
        Sequence("token shift", "B(TokenShift(A(x)))"),
        Sequence("token shift of an input", "B(TokenShift(x) * x)"),
        Sequence("token shift of all features", "B(Tanh(A(x)) * 0.25f + TokenShift(A(x), 24) * 0.75f)"),
    ];

    private static string Product(string function, string ofQueries, string ofKeys)
    {
        string keys = $"{function}Slice(A(x), 2, 8, 8){ofKeys}";
        return $"MatMul({function}Slice(A(x), 2, 0, 8){ofQueries}, Transpose({keys}, 0, 2, 1))";
    }

    private static ChainCase Sequence(string name, string forward) => ChainCase.Of(
        name, (Calls(forward, "A") ? A : "") + (Calls(forward, "B") ? B : ""), "\"b\", \"n\", 6", forward)
        with { Runs = s_runs };

    private static ChainCase Heads(string name, string forward) => ChainCase.Of(
        name,
        "[Perceptron(8)] private partial Tensor A(Tensor x);\n"
            + (Calls(forward, "B") ? "[Perceptron(8)] private partial Tensor B(Tensor x);\n" : ""),
        "\"b\", \"n\", 3, 6",
        forward) with { Runs = s_runs };

    private static bool Calls(string forward, string layer) =>
        forward.Contains(layer + "(", System.StringComparison.Ordinal);
}
