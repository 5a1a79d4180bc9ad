using System.Collections.Generic;
using System.Linq;

namespace Dsl.Generator.Tests.Chain.Cases;

/// <summary>Padded batches of sequences that have lengths of their own.</summary>
internal static class LengthCases
{
    /// <summary>What makes the sequences of <see cref="Case"/> padded; without it they are whole.</summary>
    public const string Attribute = ", Lengths(\"n\")";

    private const string Pooled = "[Perceptron(24, Activation = Activation.Tanh)] private partial Tensor P(Tensor x);";

    public static IEnumerable<ChainCase> All => Alone.Append(Case("batch norm", """
        [BatchNorm] private partial Tensor N(Tensor x);
        """, "Transpose(N(Transpose(x, 0, 2, 1)), 0, 2, 1)"));

    /// <summary>Cases whose sequences have nothing in common.</summary>
    public static IEnumerable<ChainCase> Alone =>
    [
        Layer("attention", "[Attention(2)]"),
        Layer("attention with relative bias", "[Attention(2, Window = 12, Buckets = 8, MaxDistance = 20)]"),
        Layer("causal attention", "[Attention(2, Causal = true, Rope = true)]"),
        Layer("attention in a pattern", "[SparseAttention(2, 8, Causal = false)]"),
        Layer("linear attention", "[LinearAttention(3)]"),
        Layer("causal linear attention", "[LinearAttention(3, Causal = true)]"),
        Layer("efficient attention", "[LinearAttention(2, FeatureMap = FeatureMap.Efficient)]"),
        Layer("taylor attention", "[LinearAttention(2, FeatureMap = FeatureMap.Taylor)]"),
        Layer("performer", "[Performer(3, Features = 10)]"),
        Layer("causal performer", "[Performer(2, Causal = true)]"),
        Layer("performer without epsilon", "[Performer(2, Epsilon = 0)]"),
        Layer("linformer", "[Linformer(3, 70, Rank = 9)]"),
        Layer("reformer", "[Reformer(2, BucketSize = 8, Buckets = 6, Causal = false)]"),
        Layer("causal reformer", "[Reformer(3, BucketSize = 16, Rounds = 3, Buckets = 4, Rope = true)]"),
        Layer("reformer without duplicates", "[Reformer(2, BucketSize = 8, Buckets = 4, AllowDuplicates = false)]"),
        Layer("reformer of one round", "[Reformer(2, BucketSize = 13, Rounds = 1, Causal = false)]"),
        Layer("gau", "[Gau(KeyWidth = 16)]"),
        Layer("gau with softmax plus", "[Gau(KeyWidth = 16, Score = GauScore.SoftmaxPlus)]"),
        Layer("scaled gau", "[Gau(KeyWidth = 16, Score = GauScore.ReluSquaredScaled)]"),
        Layer("flash", "[Flash(KeyWidth = 16, Chunk = 24)]"),
        Layer("causal flash", "[Flash(KeyWidth = 16, Chunk = 24, Causal = true)]"),
        Layer("retention", "[RetNet(3)]"),
        Layer("gated delta rule", "[GatedDelta(3)]"),
        Layer("rwkv 4", "[Rwkv4]"),
        Layer("rwkv 6", "[Rwkv6(HeadWidth = 8)]"),
        Layer("diagonal state spaces", "[S4D(StateWidth = 8, Bidirectional = true)]"),
        Layer("structured state spaces", "[S4(StateWidth = 8)]"),
        Layer("structured state spaces of later positions", "[S4(StateWidth = 8, Bidirectional = true)]"),
        Layer("diagonal state spaces by convolution", "[S4D(StateWidth = 8, Form = StateSpaceForm.Convolution)]"),
        Layer(
            "structured state spaces by convolution",
            "[S4(StateWidth = 8, Bidirectional = true, Form = StateSpaceForm.Convolution)]"),
        Layer("linear recurrent unit", "[Lru(10)]"),
        Layer("scaled memory", "[Hippo(5)]"),
        Layer("selective state spaces", "[Mamba(StateWidth = 5)]"),
        Case("mean", Pooled, "Mean(P(x), 1)"),
        Case("max", Pooled, "Max(P(x), 1)"),
        Case("variance", Pooled, "Variance(P(x), 1)"),
        Case("softmax", Pooled, "Softmax(P(x), 1)"),
        Case("logsumexp", Pooled, "LogSumExp(P(x), 1)"),
        Case("last position", Pooled, "Slice(P(x), 1, -1, 1)"),
        Case("sum to the end", Pooled, "CumSum(P(x), 1, reverse: true)"),
        Case("linear scan", Pooled, "LinearScan(Sigmoid(P(x)), P(x))"),
        Case("delta rule", DeltaCases.PlainLayers, DeltaCases.Plain + ")"),
        Case("delta rule that decays", DeltaCases.Layers, DeltaCases.Decays + ")"),
        Case("token shift", Pooled, "TokenShift(P(x))"),
        Case("layer norm", "[LayerNorm] private partial Tensor N(Tensor x);", "N(x)"),
        new("lengths of strided convolutions", """
            [Conv(5, 3, Stride = 2, Padding = 1, Activation = Activation.Relu)] private partial Tensor A(Tensor x);
            [Conv(4, 3, Padding = 1)] private partial Tensor B(Tensor x);
            public Tensor Forward([Shape("b", 1, "n", 8)] Tensor x, [Shape("b"), Lengths("n")] IntTensor lengths)
                => Mean(B(A(x)), 2, 3);
            public Tensor Loss([Shape("b", 1, "n", 8)] Tensor x, [Shape("b"), Lengths("n")] IntTensor lengths)
                => Mean(Square(Forward(x, lengths)));
            """) { Runs = ["b=4 n=37", "b=1 n=3"] },
        new("lengths of labels", """
            [Embedding(7, 12)] private partial Tensor E(IntTensor x);
            [LinearAttention(2)] private partial Tensor A(Tensor x);
            [Perceptron(7)] private partial Tensor H(Tensor x);
            public Tensor Forward([Shape("b", "n")] IntTensor tokens, [Shape("b"), Lengths("n")] IntTensor lengths)
                => H(A(E(tokens)));
            public Tensor Loss([Shape("b", "n")] IntTensor tokens, [Shape("b"), Lengths("n")] IntTensor lengths)
                => CrossEntropy(Forward(tokens, lengths), tokens);
            """) { Runs = ["b=4 n=37", "b=1 n=2"] },
    ];

    private static ChainCase Layer(string name, string attribute) =>
        Case(name, $"{attribute} private partial Tensor A(Tensor x);", "A(x)");

    private static ChainCase Case(string name, string layers, string forward) => new("lengths of " + name, $$"""
        {{layers}}
        public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b"){{Attribute}}] IntTensor lengths) => {{forward}};
        public Tensor Loss([Shape("b", "n", 24)] Tensor x, [Shape("b"){{Attribute}}] IntTensor lengths)
            => Mean(Square(Forward(x, lengths)));
        """) { Runs = ["b=4 n=70", "b=1 n=2"] };
}
