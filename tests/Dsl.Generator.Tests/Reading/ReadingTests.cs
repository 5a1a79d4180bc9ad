using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Reading;

public class ReadingTests
{
    public static TheoryData<string> Models => TestModels.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Spec_matches_snapshot(string model) => Snapshot.Match(SpecText.Print(ModelSource.Of(TestModels.Source(model))), model);

    [Theory]
    [MemberData(nameof(Models))]
    public void Spec_survives_its_text(string model)
    {
        ModelSpec spec = ModelSource.Of(TestModels.Source(model));
        string text = SpecText.Print(spec);
        Assert.Equal(spec, SpecReader.ParseModel(text));
        Assert.Equal(text, SpecText.Print(SpecReader.ParseModel(text)));
        foreach (PointwiseSpec pointwise in spec.Pointwise)
        {
            Assert.Equal(pointwise, SpecReader.ParsePointwise(SpecText.Print(pointwise)));
            Assert.Equal(pointwise.Body, SpecReader.ParseExpression(SpecText.Print(pointwise.Body)));
        }
    }

    [Fact]
    public void Text_of_another_version_is_refused()
    {
        string text = SpecText.Print(ModelSource.Of(TestModels.DigitNet)).Replace("spec 1", "spec 2");
        var refused = Assert.Throws<System.FormatException>(() => SpecReader.ParseModel(text));
        Assert.Contains("version 2", refused.Message);
    }

    [Fact]
    public void Strings_survive_quotes_backslashes_and_lines()
    {
        ModelSpec spec = ModelSource.Of(TestModels.DigitNet) with { Example = "a \"b\" \\ n\nc" };
        Assert.Equal(spec, SpecReader.ParseModel(SpecText.Print(spec)));
    }

    [Fact]
    public void A_composite_of_another_assembly_reads_as_if_it_were_here()
    {
        ModelSpec there = ModelSource.Of(TestModels.Class("""
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => Map(Mish, A(x));
            """));
        ModelSpec here = ModelSource.Of(TestModels.Class("""
            [Perceptron(4)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", 4)] Tensor x) => Map(Mish, A(x));
            [Pointwise] private static float Mish(float x) => x * Tanh(Softplus(x));
            """));
        Assert.Equal("(mul x (tanh (softplus x)))", SpecText.Print(there.Pointwise.Single().Body));
        Assert.Equal(here, there);
    }
}
