extern alias runtime;
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using System.Threading;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using IModel = runtime::Dsl.IModel;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A case's program: generated, compiled against the runtime, loaded; and the graphs it was lowered to.</summary>
internal sealed class CompiledCase
{
    private static readonly ConcurrentDictionary<string, Lazy<CompiledCase>> s_cases = new();
    private static readonly ConcurrentDictionary<string, Lazy<LoweredModel>> s_lowered = new();

    private readonly byte[] _image;
    private readonly Lazy<System.Reflection.Assembly> _assembly;

    private CompiledCase(ChainCase chain, Build build)
    {
        Case = chain;
        Files = build.Files;
        _image = build.Image;
        _assembly = build.Assembly;
        Lowered = build.Lowered.Single(l => l.Spec.Namespace + "." + l.Spec.Name == chain.Model || build.Lowered.Count == 1);
    }

    /// <summary>A program: what the generator made of it, and what the compiler did.</summary>
    private sealed record Build(
        ImmutableArray<GeneratedSourceResult> Files, List<LoweredModel> Lowered, byte[] Image, Lazy<System.Reflection.Assembly> Assembly);

    private static Build Compile(string name, string[] sources)
    {
        CSharpCompilation compilation = Programs.CompilationWith(Programs.RealRuntime, sources);
        compilation = compilation.WithOptions(
            compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        GeneratorDriver driver = Programs.Driver()
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation program, out _);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.True(result.Exception is null, result.Exception?.ToString());
        string complaints = string.Join(
            "\n", result.Diagnostics.Where(static d => d.Severity > DiagnosticSeverity.Info && !d.IsSuppressed));
        Assert.True(complaints.Length == 0, $"{name}: {complaints}\n{string.Join("\n", sources)}");
        Programs.AssertCompiles(program);
        using var stream = new MemoryStream();
        var emitted = program.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        byte[] image = stream.ToArray();
        var lowered = result.TrackedSteps[Steps.Lowered].SelectMany(static s => s.Outputs)
            .Select(static o => ((LoweringStage)o.Value).Lowered!).ToList();
        return new Build(result.GeneratedSources, lowered, image, new Lazy<System.Reflection.Assembly>(() =>
            new AssemblyLoadContext(name, isCollectible: true).LoadFromStream(new MemoryStream(image))));
    }

    public ChainCase Case { get; }

    /// <summary>The oracle's graphs.</summary>
    public LoweredModel Lowered { get; }

    /// <summary>What the generator wrote.</summary>
    public ImmutableArray<GeneratedSourceResult> Files { get; }

    /// <summary>The compiled assembly as a file.</summary>
    public IReadOnlyCollection<byte> Image => _image;

    public System.Reflection.Assembly Assembly => _assembly.Value;

    /// <summary>Compiled once for all tests of a run.</summary>
    public static CompiledCase Of(string name) => Of(ChainCases.Find(name));

    /// <summary>A case that is not in the table, for a test of its own.</summary>
    public static CompiledCase Of(ChainCase chain) => s_cases.GetOrAdd(
        chain.Name, _ => new(
            () => new CompiledCase(chain, Compile(chain.Name, chain.Sources)), LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>Cases whose classes have names of their own, compiled as one program.</summary>
    public static IReadOnlyList<CompiledCase> Together(string name, IReadOnlyCollection<ChainCase> cases)
    {
        Build build = Compile(name, [.. cases.SelectMany(static c => c.Sources)]);
        return [.. cases.Select(c => new CompiledCase(c, build))];
    }

    /// <summary>The graphs of a case of which nothing is run: without kernels, and not compiled.</summary>
    public static LoweredModel Lower(ChainCase chain) => s_lowered.GetOrAdd(chain.Name, _ => new(() =>
    {
        GeneratorRunResult result = Programs.Driver(implementation: false)
            .RunGenerators(Programs.CompilationWith(Programs.RealRuntime, chain.Sources)).GetRunResult().Results.Single();
        string complaints = string.Join("\n", result.Diagnostics.Where(static d => d.Severity > DiagnosticSeverity.Info));
        Assert.True(result.Exception is null && complaints.Length == 0, $"{chain.Name}: {result.Exception}{complaints}\n{chain.Body}");
        return ((LoweringStage)result.TrackedSteps[Steps.Lowered].Single().Outputs.Single().Value).Lowered!;
    }, LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>A new model.</summary>
    public IModel NewModel() => (IModel)Activator.CreateInstance(Assembly.GetType(Case.Model)!)!;
}
