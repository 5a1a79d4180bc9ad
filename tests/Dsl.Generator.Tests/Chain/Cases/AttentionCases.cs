using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Attention and its gradients.</summary>
internal static class AttentionCases
{
    /// <summary>Layers with a case of the name <c>{layer} in segments</c>.</summary>
    public static string[] Segmented =>
    [
        "LinearAttention(2)", "LinearAttention(3, Causal = true)", "LinearAttention(2, FeatureMap = FeatureMap.Taylor)",
        "LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Taylor)", "Performer(2, Causal = true)",
        "Gau(KeyWidth = 16, Causal = true, Context = 32)", "RetNet(3)", "GatedDelta(3)", "SparseAttention(2, 8)",
        "SparseAttention(3, 9, Pattern = AttentionPattern.Fixed, Summary = 2, Causal = false)",
        "Rwkv6(HeadWidth = 8)", "RwkvChannelMix(Width = 20)", "Rwkv4",
        "S4(StateWidth = 8)", "S4(StateWidth = 6, Bidirectional = true)",
        "S4D(StateWidth = 8)", "S4D(StateWidth = 6, Bidirectional = true)", "Lru(10)",
        "Mamba(StateWidth = 5)", "Mamba(StateWidth = 3, Kernel = 1)",
        "Hippo(9)", "Hippo(6, Measure = HippoMeasure.FouT, Window = 9)",
    ];

