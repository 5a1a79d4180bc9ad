using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Rows of a matrix by number, and their gradients.</summary>
internal static class EmbeddingCases
{
    public static IEnumerable<ChainCase> All =>
    [
        Tokens("embedding", "[Embedding(11, 19)] private partial Tensor E(IntTensor x);", "E(x)"),
        Tokens("embedding with padding", "[Embedding(11, 5, Padding = 3)] private partial Tensor E(IntTensor x);", "E(x) * 2f"),
        Tokens(
            "embedding in a network",
            """
            [Embedding(40, 24)] private partial Tensor E(IntTensor x);
            [LayerNorm] private partial Tensor N(Tensor x);
            [Perceptron(7)] private partial Tensor A(Tensor x);
            """,
            "A(N(E(x) + 0.1f))"),
        Tokens(
            "embedding of many rows",
            "[Embedding(300, 33)] private partial Tensor E(IntTensor x);",
            "E(x) * E(x)") with { Runs = ["b=40 t=9", "b=3 t=4"] },
        Tokens("embedding of width one", "[Embedding(9, 1)] private partial Tensor E(IntTensor x);", "E(x)"),
        new("embedding of two kinds", """
            [Embedding(6, 8)] private partial Tensor Word(IntTensor x);
            [Embedding(6, 8)] private partial Tensor Kind(IntTensor x);
            public Tensor Forward([Shape("b")] IntTensor x, [Shape("b")] IntTensor y) => Gelu(Word(x) + Kind(y));
            public Tensor Loss([Shape("b")] IntTensor x, [Shape("b")] IntTensor y, [Shape("b")] IntTensor label)
                => CrossEntropy(Forward(x, y), label);
            """),
    ];

    private static ChainCase Tokens(string name, string layers, string forward) => new(name, $$"""
        {{layers}}
        public Tensor Forward([Shape("b", "t")] IntTensor x) => {{forward}};
        public Tensor Loss([Shape("b", "t")] IntTensor x) => Mean(Square(Forward(x)));
        """) { Runs = ["b=5 t=9", "b=3 t=4", "b=1 t=1"] };
}
