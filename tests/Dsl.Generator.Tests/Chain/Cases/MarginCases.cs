using System.Collections.Generic;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Losses over many classes with a margin: every kind, in tiles of classes and blocks of samples.</summary>
internal static class MarginCases
{
    public static IEnumerable<ChainCase> All =>
    [
        Rows("margin softmax without margin", "11, Kind = Margin.Softmax"),
        Rows("margin softmax without offsets", "130, Kind = Margin.Softmax, Bias = false"),
        Rows("margin softmax modified", "11, Kind = Margin.Modified"),
        Rows("margin softmax of normalised faces", "300, Kind = Margin.NormFace, Scale = 16"),
        Rows("margin softmax L", "11, Kind = Margin.LSoftmax, Factor = 3, LambdaBase = 0, LambdaMin = 2"),
        Rows("margin softmax A that falls", "11, Kind = Margin.ASoftmax, LambdaBase = 10, LambdaMin = 1"),
        Rows("margin softmax of cosines", "11, Kind = Margin.CosFace, Scale = 30"),
        Rows("margin softmax of angles", "300, Scale = 8"),
        Rows("margin softmax of angles that is easy", "11, Scale = 8, Boundary = MarginBoundary.Easy, Ignore = 2"),
        Rows("margin softmax with centres", "70, Scale = 8, SubCenters = 4"),
        Rows("margin softmax combined", "11, Kind = Margin.Combined, Scale = 8, Factor = 0.9, Angle = 0.4, Cosine = 0.15"),
        Rows(
            "margin softmax combined of angles",
            "11, Kind = Margin.Combined, Scale = 8, Angle = 0.3, Cosine = 0.2, Boundary = MarginBoundary.None"),
        Rows("margin softmax of some classes", "300, Scale = 8, SampleRate = 0.2") with { HostOnly = true },
        Rows("margin softmax of some cosines with centres", "70, Kind = Margin.CosFace, Scale = 8, SubCenters = 4, SampleRate = 0.3")
            with { HostOnly = true },
        Rows("margin softmax in shards", "12, Scale = 8, Shards = 3") with { Ranks = 3 },
        Rows("margin softmax with offsets in shards", "12, Kind = Margin.Softmax, Ignore = 2, Shards = 2") with { Ranks = 2 },
        Many,
        Sequences,
        Inputs,
        Centers("centre loss", "11"),
        Centers("centre loss of many classes", "300, Alpha = 0.9"),
        CentersBeside,
        CentersTwice,
        CentersOfSequences,
    ];

    private static ChainCase Rows(string name, string arguments) => new(name, $$"""
        [Perceptron(9)] private partial Tensor A(Tensor x);
        [MarginSoftmax({{arguments}})] private partial Tensor Classify(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => Classify(Forward(x), label);
        """) { Runs = ["b=19", "b=70", "b=1"] };

    /// <summary>More samples than a block has, features that fill several panels, and several slices.</summary>
    private static ChainCase Many => new("margin softmax of many samples", """
        [Perceptron(70)] private partial Tensor A(Tensor x);
        [MarginSoftmax(600, Scale = 8)] private partial Tensor Classify(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => Classify(Forward(x), label);
        """) { Runs = ["b=300", "b=33"] };

    private static ChainCase Sequences => new("margin softmax of sequences", """
        [Perceptron(9)] private partial Tensor A(Tensor x);
        [MarginSoftmax(11, Kind = Margin.Softmax)] private partial Tensor Classify(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", "t", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("b", "t")] IntTensor label) => Classify(Forward(x), label);
        """) { Runs = ["b=5 t=9", "b=1 t=1"] };

    /// <summary>Embeddings without a gradient.</summary>
    private static ChainCase Inputs => new("margin softmax of inputs", """
        [MarginSoftmax(11, Scale = 8)] private partial Tensor Classify(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 5)] Tensor x) => x * 2f;
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => Classify(x, label);
        """) { Runs = ["b=19", "b=2"] };

    private static ChainCase Centers(string name, string arguments) => new(name, $$"""
        [Perceptron(9)] private partial Tensor A(Tensor x);
        [CenterLoss({{arguments}})] private partial Tensor Center(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => Center(Forward(x), label);
        """) { Runs = ["b=70", "b=19", "b=1"] };

    private static ChainCase CentersBeside => new("centre loss beside margin softmax", """
        [Perceptron(9)] private partial Tensor A(Tensor x);
        [MarginSoftmax(11, Scale = 8)] private partial Tensor Classify(Tensor x, IntTensor label);
        [CenterLoss(11)] private partial Tensor Center(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label)
        {
            var y = Forward(x);
            return Classify(y, label) + 0.003f * Center(y, label);
        }
        """) { Runs = ["b=19", "b=2"] };

    /// <summary>The second call sees centres that the first one moved; no gradient goes that way.</summary>
    private static ChainCase CentersTwice => new("centre loss twice", """
        [Perceptron(6)] private partial Tensor A(Tensor x);
        [CenterLoss(7)] private partial Tensor Center(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label)
            => Center(Forward(x), label) + Center(Tanh(Forward(x)), label);
        """) { Runs = ["b=19", "b=2"] };

    private static ChainCase CentersOfSequences => new("centre loss of sequences", """
        [Perceptron(9)] private partial Tensor A(Tensor x);
        [CenterLoss(11)] private partial Tensor Center(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", "t", 5)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", "t", 5)] Tensor x, [Shape("b", "t")] IntTensor label) => Center(Forward(x), label);
        """) { Runs = ["b=5 t=9", "b=1 t=1"] };
}
