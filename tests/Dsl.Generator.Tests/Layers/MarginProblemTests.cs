using System.Linq;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;
using Xunit;

namespace Dsl.Generator.Tests.Layers;

/// <summary>Mistakes in a margin softmax, and what its parameters are.</summary>
public sealed class MarginProblemTests
{
    [Theory]
    [InlineData("CosFace", "Scale", "0", "Scale|0|a positive number")]
    [InlineData("ArcFace", "Scale", "-1", "Scale|-1|a positive number")]
    [InlineData("ArcFace", "Angle", "1.6", "Angle|1.6|a number of radians from 0 to π/2")]
    [InlineData("CosFace", "Cosine", "2", "Cosine|2|a number from 0 to below 2")]
    [InlineData("ASoftmax", "Factor", "2.5", "Factor|2.5|a whole number from 1 to 5")]
    [InlineData("LSoftmax", "Factor", "6", "Factor|6|a whole number from 1 to 5")]
    [InlineData("Combined", "Factor", "-1", "Factor|-1|a positive number up to 5")]
    [InlineData("LSoftmax", "LambdaMin", "-1", "LambdaMin|-1|0 or a positive number")]
    [InlineData("ArcFace", "SubCenters", 64, "SubCenters|64|at most 63")]
    [InlineData("ArcFace", "SubCenters", 0, "SubCenters|0|a constant of at least 1")]
    [InlineData("Softmax", "Scale", "30", "Scale|30|left out: it means nothing to Margin.Softmax")]
    [InlineData("ASoftmax", "SubCenters", 3, "SubCenters|3|left out: it means nothing to Margin.ASoftmax")]
    [InlineData("CosFace", "Angle", "0.5", "Angle|0.5|left out: it means nothing to Margin.CosFace")]
    public void Arguments_out_of_range(string kind, string argument, object value, string expected) =>
        Expect($"DSL2006 Classify|{expected}", Model(10, ("Kind", kind), (argument, value)));

    [Theory]
    [InlineData("ArcFace", "0", "SampleRate|0|a number above 0 and up to 1")]
    [InlineData("ArcFace", "1.5", "SampleRate|1.5|a number above 0 and up to 1")]
    [InlineData("Softmax", "0.5", "SampleRate|0.5|left out, or Bias = false, since offsets of all classes learn")]
    public void Samples_of_classes(string kind, string rate, string expected) =>
        Expect($"DSL2006 Classify|{expected}", Model(10, ("Kind", kind), ("SampleRate", rate)));

    [Theory]
    [InlineData(10, 3, "3|a divisor of the 10 classes that leaves each rank two or more")]
    [InlineData(10, 10, "10|a divisor of the 10 classes that leaves each rank two or more")]
    [InlineData(10, 0, "0|a constant of at least 1")]
    public void Shards_of_classes(int classes, int shards, string expected) =>
        Expect($"DSL2006 Classify|Shards|{expected}", Model(classes, ("Shards", shards)));

    [Theory]
    [InlineData(600_000_000, 1, 1, "536870911 for each session with 4 features")]
    [InlineData(1_200_000_000, 2, 1, "536870911 for each session with 4 features")]
    [InlineData(200_000_000, 1, 3, "178956970 for each session with 4 features and 3 centres")]
    public void More_classes_than_a_session_holds(int classes, int shards, int centers, string most) => Expect(
        $"DSL2006 Classify|Classes|{classes}|at most {most}: shard them among ranks (Shards), or narrow the embeddings; logits are "
        + "tiles in any case, and SampleRate saves time, not rows",
        Model(classes, ("Shards", shards), ("SubCenters", centers)));

    [Fact]
    public void One_class() => Expect("DSL2006 Classify|Classes|1|a constant of at least 2", Model(1));

    [Fact]
    public void A_boundary_of_a_multiplied_angle() => Expect(
        "DSL2006 Classify|Boundary|Easy|None, since Factor is not 1",
        Model(10, ("Kind", "Combined"), ("Factor", "0.9"), ("Boundary", "Easy")));

    [Fact]
    public void Labels_that_are_not_one_per_embedding() => Expect(
        "DSL2001 Classify|a label for each embedding, 'b'|t|b, 2|give one label per embedding",
        new ModelSource().Layer("Classify", "MarginSoftmax", ("classes", 10))
            .Function("Loss", null, f => Call(f, f.Input("x", "b, 4"), f.Labels("t", "b, 2"))));

    private static ModelSource Model(int classes, params (string, object)[] arguments) => new ModelSource()
        .Layer("Classify", "MarginSoftmax", [("classes", classes), .. arguments])
        .Function("Loss", null, f => Call(f, f.Input("x", "b, 4"), f.Labels("t", "b")));

    private static int Call(FunctionSource f, int x, int labels) => f.Add(
        StepKind.Layer, "Classify", "", [new OperandSpec("x", x, ""), new OperandSpec("t", labels, "")]);

    private static void Expect(string expected, ModelSource model) => Assert.Equal(
        expected,
        Assert.Single(ModelLowering.Lower(model.Build()).Problems.Select(static p => $"{p.Id} {string.Join("|", p.Arguments)}")));
}
