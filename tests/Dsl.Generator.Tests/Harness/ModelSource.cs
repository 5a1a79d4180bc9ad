using System.Linq;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Harness;

/// <summary>Reads programs that have one model.</summary>
internal static class ModelSource
{
    /// <summary>The spec of the program's only model; the test fails when the reader complains.</summary>
    public static ModelSpec Of(params string[] sources)
    {
        ReadModel read = Read(sources);
        Assert.True(read.IsComplete);
        return read.Spec;
    }

    /// <summary>The only model as read, complete or not.</summary>
    public static ReadModel Read(params string[] sources)
    {
        GeneratorRunResult result = Programs.Generate(sources).Result;
        Assert.DoesNotContain(result.Diagnostics, static d => d.Id == "DSL9001");
        return (ReadModel)result.TrackedSteps[Steps.Spec].Single().Outputs.Single().Value;
    }
}
