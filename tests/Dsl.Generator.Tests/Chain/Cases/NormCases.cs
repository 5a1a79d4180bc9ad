using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Normalisation along rows, channels and groups; learned rectifiers.</summary>
internal static class NormCases
{
    private const string Vectors = "\"b\", 5";
    private const string Sequences = "\"b\", 6, 5";
    private const string Images = "\"b\", 2, 4, 3";

    public static IEnumerable<ChainCase> All =>
    [
        Rows("layer norm", "[LayerNorm]", Vectors),
        Rows("layer norm of sequences", "[LayerNorm(Epsilon = 1e-3)]", Sequences),
        Rows("layer norm without bias", "[LayerNorm(Bias = false)]", Vectors),
        Rows("layer norm along time", "[LayerNorm(Axis = 1)]", Sequences),
        Pixels("layer norm of channels", "[LayerNorm(Axis = 1)]"),
        Pixels("layer norm of image rows", "[LayerNorm]"),
        Rows("rms norm", "[RmsNorm]", Vectors),
        Rows("rms norm of sequences", "[RmsNorm(Epsilon = 1e-2)]", Sequences),
        Pixels("rms norm of channels", "[RmsNorm(Axis = 1)]"),
        Rows("scale norm", "[ScaleNorm]", Vectors),
        Rows("scale norm of sequences", "[ScaleNorm(RootMean = false)]", Sequences),
        Pixels("group norm", "[GroupNorm(3)]"),
        Pixels("group norm of one group", "[GroupNorm(1)]"),
        Pixels("group norm without parameters", "[GroupNorm(2, Affine = false)]"),
        Rows("group norm of vectors", "[GroupNorm(4)]", Vectors, width: 20),
        Rows("group norm of sequences", "[GroupNorm(2)]", Sequences),
        Pixels("instance norm", "[InstanceNorm]"),
        Pixels("instance norm with parameters", "[InstanceNorm(Affine = true, Epsilon = 1e-2)]"),
        Rows("prelu", "[PRelu]", Vectors),
        Rows("prelu with one slope", "[PRelu(Shared = true)]", Sequences),
        Pixels("prelu of images", "[PRelu]"),
        Pixels("prelu of images with one slope", "[PRelu(Shared = true)]"),
        Of("l2 normalize", "", Vectors, "L2Normalize(A(x)) * B(x)"),
        Of("l2 normalize along time", "", Sequences, "L2Normalize(A(x), 1, 1e-6f) * B(x)"),
        Sweeps("cross-entropy of a layer norm", 19, "N(A(x))"),
        Sweeps("cross-entropy of a layer norm of whole vectors", 16, "N(A(x))"),
        Sweeps("cross-entropy of norms of norms", 19, "N(Tanh(N(Softmax(N(A(x))))))"),
        Of(
            "transformer block",
            """
            [LayerNorm] private partial Tensor First(Tensor x);
            [RmsNorm] private partial Tensor Second(Tensor x);
            """,
            Sequences,
            "Second(A(x) + Gelu(B(First(A(x)))))"),
    ];

    /// <summary>A norm between two products, so that its input learns too.</summary>
    private static ChainCase Rows(string name, string attribute, string shape, int width = 19) => Of(
        name, $"{attribute} private partial Tensor N(Tensor x);", shape, "B(N(A(x)))", width);

    /// <summary>Rows whose reductions need more sweeps than a kernel has.</summary>
    private static ChainCase Sweeps(string name, int width, string forward) => new(name, $$"""
        [Perceptron({{width}})] private partial Tensor A(Tensor x);
        [LayerNorm(Epsilon = 0.1)] private partial Tensor N(Tensor x);
        public Tensor Forward([Shape({{Vectors}})] Tensor x) => {{forward}};
        public Tensor Loss([Shape({{Vectors}})] Tensor x, [Shape("b")] IntTensor label) => CrossEntropy(Forward(x), label);
        """) { Runs = ["b=7", "b=3", "b=1"] };

    private static ChainCase Of(string name, string layers, string shape, string forward, int width = 19) => ChainCase.Of(
        name,
        $"""
        [Perceptron({width})] private partial Tensor A(Tensor x);
        [Perceptron({width})] private partial Tensor B(Tensor x);
        {layers}
        """,
        shape,
        forward) with { Runs = ["b=7", "b=3", "b=1"] };

    private static ChainCase Pixels(string name, string attribute) => ChainCase.Of(
        name,
        $"""
        [Conv(6, 3, Padding = 1)] private partial Tensor A(Tensor x);
        {attribute} private partial Tensor N(Tensor x);
        [Conv(3, 3, Padding = 1)] private partial Tensor B(Tensor x);
        """,
        Images,
        "B(Relu(N(A(x))))") with { Runs = ["b=3", "b=2"] };
}
