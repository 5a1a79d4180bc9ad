using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Dsl.Generator.Emitting;
using Dsl.Generator.Tests.Chain;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Dsl.Generator.Tests.Schedules;

/// <summary>What the stages decide for minimal models, and the whole text of some files.</summary>
public sealed partial class SnapshotTests
{
    private static readonly string[] s_minimal =
    [
        "perceptron", "perceptron of rank 3", "conv 3x3", "conv groups 2", "conv stride 2 after conv", "max pool 2",
        "average pool 2", "flatten before perceptron", "reduce axes 0 of rank 2", "reduce axes 1 of rank 2", "global mean",
        "softmax", "log softmax", "cross-entropy", "mean squared error", "pointwise of an input only", "perceptron called twice",
        "batch norm", "batch norm between convolutions", "dropout between layers", "recomputed regions",

        "concat of a skip", "pixel shuffle", "digits",
    ];

    private static readonly string[] s_files =
    [
        "perceptron", "perceptron of two symbols", "conv 3x3", "conv depthwise", "conv stride 2 after conv",
        "max pool 3 stride 2 padding 1", "average pool 2", "softmax", "cross-entropy", "digits",
    ];

    public static TheoryData<string> Minimal => [.. s_minimal];

    public static TheoryData<string> Files => [.. s_files];

    public static TheoryData<string> Both => [.. s_minimal.Union(s_files)];

    [Theory]
    [MemberData(nameof(Minimal))]
    public void Stages(string name)
    {
        var text = new StringBuilder();
        foreach (var (stage, dump) in CompiledPlan.Make(CompiledCase.Of(name).Lowered).Stages)
        {
            text.Append($"== {stage}\n{dump.TrimEnd()}\n\n");
        }

        Snapshot.Match(text.ToString(), name.Replace(' ', '_'));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Generated_files(string name) => Snapshot.Match(
        string.Join("\n", CompiledCase.Of(name).Files.OrderBy(static f => f.HintName, System.StringComparer.Ordinal)
            .Select(static f => $"// ==== {f.HintName}\n{PackedStages().Replace(f.SourceText.ToString(), "…")}")),
        name.Replace(' ', '_'));

    /// <summary>What differs with the version of the compressor; the dumps have snapshots of their own.</summary>
    [GeneratedRegex(""""(?<=StageDumps Stages\(\) => new\(static \(\) =>\s+)"""[^"]*"""u8"""")]
    private static partial Regex PackedStages();

    /// <summary>As an editor compiles it: the surface alone. With kernels every case is compiled anyway.</summary>
    [Theory]
    [MemberData(nameof(Both))]
    public void Surface_compiles_alone(string name)
    {
        Programs.Driver(implementation: false).RunGeneratorsAndUpdateCompilation(
            Programs.CompilationWith(Programs.RealRuntime, ChainCases.Find(name).Sources), out Compilation program, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.DoesNotContain(program.SyntaxTrees, static t => t.FilePath.Contains(".Kernels.", System.StringComparison.Ordinal));
        Programs.AssertCompiles(program);
    }
}
