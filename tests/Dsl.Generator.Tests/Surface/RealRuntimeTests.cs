using System.Linq;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dsl.Generator.Tests.Surface;

/// <summary>The surface against the real Dsl.Runtime: the stubs of the other tests declare no more and no less than it has.</summary>
public class RealRuntimeTests
{
    [SkippableTheory]
    [InlineData("DigitNet")]
    [InlineData("Locals")]
    [InlineData("Tuples")]
    [InlineData("Loops")]
    [InlineData("Inlined")]
    [InlineData("TensorForms")]
    [InlineData("OwnName")]
    [InlineData("LossOnly")]
    public void Generated_program_compiles(string model)
    {
        CSharpCompilation compilation = Programs.CompilationWith(Programs.RealRuntime, TestModels.Source(model));
        Skip.If(compilation.GetTypeByMetadataName("Dsl.Optimizer") is null, "Dsl.Runtime has no surface in this build.");
        GeneratorDriver driver = Programs.Driver(implementation: false)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation program, out _);
        Assert.Empty(driver.GetRunResult().Results.Single().Diagnostics);
        Programs.AssertCompiles(program);
    }
}
