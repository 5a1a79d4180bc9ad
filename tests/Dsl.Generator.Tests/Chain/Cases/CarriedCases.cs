using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>A sequence in two parts, the second of which goes on from the state of the first.</summary>
internal static class CarriedCases
{
    /// <summary>Features of the sequences.</summary>
    public const int Width = 24;

    /// <summary>Layers with the lengths of their states.</summary>
    public static IReadOnlyDictionary<string, int> Layers { get; } = new Dictionary<string, int>
    {
        ["LinearAttention(3, Causal = true)"] = 216,
        ["LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Taylor)"] = 338,
        ["LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Identity)"] = 288,
        ["Performer(3, Features = 5, Causal = true)"] = 150,
        ["Performer(2, Width = 6, Causal = true, Bias = true)"] = 160,
        ["Performer(2, Features = 7, Kernel = PerformerKernel.Relu, Causal = true)"] = 182,
        ["Flash(Width = 7, KeyWidth = 5, Chunk = 8, Buckets = 8, Causal = true)"] = 120,
        ["Flash(Width = 4, KeyWidth = 3, Chunk = 11, Buckets = 0, Causal = true)"] = 83,
        ["Flash(Width = 4, KeyWidth = 3, Chunk = 1, Buckets = 0, Causal = true)"] = 12,
        ["Attention(3, Window = 5, Causal = true, Rope = true)"] = 196,
        ["Attention(4, KeyHeads = 2, Window = 14, Causal = true, Buckets = 6, Bias = true)"] = 325,
        ["Attention(2, Width = 5, Window = 2, Causal = true, NormalizeKeys = true)"] = 21,
        ["RetNet(3)"] = 384,
        ["RetNet(2, Width = 5, ValueWidth = 7, Rope = false, Bias = true)"] = 70,
        ["GatedDelta(3)"] = 384,
        ["GatedDelta(2, Width = 5, ValueWidth = 7, Bias = true)"] = 70,
        ["Rwkv6(HeadWidth = 8, MixRank = 3, DecayRank = 5)"] = 216,
        ["Rwkv4"] = 96,
        ["RwkvChannelMix"] = 24,
        ["S4D(StateWidth = 12)"] = 288,
        ["S4D(StateWidth = 8, Discretization = Discretization.Bilinear, Mix = false)"] = 192,
        ["S4(StateWidth = 12)"] = 288,
        ["Lru(10, MinRadius = 0.5, MaxRadius = 0.99)"] = 20,
        ["Mamba(StateWidth = 5)"] = 384,
        ["Mamba(StateWidth = 3, Kernel = 1, Expand = 1)"] = 72,
        ["Hippo(5)"] = 144,
        ["Hippo(8, Measure = HippoMeasure.LegT, Window = 20)"] = 192,
        ["Hippo(3, Measure = HippoMeasure.LagT, Window = 10)"] = 72,
        ["Hippo(4, Measure = HippoMeasure.FouT, Window = 12.5, Discretization = Discretization.ZeroOrderHold)"] = 96,
    };

    /// <summary>Those that take no numbers of segments.</summary>
    public static bool IsOfRows(string layer) => layer.StartsWith("Flash", StringComparison.Ordinal);

    /// <summary>Those of which a case has segments, too.</summary>
    private static readonly string[] s_segmented =
        ["Attention(3, Window = 5, Causal = true, Rope = true)", "LinearAttention(3, Causal = true)",
        "Performer(3, Features = 5, Causal = true)", "RetNet(3)", "Rwkv4", "S4D(StateWidth = 12)", "S4(StateWidth = 12)",
        "Mamba(StateWidth = 5)", "Hippo(5)",
        "Hippo(8, Measure = HippoMeasure.LegT, Window = 20)"];

    /// <summary>Those of which a case only gives a state, and one only takes it.</summary>
    private static readonly string[] s_alone =
        ["Hippo(5)", "Hippo(6, Measure = HippoMeasure.FouT, Window = 9)", "Attention(1, Window = 6, Causal = true)",
        "Performer(1, Features = 4, Causal = true)", "Flash(Width = 4, KeyWidth = 3, Chunk = 8, Causal = true)"];

    /// <summary>Those of which a case is a padded batch.</summary>
    private static readonly string[] s_padded =
        ["S4D(StateWidth = 12)", "S4(StateWidth = 12)", "Performer(3, Features = 5, Causal = true)",
        "Flash(Width = 7, KeyWidth = 5, Chunk = 8, Buckets = 8, Causal = true)", "Attention(3, Window = 5, Causal = true, Rope = true)"];

    public static IEnumerable<ChainCase> All => Layers.Keys.Select(static l => InParts(l, segments: false))
        .Concat(s_segmented.Select(static l => InParts(l, segments: true)))
        .Concat(s_alone.Select(static l => OneWay(l)))
        .Concat(s_padded.Select(Trained));

