using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Emitting;
using Dsl.Generator.Lowering;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dsl.Generator.Tests.Diagnostics;

/// <summary>The table of diagnostics, and what happens to those that are reported; the mistakes themselves are in the
/// corpus.</summary>
public class DiagnosticsTests
{
    private const string A = "[Perceptron(8)] private partial Tensor A(Tensor x);\n";
    private const string Forward = "public Tensor Forward([Shape(\"b\", 8)] Tensor x) => A(x);\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pragma_silences_a_warning(bool silenced)
    {
        string source = TestModels.Class(
            A + Forward + (silenced ? "#pragma warning disable DSL1010\n" : "") + "[Perceptron(8)] private partial Tensor Spare(Tensor x);");
        Programs.Driver().RunGeneratorsAndUpdateCompilation(Programs.Compilation(source), out _, out var reported);
        Assert.Equal(silenced ? [] : ["DSL1010"], reported.Where(static d => !d.IsSuppressed).Select(static d => d.Id));
    }

    /// <summary>Every message formats, with as many arguments as the stages pass.</summary>
    [Theory]
    [InlineData("DSL2001", 5)]
    [InlineData("DSL2002", 4)]
    [InlineData("DSL2003", 4)]
    [InlineData("DSL2004", 3)]
    [InlineData("DSL2005", 3)]
    [InlineData("DSL2006", 4)]
    [InlineData("DSL2007", 3)]
    [InlineData("DSL2008", 2)]
    [InlineData("DSL2009", 5)]
    [InlineData("DSL2010", 4)]
    [InlineData("DSL2011", 4)]
    [InlineData("DSL2012", 3)]
    [InlineData("DSL2013", 3)]
    [InlineData("DSL2014", 3)]
    [InlineData("DSL2015", 4)]
    [InlineData("DSL2016", 2)]
    [InlineData("DSL2017", 3)]
    [InlineData("DSL2201", 5)]
    [InlineData("DSL2202", 4)]
    [InlineData("DSL3001", 2)]
    [InlineData("DSL4001", 3)]
    [InlineData("DSL9001", 2)]
    public void Message_uses_all_arguments(string id, int arguments)
    {
        object[] values = [.. Enumerable.Range(0, arguments).Select(static i => $"<{i}>")];
        string message = Diagnostic.Create(Descriptors.Find(id)!, Location.None, values)
            .GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(values, v => Assert.Contains((string)v, message));
        Assert.DoesNotContain("{", message);
    }

    /// <summary>A project without unsafe code is told once, in the editor too, and gets no kernels that do not compile.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Project_without_unsafe_code(bool implementation)
    {
        CSharpCompilation allowed = Programs.Compilation(
            TestModels.Class(A + Forward), TestModels.Class(A + Forward).Replace("class M", "class Other"));
        Programs.Driver(implementation).RunGeneratorsAndUpdateCompilation(
            allowed.WithOptions(allowed.Options.WithAllowUnsafe(false)), out Compilation program, out var reported);
        Diagnostic diagnostic = Assert.Single(reported);
        Assert.Equal("DSL1018", diagnostic.Id);
        Assert.Equal("M", diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan));
        Programs.AssertCompiles(program);
    }

    /// <summary>A stage that throws becomes a diagnostic, and the surface is still there.</summary>
    [Fact]
    public void Failing_stage_is_a_diagnostic()
    {
        ReadModel read = ModelSource.Read(TestModels.DigitNet);
        FunctionSpec forward = read.Spec.Functions[0] with { Results = new EquatableArray<ResultSpec>([new ResultSpec("", 999)]) };
        LoweringStage stage = LoweringStage.Run(read with
        {
            Spec = read.Spec with { Functions = new EquatableArray<FunctionSpec>([forward]) },
        });
        Problem problem = Assert.Single(stage.Problems);
        Assert.Equal("DSL9001", problem.Id);
        Assert.Null(stage.Lowered);
        Assert.Contains("partial global::Dsl.Tensor Stem", FileStages.Surface(stage).Text);
    }

    /// <summary>Lowering reports ids of the table only.</summary>
    [Fact]
    public void Ids_of_lowering_are_in_the_table() => Assert.All(
        typeof(ProblemIds).GetFields().Select(static f => (string)f.GetRawConstantValue()!),
        static id => Assert.NotNull(Descriptors.Find(id)));

    [Fact]
    public void Every_diagnostic_has_a_page_and_a_release_line()
    {
        string root = Repository.Root;
        string releases = File.ReadAllText(Path.Combine(root, "Dsl.Generator", "AnalyzerReleases.Unshipped.md"));
        foreach (DiagnosticDescriptor descriptor in Descriptors.All)
        {
            string page = File.ReadAllText(Path.Combine(root, descriptor.HelpLinkUri));
            Assert.StartsWith($"# {descriptor.Id}: {descriptor.Title}", page);
            Assert.Contains("## Example", page);
            Assert.Contains("## Remedy", page);
            Assert.Contains($"{descriptor.Id} | {descriptor.Category} | {descriptor.DefaultSeverity}", releases);
        }

        Assert.Equal(Descriptors.All.Count, Directory.GetFiles(Path.Combine(root, "docs", "diagnostics"), "DSL*.md").Length);
    }
}
