using System.Linq;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dsl.Generator.Tests.Replay;

/// <summary>What is right is not reported.</summary>
public class FalseAlarmTests
{
    /// <summary>Both projects as a build compiles them, kernels included. Packages of the samples are missing here,
    /// which the generator does not mind.</summary>
    [Fact]
    public void Models_and_samples_have_no_diagnostics()
    {
        string[] sources = [.. ModelSources.Of("Models").Concat(ModelSources.Of("Samples")).Select(ModelSources.Read)];
        CSharpCompilation program = Programs.CompilationWith(Programs.RealRuntime, sources);
        GeneratorRunResult result = Programs.Driver().RunGenerators(program).GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Assert.Empty(result.Diagnostics.Where(static d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.Equal(
            sources.Sum(static s => s.Split("\n[Model").Length - 1),
            result.GeneratedSources.Count(static s =>
                s.HintName.EndsWith(".Kernels.g.cs", System.StringComparison.Ordinal)));
    }
}