    /// <summary>In two parts.</summary>
    public static ChainCase InParts(string layer, bool segments) => Case(layer, "in parts", segments, $$"""
        (Tensor first, Tensor between) = A(P(x){{(segments ? ", ofX" : "")}}, S(state));
                (Tensor second, Tensor last) = A(P(y){{(segments ? ", ofY" : "")}}, between);
                return (Concat(1, first, second), last);
        """);

    /// <summary>The same in one.</summary>
    public static ChainCase Whole(string layer, bool segments) => Case(
        layer, "whole", segments, $"return A(P(Concat(1, x, y)){(segments ? ", both" : "")}, S(state));");

    private static ChainCase OneWay(string layer) => new($"{layer} gives a state and takes one", $$"""
        [{{layer}}] private partial (Tensor Result, Tensor State) A(Tensor x);
        [{{layer}}] private partial Tensor B(Tensor y, Tensor state);
        public Tensor Forward([Shape("b", "n", 3)] Tensor x, [Shape("b", "m", 3)] Tensor y)
        {
            (Tensor first, Tensor state) = A(x);
            return Concat(1, first, B(y, state));
        }
        public Tensor Loss([Shape("b", "n", 3)] Tensor x, [Shape("b", "m", 3)] Tensor y) => Mean(Square(Forward(x, y)));
        """) { Runs = ["b=2 n=40 m=9", "b=1 n=1 m=2"] };

    /// <summary>A padded batch.</summary>
    public static ChainCase Padded(string layer)
    {
        string length = Layers[layer].ToString(CultureInfo.InvariantCulture);
        return new ChainCase($"lengths of {layer} with a state", $$"""
            [{{layer}}] private partial (Tensor Result, Tensor State) A(Tensor x, Tensor state);
            public (Tensor Result, Tensor State) Forward(
                [Shape("b", "n", 24)] Tensor x, [Shape("b", {{length}})] Tensor state, [Shape("b"){{LengthCases.Attribute}}] IntTensor lengths)
                => A(x, state);
            """) { Runs = ["b=4 n=37"] };
    }

    /// <summary>A padded batch that is trained on.</summary>
    private static ChainCase Trained(string layer)
    {
        string length = Layers[layer].ToString(CultureInfo.InvariantCulture);
        string inputs = $"[Shape(\"b\", \"n\", 24)] Tensor x, [Shape(\"b\", {length})] Tensor state, "
            + $"[Shape(\"b\"){LengthCases.Attribute}] IntTensor lengths";
        return new ChainCase($"lengths of {layer} with a state, trained", $$"""
            [Perceptron(24)] private partial Tensor P(Tensor x);
            [Perceptron({{length}})] private partial Tensor S(Tensor state);
            [{{layer}}] private partial (Tensor Result, Tensor State) A(Tensor x, Tensor state);
            public (Tensor Result, Tensor State) Forward({{inputs}}) => A(P(x), S(state));
            public Tensor Loss({{inputs}})
            {
                (Tensor result, Tensor last) = Forward(x, state, lengths);
                return Mean(Square(result)) + Mean(Square(last));
            }
            """) { Runs = ["b=4 n=37", "b=1 n=2"] };
    }

    private static ChainCase Case(string layer, string how, bool segments, string forward)
    {
        string length = Layers[layer].ToString(CultureInfo.InvariantCulture);
        string inputs = how == "whole" ? ", [Shape(\"b\", \"n+m\")] IntTensor both"
            : ", [Shape(\"b\", \"n\")] IntTensor ofX, [Shape(\"b\", \"m\")] IntTensor ofY";
        string arguments = how == "whole" ? ", both" : ", ofX, ofY";
        (inputs, arguments) = segments ? (inputs, arguments) : ("", "");
        return new ChainCase($"{layer} {how}{(segments ? " with segments" : "")}", $$"""
            [Perceptron(24)] private partial Tensor P(Tensor x);
            [Perceptron({{length}})] private partial Tensor S(Tensor state);
            [{{layer}}] private partial (Tensor Result, Tensor State) A(Tensor x{{(segments ? ", IntTensor segments" : "")}}, Tensor state);
            public (Tensor Result, Tensor State) Forward(
                [Shape("b", "n", 24)] Tensor x, [Shape("b", "m", 24)] Tensor y, [Shape("b", {{length}})] Tensor state{{inputs}})
            {
                {{forward}}
            }
            public Tensor Loss(
                [Shape("b", "n", 24)] Tensor x, [Shape("b", "m", 24)] Tensor y, [Shape("b", {{length}})] Tensor state{{inputs}})
            {
                (Tensor result, Tensor last) = Forward(x, y, state{{arguments}});
                return Mean(Square(result)) + Mean(Square(last));
            }
            """) { Runs = ["b=2 n=40 m=9", "b=1 n=1 m=2"] };
    }
}