    public static IEnumerable<ChainCase> All =>
    [
        Self("attention", "Attend(Q(x), K(x), V(x), 4)"),
        Self("causal attention", "Attend(Q(x), K(x), V(x), 4, causal: true)"),
        Self("attention in a window", "Attend(Q(x), K(x), V(x), 2, causal: true, window: 5)"),
        Self("squared relu in chunks", "Attend(Q(x), K(x), V(x), 1, chunk: 4, scale: 0.1f, score: AttentionScore.ReluSquared)"),
        Self("laplace", "Attend(Q(x), K(x), V(x), 2, score: AttentionScore.Laplace)"),
        Self("attention without softmax", "Attend(Q(x), K(x), V(x), 2, score: AttentionScore.Identity)"),
        Self(
            "attention of groups without softmax",
            "Attend(Q(x), Slice(K(x), 2, 0, 12), Slice(V(x), 2, 4, 6), 4, keyHeads: 2, score: AttentionScore.Identity)"),
        Self(
            "causal attention of groups without softmax",
            "Attend(Q(x), Slice(K(x), 2, 0, 12), V(x), 4, keyHeads: 2, causal: true, score: AttentionScore.Identity)"),
        Self("causal attention without softmax", "Attend(Q(x), K(x), V(x), 3, causal: true, score: AttentionScore.Identity)"),
        Self(
            "attention of groups in a window without softmax",
            "Attend(Q(x), Slice(K(x), 2, 0, 8), V(x), 3, keyHeads: 1, window: 9, score: AttentionScore.Identity)"),
        new("attention of values as they come", """
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x) => Attend(Q(x), x, x, 1);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=2 n=70", "b=1 n=2"] },
        new("attention and a conv of one sequence", """
            [Perceptron(8)] private partial Tensor P(Tensor x);
            [Conv(2, 1)] private partial Tensor C(Tensor x);
            public Tensor Forward([Shape("b", 17, 8)] Tensor x) => C(P(x));
            public Tensor Loss([Shape("b", 17, 8)] Tensor x) =>
                Mean(Square(Forward(x))) + Mean(Square(Attend(P(x), P(x), P(x), 4, causal: true, window: 3)));
            """) { Runs = ["b=3", "b=1"] },
        new("attention between convs of sequences", """
            [Perceptron(8)] private partial Tensor P(Tensor x);
            [Conv(17, 1)] private partial Tensor C(Tensor x);
            [Conv(17, 3, Padding = 1)] private partial Tensor D(Tensor x);
            [Attention(2, Buckets = 4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 17, 8)] Tensor x) => D(C(A(C(P(x)))) + A(P(x)));
            public Tensor Loss([Shape("b", 17, 8)] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=3", "b=1"] },
        Layer("attention layer", "[Attention(2, Bias = true)]"),
        Layer("causal attention layer", "[Attention(4, KeyHeads = 2, Causal = true, Rope = true, NormalizeKeys = true)]"),
        Layer("attention layer with relative bias", "[Attention(2, Width = 5, Causal = true, Window = 40, Buckets = 8, MaxDistance = 20)]"),
        new("attention layer on another sequence", """
            [Attention(2)] private partial Tensor A(Tensor x, Tensor context);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "m", 10)] Tensor y) => A(x, y);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", "m", 10)] Tensor y) => Mean(Square(Forward(x, y)));
            """) { Runs = ["b=2 n=20 m=33", "b=1 n=1 m=2"] },
        new("attention layer in segments", """
            [Embedding(3, 24)] private partial Tensor E(IntTensor x);
            [Attention(2, Causal = true)] private partial Tensor A(Tensor x, IntTensor segments);
            public Tensor Forward([Shape("b", "n")] IntTensor segments) => A(E(segments), segments);
            public Tensor Loss([Shape("b", "n")] IntTensor segments) => Mean(Square(Forward(segments)));
            """) { Runs = ["b=2 n=40", "b=3 n=9"] },
        Layer("linear attention", "[LinearAttention(3)]"),
        Layer("causal linear attention", "[LinearAttention(3, Causal = true, Bias = true)]"),
        Layer("linear attention without softmax", "[LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Identity)]"),
        Layer("efficient attention", "[LinearAttention(2, FeatureMap = FeatureMap.Efficient)]"),
        Layer("taylor attention", "[LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Taylor)]"),
        Layer("exponential attention", "[LinearAttention(2, Width = 7, Causal = true, FeatureMap = FeatureMap.Exp)]"),
        Layer("relu attention", "[LinearAttention(2, FeatureMap = FeatureMap.Relu)]"),
        Layer("performer", "[Performer(3, Features = 10)]"),
        Layer("causal performer", "[Performer(2, Width = 7, Causal = true, Bias = true)]"),
        new("causal performer of long keys", """
            [Performer(2, Causal = true)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x) => A(x * 14f);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=2 n=70", "b=2 n=33"] },
        Layer("performer without epsilon", "[Performer(2, Epsilon = 0)]"),
        Layer("performer of rectified features", "[Performer(2, Kernel = PerformerKernel.Relu, Causal = true)]"),
        Layer("linformer", "[Linformer(3, 70, Rank = 9)]"),
        Layer(
            "linformer of one projection",
            "[Linformer(2, 80, Rank = 20, Width = 7, Bias = true, Sharing = LinformerSharing.KeyValue)]"),
        Layer(
            "linformer with projections of each head", "[Linformer(2, 71, Rank = 5, Sharing = LinformerSharing.None)]"),
        new("linformers that share a projection", """
            [Linformer(2, 12, Rank = 5, Sharing = LinformerSharing.KeyValue)] private partial Tensor A(Tensor x);
            [Linformer(3, 12, Rank = 5, Sharing = LinformerSharing.KeyValue), Tied(nameof(A))]
            private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 12, 24)] Tensor x) => B(A(x));
            public Tensor Loss([Shape("b", 12, 24)] Tensor x) => Mean(Square(Forward(x)));
            """) { Runs = ["b=2", "b=1"] },
        Layer("strided attention", "[SparseAttention(2, 8)]"),
        Layer("fixed attention", "[SparseAttention(3, 9, Pattern = AttentionPattern.Fixed, Summary = 2, Bias = true)]"),
        Layer(
            "fixed attention to all",
            "[SparseAttention(2, 7, Width = 5, Pattern = AttentionPattern.Fixed, Causal = false)]"),
        Layer("reformer", "[Reformer(2, BucketSize = 8, Buckets = 6, Rope = true)]"),
        Layer("reformer without duplicates", "[Reformer(2, BucketSize = 12, Rounds = 3, Buckets = 4, AllowDuplicates = false)]"),
        Layer("reformer of one round", "[Reformer(3, BucketSize = 5, Rounds = 1, Width = 7, Causal = false, Bias = true)]"),
        new("attention of those that hash alike", """
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward(
                [Shape("b", "n", 24)] Tensor x, [Shape("b", "n", 24)] Tensor values, [Shape(6, 3, 4)] Tensor rotations) =>
                LshAttend(Q(x), x + values, rotations, 4, bucketSize: 16, causal: true);
            public Tensor Loss(
                [Shape("b", "n", 24)] Tensor x, [Shape("b", "n", 24)] Tensor values, [Shape(6, 3, 4)] Tensor rotations) =>
                Mean(Square(Forward(x, values, rotations)));
            """) { Runs = ["b=2 n=70", "b=1 n=1"] },
        Layer("gated attention unit", "[Gau(KeyWidth = 16, Causal = true, Context = 32)]"),
        Layer("gated attention unit with softmax", "[Gau(KeyWidth = 16, Score = GauScore.SoftmaxPlus, Rope = true, Buckets = 0)]"),
        Layer("gated attention unit by position", "[Gau(Width = 20, KeyWidth = 8, Causal = true, LengthScale = LengthScale.Position)]"),
        Layer("scaled gated attention unit", "[Gau(KeyWidth = 16, Score = GauScore.ReluSquaredScaled)]"),
        Layer("flash", "[Flash(KeyWidth = 16, Chunk = 24, Causal = true)]"),
        Layer("flash over all", "[Flash(KeyWidth = 16, Chunk = 24, Buckets = 0)]"),
        new("attention of grouped queries", """
            [Perceptron(48)] private partial Tensor Q(Tensor x);
            [Perceptron(24)] private partial Tensor K(Tensor x);
            [Perceptron(32)] private partial Tensor V(Tensor x);
            public Tensor Forward([Shape("b", "n", 10)] Tensor x, [Shape("b", "m", 6)] Tensor y)
                => Attend(Q(x), K(y), V(y), 4, keyHeads: 2);
            public Tensor Loss([Shape("b", "n", 10)] Tensor x, [Shape("b", "m", 6)] Tensor y)
                => Mean(Square(Forward(x, y)));
            """) { Runs = ["b=2 n=70 m=130", "b=1 n=3 m=1", "b=3 n=1 m=9"] },
        new("attention in segments", """
            [Embedding(3, 24)] private partial Tensor E(IntTensor x);
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Attend(Q(x + E(segments)), x, x, 2, causal: true, segments: segments);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Mean(Square(Forward(x, segments)));
            """) { Runs = ["b=2 n=70", "b=3 n=9"] },
        new("attention in segments, chunks and a window", """
            [Embedding(3, 24)] private partial Tensor E(IntTensor x);
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Attend(Q(x + E(segments)), x, x, 2, causal: true, window: 9, chunk: 20, segments: segments);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Mean(Square(Forward(x, segments)));
            """) { Runs = ["b=2 n=70"] },
        .. Segmented.Select(static layer => new ChainCase($"{layer} in segments", $$"""
            [Embedding(3, 24)] private partial Tensor E(IntTensor x);
            [{{layer}}] private partial Tensor A(Tensor x, IntTensor segments);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => A(x + E(segments), segments);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Mean(Square(Forward(x, segments)));
            """) { Runs = ["b=2 n=70", "b=3 n=9"] }),
        new("token shift in segments", """
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => TokenShift(Q(x), segments: segments) + TokenShift(x, 24, segments);
            public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Mean(Square(Forward(x, segments)));
            """) { Runs = ["b=2 n=70", "b=3 n=1"] },
        Layer("retention", "[RetNet(3)]"),
        Layer("rwkv time mix", "[Rwkv6(HeadWidth = 12, MixRank = 3, DecayRank = 5)]"),
        Layer("rwkv 4 time mix", "[Rwkv4]"),
        Layer("rwkv channel mix", "[RwkvChannelMix]"),
        Layer("diagonal state spaces", "[S4D(StateWidth = 12)]"),
        Layer(
            "diagonal state spaces of later positions",
            "[S4D(StateWidth = 6, Spectrum = StateSpectrum.Inverse, Discretization = Discretization.Bilinear, "
                + "Bidirectional = true, Activation = Activation.Tanh, Mix = false)]"),
        Layer("hippo states", "[S4D(StateWidth = 8, Spectrum = StateSpectrum.LegS, MinStep = 0.01, MaxStep = 0.2)]"),
        Layer("structured state spaces", "[S4(StateWidth = 12)]"),
        Layer(
            "structured state spaces of later positions",
            "[S4(StateWidth = 6, MinStep = 0.01, MaxStep = 0.2, Bidirectional = true, "
                + "Activation = Activation.Tanh, Mix = false)]"),
        Layer("diagonal state spaces by convolution", "[S4D(StateWidth = 12, Form = StateSpaceForm.Convolution)]"),
        Layer(
            "diagonal state spaces of later positions by convolution",
            "[S4D(StateWidth = 6, Bidirectional = true, Mix = false, Form = StateSpaceForm.Convolution)]"),
        Layer("structured state spaces by convolution", "[S4(StateWidth = 12, Form = StateSpaceForm.Convolution)]"),
        Layer(
            "structured state spaces of later positions by convolution",
            "[S4(StateWidth = 6, Bidirectional = true, Mix = false, Form = StateSpaceForm.Convolution)]"),
        Layer("linear recurrent unit", "[Lru(12, MinRadius = 0.4, MaxRadius = 0.99, MaxPhase = 3)]"),
        new("memory step by step", """
            [Perceptron(2, Activation = Activation.Tanh)] private partial Tensor Notice(Tensor x);
            [Hippo(5, Measure = HippoMeasure.LegT, Window = 7)] private partial Tensor Remember(Tensor u, Tensor memory);
            public Tensor Forward([Shape("b", 3, 10)] Tensor x)
            {
                Tensor memory = 0f * Slice(Flatten(x), 1, 0, 10);
                for (int t = 0; t < 3; t++)
                {
                    memory = Remember(Notice(memory + Flatten(Slice(x, 1, t, 1))), memory);
                }
                return memory;
            }
            public Tensor Loss([Shape("b", 3, 10)] Tensor x) => Mean(Square(Forward(x)));
            """),
        Layer("scaled memory", "[Hippo(19)]"),
        Layer("memory of a window", "[Hippo(37, Measure = HippoMeasure.LegT, Window = 20)]"),
        Layer(
            "memory of frequencies",
            "[Hippo(4, Measure = HippoMeasure.FouT, Window = 12.5, Discretization = Discretization.ZeroOrderHold)]"),
        Layer("selective state spaces", "[Mamba]"),
        Layer(
            "selective state spaces of other widths",
            "[Mamba(StateWidth = 5, Kernel = 3, Expand = 1, StepRank = 4, MinStep = 0.01, MaxStep = 0.2, Bias = true)]"),
        Layer("retention without positions", "[RetNet(2, Width = 5, ValueWidth = 7, Rope = false, Bias = true)]"),
        Layer("gated delta rule", "[GatedDelta(3)]"),
        Layer(
            "gated delta rule of other widths",
            "[GatedDelta(2, Width = 5, ValueWidth = 7, MinStep = 0.01, MaxStep = 0.5, Bias = true, Epsilon = 0.001)]"),
        Decay("attention with decay of heads", 3, "DecayAttend(Q(x), K(x), V(x), -Softplus(D(x)), 3)"),
        Decay("attention with decay of keys", 12, "DecayAttend(Q(x), K(x), V(x), -Softplus(D(x)), 3, exclusive: true)"),
        Decay("attention with decay in two parts", 3, """
            DecayAttend(Q(x), K(x), V(x), -Softplus(D(x)), 3,
                state: DecayState(K(y), V(y), -Softplus(D(y)), 3, DecayState(K(x), V(x), -Softplus(D(x)), 3)))
            """),
        Decay("attention with decay of keys in two parts", 12, """
            DecayAttend(Q(x), K(x), V(x), -Softplus(D(x)), 3, true,
                DecayState(K(y), V(y), -Softplus(D(y)), 3, DecayState(K(x), V(x), -Softplus(D(x)), 3)))
            """),
    ];

    private static ChainCase Decay(string name, int decays, string forward) => new(name, $$"""
        [Perceptron(12)] private partial Tensor Q(Tensor x);
        [Perceptron(12)] private partial Tensor K(Tensor x);
        [Perceptron(21)] private partial Tensor V(Tensor x);
        [Perceptron({{decays}})] private partial Tensor D(Tensor x);
        public Tensor Forward([Shape("b", "n", 10)] Tensor x, [Shape("b", "m", 10)] Tensor y) => {{forward}};
        public Tensor Loss([Shape("b", "n", 10)] Tensor x, [Shape("b", "m", 10)] Tensor y) => Mean(Square(Forward(x, y)));
        """) { Runs = ["b=2 n=50 m=9", "b=1 n=1 m=2"] };

    private static ChainCase Layer(string name, string attribute) => new(name, $$"""
        {{attribute}} private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", "n", 24)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", "n", 24)] Tensor x) => Mean(Square(Forward(x)));
        """) { Runs = ["b=2 n=70", "b=1 n=2", "b=2 n=33"] };

    private static ChainCase Self(string name, string forward) => new(name, $$"""
        [Perceptron(24)] private partial Tensor Q(Tensor x);
        [Perceptron(24)] private partial Tensor K(Tensor x);
        [Perceptron(24)] private partial Tensor V(Tensor x);
        public Tensor Forward([Shape("b", "n", 24)] Tensor x) => {{forward}};
        public Tensor Loss([Shape("b", "n", 24)] Tensor x) => Mean(Square(Forward(x)));
        """) { Runs = ["b=2 n=70", "b=1 n=1", "b=3 n=130"] };
}
