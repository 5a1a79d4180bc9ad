extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Tests.Chain.Cases;
using Dsl.Generator.Tests.Harness;
using Dsl.Tests;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Layers position by position, as compiled, against the same layers at once.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class StepChainTests : IClassFixture<OpenGpu>
{
    private const int Width = 24, Sequences = 2, Positions = 150;

    public static IEnumerable<object[]> Layers =>
        from layer in new[]
        {
            "Attention(4, KeyHeads = 2, Causal = true, Rope = true, NormalizeKeys = true)",
            "Attention(2, Causal = true, Window = 20)",
            "Attention(2, Causal = true, Window = 1)",
            "Attention(2, Causal = true, Window = 400)",
            "Attention(4, KeyHeads = 2, Causal = true, Window = 70, Rope = true)",
            "Attention(2, Causal = true, Buckets = 8, MaxDistance = 20)",
            "Attention(2, Causal = true, Window = 20, Buckets = 8, MaxDistance = 15)",
            "Attention(2, Causal = true, Window = 1, Buckets = 8, MaxDistance = 15)",
            "Attention(2, Causal = true, Window = 170, Buckets = 8, MaxDistance = 100, Rope = true)",
            "SparseAttention(2, 8)",
            "SparseAttention(2, 70, Width = 7)",
            "SparseAttention(3, 9, Pattern = AttentionPattern.Fixed, Summary = 2, Bias = true)",
            "SparseAttention(2, 40, Pattern = AttentionPattern.Fixed, Summary = 40)",
            "LinearAttention(3, Causal = true)",
            "LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Identity)",
            "Gau(KeyWidth = 16, Causal = true, Context = 32)",
            "Flash(KeyWidth = 16, Chunk = 24, Causal = true)",
            "RetNet(3)",
            "RetNet(2, Width = 5, ValueWidth = 7, Rope = false, Bias = true)",
            "GatedDelta(3)",
            "GatedDelta(2, Width = 5, ValueWidth = 7, Bias = true)",
            "Rwkv6(HeadWidth = 8, MixRank = 3, DecayRank = 5)",
            "RwkvChannelMix",
            "Rwkv4",
            "S4D(StateWidth = 12)",
            "S4(StateWidth = 12)",
            "S4D(StateWidth = 12, Form = StateSpaceForm.Convolution)",
            "S4(StateWidth = 12, Form = StateSpaceForm.Convolution)",
            "Lru(10, MinRadius = 0.5, MaxRadius = 0.99)",
            "Mamba(StateWidth = 5)",
            "Hippo(11)",
            "Hippo(8, Measure = HippoMeasure.LagT, Window = 10)",
        }
        select new object[] { layer };

    public static IEnumerable<object[]> Segmented =>
        from layer in new[]
        {
            "Attention(2, Causal = true)",
            "Attention(4, KeyHeads = 2, Causal = true, Rope = true, Buckets = 8, MaxDistance = 20)",
            "Attention(2, Causal = true, Window = 20)",
            "Attention(2, Causal = true, Window = 20, Buckets = 8, MaxDistance = 15)",
            "SparseAttention(2, 8)",
            "SparseAttention(3, 9, Pattern = AttentionPattern.Fixed, Summary = 2, Bias = true)",
            "LinearAttention(3, Causal = true)",
            "LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Taylor)",
            "Performer(2, Causal = true)",
            "Gau(KeyWidth = 16, Causal = true, Context = 32)",
            "RetNet(3)",
            "GatedDelta(3)",
            "Rwkv6(HeadWidth = 8)",
            "Rwkv4",
            "S4D(StateWidth = 12)",
            "S4(StateWidth = 12)",
            "Lru(10, MinRadius = 0.5, MaxRadius = 0.99)",
            "Mamba(StateWidth = 5)",
            "Hippo(11)",
            "Hippo(8, Measure = HippoMeasure.LagT, Window = 10)",
        }
        select new object[] { layer };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Steps_agree_with_all_positions_at_once(string layer) => Agree(Of(layer, segments: false), Device.Host(2));

    [Theory]
    [MemberData(nameof(Segmented))]
    public void Steps_agree_in_segments(string layer) => Agree(Of(layer, segments: true), Device.Host(2));

    [Fact]
    public void A_function_with_chunks_a_window_and_segments_agrees() => Agree(
        Case("steps in chunks and a window", """
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments)
                => Attend(Q(x), x, x, 2, causal: true, window: 9, chunk: 20, segments: segments);
            """), Device.Host(1));

    [Fact]
    public void Linear_scans_agree() => Agree(
        Case("steps of linear scans", """
            [Perceptron(24)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x)
                => LinearScan(Sigmoid(Q(x)), x) + ComplexLinearScan(Tanh(Q(x)) * 0.7f, x);
            """), Device.Host(1));

    [Fact]
    public void Shifted_features_of_an_input_agree() => Agree(Shift, Device.Host(2));

    [SkippableFact]
    public void Shifted_features_of_an_input_agree_on_a_GPU()
    {
        TestGpu.Require();
        Agree(Shift, TestGpu.Device, 20);
    }

    [Fact]
    public void What_remembers_nothing_and_has_an_input_too_many_agrees() => Agree(
        Case("steps without memory", """
            [Perceptron(9)] private partial Tensor Q(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments) => Q(x);
            """), Device.Host(1));

    [Theory]
    [InlineData(DeltaCases.Plain, false)]
    [InlineData(DeltaCases.Decays, false)]
    [InlineData(DeltaCases.Decays, true)]
    public void Delta_rules_agree(string call, bool segments) => Agree(Delta(call, segments), Device.Host(2));

    [SkippableFact]
    public void Delta_rules_agree_on_a_GPU()
    {
        TestGpu.Require();
        Agree(Delta(DeltaCases.Decays, segments: true), TestGpu.Device, 50);
    }

    [Fact]
    public void A_step_returns_all_that_forward_returns()
    {
        ChainCase @case = Case("steps of two results", """
            [Attention(2, Causal = true)] private partial Tensor A(Tensor x);
            public (Tensor Mixed, Tensor Doubled) Forward([Shape("b", "n", 24)] Tensor x) => (A(x), x + x);
            """);
        CompiledCase compiled = CompiledCase.Of(@case);
        string surface = string.Concat(compiled.Files.Select(static f => f.SourceText.ToString()));
        const string Spans = "global::System.Span<float> mixed, global::System.Span<float> doubled";
        Assert.Contains(
            $"public void Step(global::System.ReadOnlySpan<float> x, {Spans})", surface, StringComparison.Ordinal);
        Assert.Contains("// the arena is that of b=1, n=1\n", surface, StringComparison.Ordinal);
        Agree(@case, Device.Host(1));
        using ModelSession session = Session(compiled, Device.Host(1), 3);
        float[] x = [.. Enumerable.Range(0, Sequences * Width).Select(static i => (float)i)];
        session.Begin(EntryPoint.Step, ("b", Sequences));
        session.Write(0, x);
        session.Run();
        float[] doubled = new float[x.Length];
        session.Read(1, doubled);
        Assert.Equal(x.Select(static v => 2 * v), doubled);
        var error = Assert.Throws<ArgumentException>(() => compiled.NewModel().NewSession(
            new SessionOptions { Sizes = new runtime::Dsl.Sizes { ["seen"] = 2 } }));
        Assert.Contains("no symbolic size 'seen'; it has: b, n", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("Attention(2, Causal = true, Window = 20, Buckets = 8, MaxDistance = 15)", true)]
    [InlineData("SparseAttention(3, 9, Pattern = AttentionPattern.Fixed, Summary = 2, Bias = true)", false)]
    [InlineData("SparseAttention(2, 8)", false)]
    public void A_GPU_agrees(string layer, bool segments)
    {
        TestGpu.Require();
        Agree(Of(layer, segments), TestGpu.Device, 50);
    }

    [Fact]
    public void A_window_is_remembered_in_constant_space()
    {
        CompiledCase compiled = CompiledCase.Of(Of("Attention(2, Causal = true, Window = 20)", segments: true));
        using ModelSession few = Session(compiled, Device.Host(1), 8);
        using ModelSession many = Session(compiled, Device.Host(1), 5000);

        // Keys, values and the numbers of the segments; buffers begin at multiples of 64 elements.
        Assert.InRange(few.KeptBytes, ((2 * Width) + 1) * 20 * Sequences * sizeof(float), 8500);
        Assert.Equal(few.KeptBytes, many.KeptBytes);
    }

    private static ChainCase Of(string layer, bool segments) => Case($"steps of {layer}{(segments ? " in segments" : "")}", segments
        ? $$"""
            [{{layer}}] private partial Tensor A(Tensor x, IntTensor segments);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", "n")] IntTensor segments) => A(x, segments);
            """
        : $$"""
            [{{layer}}] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "n", 24)] Tensor x) => A(x);
            """);

    private static ChainCase Shift => Case("steps of shifted features", """
        public Tensor Forward([Shape("b", "n", 24)] Tensor x) => TokenShift(x, 9);
        """);

    private static ChainCase Delta(string call, bool segments) => Case($"steps of {call}{(segments ? " in segments" : "")}", $$"""
        {{(call == DeltaCases.Plain ? DeltaCases.PlainLayers : DeltaCases.Layers)}}
        public Tensor Forward([Shape("b", "n", 24)] Tensor x{{(segments ? ", [Shape(\"b\", \"n\")] IntTensor segments" : "")}})
            => {{call}}{{(segments ? ", segments: segments" : "")}});
        """);

    private static ChainCase Case(string name, string body) => new(name, body)
    {
        Sources = [TestModels.Class(body).Replace("[Model]", "[Model(Steps = \"n\")]", StringComparison.Ordinal)],
    };

    private static ModelSession Session(CompiledCase compiled, Device on, int positions) =>
        StepAgreement.Session(compiled, on, Sequences, positions);

    private static void Agree(ChainCase @case, Device on, int positions = Positions) =>
        Assert.True(StepAgreement.Check(CompiledCase.Of(@case), on, Sequences, positions, 1e-5f) > 0);
}
