using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>States that replace what they say of a key.</summary>
internal static class DeltaCases
{
    /// <summary>What the plain call needs.</summary>
    public const string PlainLayers = """
        [Perceptron(12)] private partial Tensor Q(Tensor x);
        [Perceptron(12)] private partial Tensor K(Tensor x);
        [Perceptron(21)] private partial Tensor V(Tensor x);
        [Perceptron(3)] private partial Tensor B(Tensor x);

        """;

    /// <summary>What a call with a decay needs.</summary>
    public const string Layers = PlainLayers + "[Perceptron(3)] private partial Tensor D(Tensor x);";

    /// <summary>The call, without what is optional.</summary>
    public const string Plain = "DeltaAttend(Q(x), L2Normalize(K(x)), V(x), Sigmoid(B(x)), 3";

    /// <summary>The call with a decay.</summary>
    public const string Decays = Plain + ", -Softplus(D(x) - 2f)";

    /// <summary>Those with a case of the name <c>{name} in segments</c>.</summary>
    public static string[] Segmented => ["delta rule", "delta rule that decays"];

    public static IEnumerable<ChainCase> All =>
    [
        Case("delta rule", Plain + ")", PlainLayers),
        Case("delta rule that decays", Decays + ")", Layers),
        Case("delta rule of slices", """
            DeltaAttend(Slice(V(x), 2, 3, 8), L2Normalize(Slice(V(x), 2, 9, 8)), Slice(V(x), 2, 1, 10), Slice(Sigmoid(V(x)), 2, 5, 2), 2,
                Slice(-Square(V(x)), 2, 2, 2))
            """, "[Perceptron(21)] private partial Tensor V(Tensor x);"),
        Case("delta rule of an input", "DeltaAttend(x, x, x, Sigmoid(Slice(x, 2, 0, 2)), 2)", ""),
        Case(
            "delta rule by a constant",
            "DeltaAttend(Q(x), L2Normalize(K(x)), V(x), B(x) * 0f + 0.5f, 3, decay: B(x) * 0f - 0.1f)", PlainLayers),
        InSegments("delta rule", Plain, PlainLayers),
        InSegments("delta rule that decays", Decays, Layers),
    ];

    private static ChainCase Case(string name, string forward, string layers) => new(name, $$"""
        {{layers}}
        public Tensor Forward([Shape("b", "n", 10)] Tensor x) => {{forward}};
        public Tensor Loss([Shape("b", "n", 10)] Tensor x) => Mean(Square(Forward(x)));
        """) { Runs = ["b=2 n=50", "b=1 n=1", "b=3 n=33"] };

    private static ChainCase InSegments(string name, string forward, string layers) => new(name + " in segments", $$"""
        {{layers}}
        public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
            => {{forward}}, segments: segments);
        public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
            => Mean(Square(Forward(x, segments)));
        """) { Runs = ["b=2 n=70", "b=1 n=2"] };
}
