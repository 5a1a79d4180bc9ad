using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Tests.Chain;
using Xunit;

namespace Dsl.Generator.Tests.Schedules;

/// <summary>Which buffers a product says that its body walks as the result is made: what tiles ask memory for ahead.</summary>
public sealed class BodyAheadTests
{
    [Theory]
    [InlineData(32, "B(Tanh(A(x))) + x", "x, forward")]
    [InlineData(32, "B(Tanh(A(x))) * A(x)", "a, forward")]
    [InlineData(32, "B(Tanh(A(x)))", "b")]
    [InlineData(8, "B(Tanh(A(x)))", "")]
    public void What_lies_as_the_result_is_said(int units, string forward, string expected)
    {
        var chain = ChainCase.Of(
            $"ahead: {forward} of {units}",
            $"[Perceptron(32)] private partial Tensor A(Tensor x); [Perceptron({units})] private partial Tensor B(Tensor x);",
            "\"b\", \"n\", 32", forward);
        PlannedKernel last = CompiledPlan.Make(CompiledCase.Of(chain).Lowered).Programs.Single(static p => p.Name == "Forward").Kernels
            .Last(static k => k.Skeleton == "Contract");
        string said = last.Shape.SingleOrDefault(static p => p.Key == "Beside").Value ?? "";
        string[] names = [.. last.Buffers.Where((_, slot) => said.Split(" | ").Contains($"1 << {slot}"))];
        Assert.Equal(expected, string.Join(", ", names));
    }
}
