using System.Linq;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;
using Xunit;

namespace Dsl.Generator.Tests.Layers;

/// <summary>Mistakes in losses of distances between embeddings.</summary>
public sealed class MetricProblemTests
{
    [Theory]
    [InlineData("b", "b", "", "DSL2001 Contrastive|embeddings '..., d'|a|b|pass a tensor with two axes or more")]
    [InlineData("b, 4", "b, 5", "b", "DSL2001 Contrastive|'b, 4'|b|b, 5|give all the same shape")]
    [InlineData("b, 4", "b, 4", "b, 1", "DSL2001 Contrastive|'b'|same|b, 1|give one number per pair")]
    public void Pairs_that_do_not_fit(string a, string b, string same, string expected) => Expect(
        expected,
        new ModelSource().Function("Forward", null, f => f.Call(
            "Contrastive", ("a", f.Input("a", a)), ("b", f.Input("b", b)), ("same", f.Input("same", same)))));

    [Theory]
    [InlineData("b, 5", "b, 4", "DSL2001 Triplet|'b, 4'|positive|b, 5|give all the same shape")]
    [InlineData("b, 4", "b, 5", "DSL2001 Triplet|'b, 4'|negative|b, 5|give all the same shape")]
    public void Triplets_that_do_not_fit(string positive, string negative, string expected) => Expect(
        expected,
        new ModelSource().Function("Forward", null, f => f.Call(
            "Triplet", ("anchor", f.Input("anchor", "b, 4")), ("positive", f.Input("positive", positive)),
            ("negative", f.Input("negative", negative)))));

    [Fact]
    public void A_margin_below_zero() => Expect(
        "DSL2006 Triplet|margin|-0.2|a constant of at least 0",
        new ModelSource().Function("Forward", null, f => f.Add(StepKind.Function, "Triplet", "", [
            new OperandSpec("anchor", f.Input("anchor", "b, 4"), ""),
            new OperandSpec("positive", f.Input("positive", "b, 4"), ""),
            new OperandSpec("negative", f.Input("negative", "b, 4"), ""),
            new OperandSpec("margin", -1, "-0.2")])));

    [Theory]
    [InlineData(0, "0.5", "DSL2006 Center|Classes|0|a constant of at least 1")]
    [InlineData(10, "-0.1", "DSL2006 Center|Alpha|-0.1|a number from 0 to 1")]
    [InlineData(10, "1.5", "DSL2006 Center|Alpha|1.5|a number from 0 to 1")]
    [InlineData(1_000_000_000, "0.5", "DSL2006 Center|Centers|1000000000x4|at most 2147483647 numbers")]
    public void Arguments_of_centers_out_of_range(int classes, string alpha, string expected) =>
        Expect(expected, Centers(classes, alpha, "b, 4", "b"));

    [Theory]
    [InlineData("b", "b", "DSL2001 Center|'…, d' with a constant d|x|b|give the layer embeddings of a constant width")]
    [InlineData("b, d", "b", "DSL2001 Center|'…, d' with a constant d|x|b, d|give the layer embeddings of a constant width")]
    [InlineData("b, 4", "b, 2", "DSL2001 Center|a label for each embedding, 'b'|t|b, 2|give one label per embedding")]
    public void Labels_that_are_not_one_per_embedding(string x, string labels, string expected) =>
        Expect(expected, Centers(10, "0.5", x, labels));

    private static ModelSource Centers(int classes, string alpha, string x, string labels) => new ModelSource()
        .Layer("Center", "CenterLoss", ("classes", classes), ("Alpha", alpha))
        .Function("Loss", null, f => f.Add(
            StepKind.Layer, "Center", "",
            [new OperandSpec("x", f.Input("x", x), ""), new OperandSpec("t", f.Labels("t", labels), "")]));

    private static void Expect(string expected, ModelSource model) => Assert.Equal(
        expected,
        Assert.Single(ModelLowering.Lower(model.Build()).Problems.Select(static p => $"{p.Id} {string.Join("|", p.Arguments)}")));
}
