extern alias runtime;
using System;
using System.Collections.Concurrent;
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

    private CompiledCase(ChainCase chain)
    {
        Case = chain;
        CSharpCompilation compilation = Programs.CompilationWith(Programs.RealRuntime, chain.Sources);
        compilation = compilation.WithOptions(
            compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        GeneratorDriver driver = Programs.Driver()
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation program, out _);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.True(result.Exception is null, result.Exception?.ToString());
        string complaints = string.Join("\n", result.Diagnostics.Where(static d => d.Severity > DiagnosticSeverity.Info));
        Assert.True(complaints.Length == 0, $"{chain.Name}: {complaints}\n{chain.Body}");
        Files = result.GeneratedSources;
        Programs.AssertCompiles(program);
        using var image = new MemoryStream();
        var emitted = program.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        _image = image.ToArray();
        Lowered = ((LoweringStage)result.TrackedSteps[Steps.Lowered].Single().Outputs.Single().Value).Lowered!;
        _assembly = new Lazy<System.Reflection.Assembly>(() =>
            new AssemblyLoadContext(chain.Name, isCollectible: true).LoadFromStream(new MemoryStream(_image)));
    }

    public ChainCase Case { get; }

    /// <summary>The oracle's graphs.</summary>
    public LoweredModel Lowered { get; }

    /// <summary>What the generator wrote.</summary>
    public ImmutableArray<GeneratedSourceResult> Files { get; }

    /// <summary>The compiled assembly as a file.</summary>
    public System.Collections.Generic.IReadOnlyCollection<byte> Image => _image;

    public System.Reflection.Assembly Assembly => _assembly.Value;

    /// <summary>Compiled once for all tests of a run.</summary>
    public static CompiledCase Of(string name) => Of(ChainCases.Find(name));

    /// <summary>A case that is not in the table, for a test of its own.</summary>
    public static CompiledCase Of(ChainCase chain) => s_cases.GetOrAdd(
        chain.Name, _ => new(() => new CompiledCase(chain), LazyThreadSafetyMode.ExecutionAndPublication)).Value;

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
