using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dsl.Generator.Tests.Incremental;

/// <summary>Why each step ran after an edit: what makes typing in a large project cheap.</summary>
public class IncrementalTests
{
    private const IncrementalStepRunReason Cached = IncrementalStepRunReason.Cached;
    private const IncrementalStepRunReason Unchanged = IncrementalStepRunReason.Unchanged;
    private const IncrementalStepRunReason Modified = IncrementalStepRunReason.Modified;
    private const IncrementalStepRunReason New = IncrementalStepRunReason.New;

    private const string Other = "namespace Demo; internal sealed class Other { public int Value => 1; }";

    private const string Block = """
        namespace Demo;
        [Block] public sealed partial class Skip(int width)
        {
            [Perceptron("2*width")] private partial Tensor A(Tensor x);
            [Perceptron("width")] private partial Tensor B(Tensor x);
            public Tensor Forward(Tensor x) => x + B(A(x));
        }
        """;

    private static string User { get; } = TestModels.Class("""
        [Use<Skip>(4)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 4)] Tensor x) => A(x);
        """);

    private static readonly string s_model = TestModels.Class("""
        [Perceptron(8)] private partial Tensor A(Tensor x);
        public Tensor Forward([Shape("b", 4)] Tensor x)
        {
            var y = A(x);
            return y + 1;
        }
        """);

    [Fact]
    public void First_run() => AssertReasons(Run(null), read: New, spec: New, rest: New, sites: New);

    [Fact]
    public void No_edit() => AssertReasons(Run(static s => s), read: Cached, spec: Cached, rest: Cached, sites: Cached);

    /// <summary>The tree is another one, so the locations are; nothing else is.</summary>
    [Fact]
    public void Comment() => AssertReasons(
        Run(static s => s.Replace("return y", "/* the sum */ return y")),
        read: Modified, spec: Unchanged, rest: Cached, sites: Modified);

    [Fact]
    public void Blank_line_above_the_class() => AssertReasons(
        Run(static s => s.Replace("[Model]", "\n[Model]")),
        read: Modified, spec: Unchanged, rest: Cached, sites: Modified);

    /// <summary>Locals name values in dumps and kernels; the surface does not show them.</summary>
    [Fact]
    public void Renamed_local()
    {
        var reasons = Run(static s => s.Replace("var y", "var hidden").Replace("return y", "return hidden"));
        AssertReasons(reasons, read: Modified, spec: Modified, rest: null, sites: Modified);
        Assert.Equal(Modified, reasons[Steps.Lowered]);
        Assert.Equal(Unchanged, reasons[Steps.Surface]);
    }

    [Fact]
    public void Changed_size()
    {
        var reasons = Run(static s => s.Replace("[Perceptron(8)]", "[Perceptron(16)]"));
        AssertReasons(reasons, read: Modified, spec: Modified, rest: null, sites: Modified);
        Assert.Equal(Modified, reasons[Steps.Lowered]);
    }

    [Fact]
    public void Unrelated_class() => AssertReasons(
        Run(static s => s, static s => s.Replace("=> 1", "=> 2")),
        read: Cached, spec: Cached, rest: Cached, sites: Cached);

    /// <summary>The block is in another file than the model that uses it.</summary>
    [Fact]
    public void Changed_block_runs_its_models_again()
    {
        var reasons = RunWithBlock(static s => s.Replace("2*width", "3*width"));
        AssertReasons(reasons, read: Modified, spec: Modified, rest: null, sites: Modified);
        Assert.Equal(Modified, reasons[Steps.Lowered]);
        Assert.Equal(Modified, reasons[Steps.Surface]);
    }

    [Fact]
    public void Comment_in_a_block() => AssertReasons(
        RunWithBlock(static s => s.Replace("=> x", "/* skip */ => x")),
        read: Modified, spec: Unchanged, rest: Cached, sites: Modified);

    [Fact]
    public void Class_beside_a_block() => AssertReasons(
        RunWithBlock(static s => s, static s => s.Replace("=> 1", "=> 2")),
        read: Cached, spec: Cached, rest: Cached, sites: Cached);

    /// <summary>The outputs themselves: an edit that ends at the spec writes no file again.</summary>
    [Fact]
    public void Comment_writes_no_file_again()
    {
        GeneratorRunResult result = Edit(static s => s.Replace("return y", "/* the sum */ return y"), static s => s);
        var surfaces = result.TrackedOutputSteps.SelectMany(static s => s.Value)
            .Where(static s => s.Inputs.Any(static i => i.Source.Name == Steps.Surface));
        Assert.All(surfaces.SelectMany(static s => s.Outputs), static o => Assert.Equal(Cached, o.Reason));
    }

    private static void AssertReasons(
        Dictionary<string, IncrementalStepRunReason> reasons,
        IncrementalStepRunReason read,
        IncrementalStepRunReason spec,
        IncrementalStepRunReason? rest,
        IncrementalStepRunReason sites)
    {
        Assert.Equal((Steps.Read, read), (Steps.Read, reasons[Steps.Read]));
        Assert.Equal((Steps.Spec, spec), (Steps.Spec, reasons[Steps.Spec]));
        Assert.Equal((Steps.Sites, sites), (Steps.Sites, reasons[Steps.Sites]));
        foreach (string step in new[] { Steps.Lowered, Steps.Surface, Steps.Kernels, Steps.Problems })
        {
            if (rest is { } expected)
            {
                Assert.Equal((step, expected), (step, reasons[step]));
            }
        }
    }

    private static Dictionary<string, IncrementalStepRunReason> Run(
        Func<string, string>? editModel, Func<string, string>? editOther = null) =>
        Reasons(Edit(editModel, editOther ?? (static s => s)));

    private static Dictionary<string, IncrementalStepRunReason> RunWithBlock(
        Func<string, string> editBlock, Func<string, string>? editOther = null)
    {
        CSharpCompilation compilation = Programs.Compilation(Block, Other, User);
        GeneratorDriver driver = Programs.Driver().RunGenerators(compilation).RunGenerators(
            Replace(Replace(compilation, "File0.cs", editBlock(Block)), "File1.cs", (editOther ?? (static s => s))(Other)));
        return Reasons(driver.GetRunResult().Results.Single());
    }

    private static Dictionary<string, IncrementalStepRunReason> Reasons(GeneratorRunResult result) => result.TrackedSteps
        .Where(static s => typeof(Steps).GetFields().Any(f => Equals(f.GetRawConstantValue(), s.Key)))
        .ToDictionary(static s => s.Key, static s => s.Value.Single().Outputs.Single().Reason);

    private static GeneratorRunResult Edit(Func<string, string>? editModel, Func<string, string> editOther)
    {
        CSharpCompilation compilation = Programs.Compilation(s_model, Other);
        GeneratorDriver driver = Programs.Driver().RunGenerators(compilation);
        if (editModel is not null)
        {
            driver = driver.RunGenerators(
                Replace(Replace(compilation, "File0.cs", editModel(s_model)), "File1.cs", editOther(Other)));
        }

        return driver.GetRunResult().Results.Single();
    }

    /// <summary>An unchanged file keeps its tree, as in an editor.</summary>
    private static CSharpCompilation Replace(CSharpCompilation compilation, string path, string text)
    {
        SyntaxTree old = compilation.SyntaxTrees.Single(t => t.FilePath == path);
        return old.ToString() == text ? compilation : compilation.ReplaceSyntaxTree(old, Programs.Tree(text, path));
    }
}
