extern alias runtime;
using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <content>Losses over classes with a margin. The files have a cotangent for logits, too, which are composed of primitives here; the
/// loss is the op's.</content>
public partial class GoldenTests
{
    public static TheoryData<string, double> PsiCases => new()
    {
        { "m1_lam0", 0 }, { "m2_lam0", 0 }, { "m2_lam5", 5 }, { "m3_lam0", 0 }, { "m3_lam5", 5 }, { "m4_lam0", 0 },
        { "m4_lam5", 5 },
    };

    [SkippableTheory]
    [MemberData(nameof(PsiCases))]
    public void ASoftmax(string name, double lambda) => Margin(
        "asoftmax_" + name, new MarginRule(MarginForm.Psi, true, null) { Factor = name[1] - '0', Lambda = lambda });

    [SkippableTheory]
    [MemberData(nameof(PsiCases))]
    public void LSoftmax(string name, double lambda) => Margin(
        "lsoftmax_" + name, new MarginRule(MarginForm.Psi, false, null) { Factor = name[1] - '0', Lambda = lambda });

    /// <summary>One part: the plain cosine, of A-Softmax the modified softmax, of L-Softmax the plain one.</summary>
    [SkippableTheory]
    [InlineData("asoftmax_m1_lam0", true)]
    [InlineData("lsoftmax_m1_lam0", false)]
    public void Without_margin(string name, bool rows) => Margin(name, new MarginRule(MarginForm.None, rows, null));

    [SkippableTheory]
    [InlineData("normface_s16", 16, 1, 0, 0)]
    [InlineData("amsoftmax_s30_m035", 30, 1, 0, 0.35)]
    [InlineData("cosface_s64_m040", 64, 1, 0, 0.4)]
    [InlineData("arcface_s64_m05", 64, 1, 0.5, 0)]
    [InlineData("arcface_s16_m03", 16, 1, 0.3, 0)]
    [InlineData("combined_1_03_02", 30, 1, 0.3, 0.2)]
    [InlineData("combined_09_04_015", 30, 0.9, 0.4, 0.15)]
    [InlineData("sphere_mult_135", 30, 1.35, 0, 0)]
    [InlineData("arcface_mono_s64_m05", 64, 1, 0.5, 0, MarginBoundary.Monotone)]
    [InlineData("arcface_easy_s64_m05", 64, 1, 0.5, 0, MarginBoundary.Easy)]
    [InlineData("amsoftmax_sharded", 30, 1, 0, 0.35)]
    public void CosineMargins(
        string name, double scale, double factor, double angle, double cosine, object? boundary = null)
    {
        MarginForm form = factor != 1 ? MarginForm.General : angle != 0 ? MarginForm.Angle
            : cosine != 0 ? MarginForm.Cosine : MarginForm.None;
        Margin(name, new MarginRule(form, true, scale)
        {
            Factor = factor, Angle = angle, Cosine = cosine, Boundary = (MarginBoundary)(boundary ?? MarginBoundary.None),
        });
    }

    [SkippableFact]
    public void ArcFace_straight_through() => Margin(
        "arcface_straight_through_s64_m05", new MarginRule(MarginForm.Angle, true, 64) { Angle = 0.5, StraightThrough = true });

    [SkippableFact]
    public void ArcFace_with_sub_centres() =>
        Margin("subcenter_arcface_K3", new MarginRule(MarginForm.Angle, true, 64) { Angle = 0.5 });

    /// <summary>The file's choice of classes is that of some draw.</summary>
    [SkippableFact]
    public void Partial_FC()
    {
        GoldenCase c = GoldenCase.Load("partial_fc_cosface");
        int[] wanted = Array.ConvertAll(c["aux.sel"].Data, static j => (int)j);
        int[] labels = Array.ConvertAll(c["aux.t"].Data, static j => (int)j);
        runtime::Dsl.RandomKey key = runtime::Dsl.RandomKey.Of(0, 0, 0);
        var chosen = new int[wanted.Length + labels.Length + 1];
        int site = Enumerable.Range(0, 100_000).First(site =>
        {
            ClassSample.Choose(
                labels, c["in.w"].Shape[0], wanted.Length, key.Word0, key.Word1, site, new uint[1], chosen);
            return chosen.AsSpan(1, chosen[0]).SequenceEqual(wanted);
        });
        Margin(
            "partial_fc_cosface",
            new MarginRule(MarginForm.Cosine, true, 64) { Cosine = 0.4, Chosen = wanted.Length, Site = site });
    }

    [SkippableFact]
    public void Lambda_schedule()
    {
        GoldenCase c = GoldenCase.Load("asoftmax_lambda_schedule");
        var annealing = new runtime::Dsl.MarginAnnealing(1000, 0.12, 1, 5);
        double[] steps = c["aux.iter"].Data;
        for (int i = 0; i < steps.Length; i++)
        {
            Assert.Equal(c["out.lambda"].Data[i], annealing.At(steps[i]), 1e-9);
        }
    }

    /// <summary>The table has θ in steps of a degree.</summary>
    [SkippableFact]
    public void Psi()
    {
        GoldenCase c = GoldenCase.Load("psi_table");
        double[] angles = c["aux.theta"].Data;
        double[] table = c["out.psi_m1_to_5"].Data;
        for (int m = 1; m <= 5; m++)
        {
            var rule = new MarginRule(MarginForm.Psi, true, null) { Factor = m };
            for (int i = 0; i < angles.Length; i++)
            {
                Assert.Equal(table[((m - 1) * angles.Length) + i], rule.Of(Math.Cos(angles[i]), 0).Value, 1e-9);
            }
        }
    }

    private static void Margin(string name, MarginRule rule)
    {
        GoldenCase c = GoldenCase.Load(name);
        var g = new Graph();
        (Node x, Node w) = (P(g, c, "x"), P(g, c, "w"));
        Node labels = g.Input("t", DType.Int, c.Dims("aux.t"));
        g.Output("loss", g.Mean(g.Add(new MarginLossOp(rule), x, w, labels), 0));
        if (c.Has("out.logits"))
        {
            g.Output("logits", MarginLogits.Of(g, rule, x, w, labels));
        }

        runtime::Dsl.RandomKey key = runtime::Dsl.RandomKey.Of(0, 0, 0);
        c.Check(GraphVerifier.Verify(g, "building"), kernels: true, (key.Word0, key.Word1));
    }
}
