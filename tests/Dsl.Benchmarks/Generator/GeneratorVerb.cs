extern alias generator;

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Dsl.Profiling;
using generator::Dsl.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dsl.Benchmarks.Generator;

/// <summary>
/// The verb <c>generator</c>: what the compiler costs a build and an editor. Surface and diagnostics run while somebody
/// types; kernels run in a build only.
/// </summary>
internal static class GeneratorVerb
{
    private const string Usings = "global using Dsl; global using static Dsl.Functions; global using System;";
    private const string Other = "namespace Demo; internal sealed class Other { public int Value => 1; }";
    private const string EditedOther = "namespace Demo; internal sealed class Other { public int Value => 2; }";

    private static readonly CSharpParseOptions s_parse =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp14);

    public static Command Command()
    {
        Option<string> filter = Options.Filter();
        var runs = new Option<int>("--runs")
        {
            Description = "Runs after the warm-up; the median counts.",
            DefaultValueFactory = static _ => 9,
        };
        Option<FileInfo?> json = Options.Json();
        var command = new Command("generator", "Time and memory of the source generator.") { filter, runs, json };
        command.SetAction(result =>
        {
            Console.WriteLine(
                $"{"model",-18} {"layers",6} {"run",-10} {"surface ms",10} {"MB",8} {"kernels ms",10} {"MB",8}");
            var rows = new List<GeneratorRow>();
            foreach (int layers in new[] { 1, 10, 50 })
            {
                int count = result.GetValue(runs);
                string part = result.GetValue(filter)!;
                rows.AddRange(Measure("perceptrons", layers, LayerStack.Perceptrons(layers), count, part));
                rows.AddRange(Measure("convolutions", layers, LayerStack.Convolutions(layers), count, part));
            }

            JsonRows.Write(result.GetValue(json), rows);
        });
        return command;
    }

    private static IEnumerable<GeneratorRow> Measure(string name, int layers, string model, int runs, string filter)
    {
        if (!$"{name} {layers}".Contains(filter, StringComparison.Ordinal))
        {
            yield break;
        }

        string resized = model.Replace("Perceptron(10)", "Perceptron(12)", StringComparison.Ordinal);
        yield return Row(name, layers, "cold", runs, kernels => Cold(model, kernels));
        yield return Row(
            name, layers, "unrelated", runs, kernels => Edit(model, kernels, c => Replace(c, "Other.cs", EditedOther)));
        yield return Row(
            name, layers, "resized", runs, kernels => Edit(model, kernels, c => Replace(c, "Model.cs", resized)));
    }

    private static GeneratorRow Row(string name, int layers, string what, int runs, Func<bool, Cost> measure)
    {
        Cost surface = Median(runs, () => measure(false));
        Cost all = Median(runs, () => measure(true));
        var row = new GeneratorRow(
            name, layers, what, surface.Milliseconds, surface.Megabytes, all.Milliseconds - surface.Milliseconds,
            all.Megabytes - surface.Megabytes);
        Console.WriteLine(
            $"{name,-18} {layers,6} {what,-10} {row.SurfaceMilliseconds,10:F1} {row.SurfaceMegabytes,8:F1} "
            + $"{row.KernelsMilliseconds,10:F1} {row.KernelsMegabytes,8:F1}");
        return row;
    }

    private static Cost Cold(string model, bool kernels)
    {
        CSharpCompilation compilation = Compilation(model);
        GeneratorDriver driver = Driver(kernels);
        return Time(() => driver.RunGenerators(compilation));
    }

    private static Cost Edit(string model, bool kernels, Func<CSharpCompilation, CSharpCompilation> edit)
    {
        CSharpCompilation compilation = Compilation(model);
        GeneratorDriver driver = Driver(kernels).RunGenerators(compilation);
        CSharpCompilation edited = edit(compilation);
        return Time(() => driver.RunGenerators(edited));
    }

    private static Cost Time(Func<GeneratorDriver> run)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long since = Stopwatch.GetTimestamp();
        GeneratorDriver driver = run();
        double elapsed = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        if (result.Exception is not null || result.Diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error)
            || result.GeneratedSources.IsEmpty)
        {
            throw new InvalidOperationException(
                $"The generator failed: {result.Exception} {string.Join("\n", result.Diagnostics)}");
        }

        return new Cost(elapsed, bytes / 1e6);
    }

    private static Cost Median(int runs, Func<Cost> measure)
    {
        for (int i = 0; i < 3; i++)
        {
            measure();
        }

        var costs = new List<Cost>();
        for (int i = 0; i < runs; i++)
        {
            costs.Add(measure());
        }

        return new Cost(
            Spread.Of(costs.Select(static c => c.Milliseconds)).Median,
            Spread.Of(costs.Select(static c => c.Megabytes)).Median);
    }

    private static CSharpGeneratorDriver Driver(bool kernels) => CSharpGeneratorDriver.Create(
        [new DslGenerator().AsSourceGenerator()],
        parseOptions: s_parse,
        driverOptions: new GeneratorDriverOptions(
            kernels ? IncrementalGeneratorOutputKind.None : IncrementalGeneratorOutputKind.Implementation));

    private static CSharpCompilation Compilation(string model) => CSharpCompilation.Create(
        "Demo",
        [Tree(Usings, "Usings.cs"), Tree(model, "Model.cs"), Tree(Other, "Other.cs")],
        References.All,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static CSharpCompilation Replace(CSharpCompilation compilation, string path, string text) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.Single(t => t.FilePath == path), Tree(text, path));

    private static SyntaxTree Tree(string text, string path) =>
        CSharpSyntaxTree.ParseText(text, s_parse, path, System.Text.Encoding.UTF8);

    private readonly record struct Cost(double Milliseconds, double Megabytes);

    /// <summary>The framework and the runtime as they are loaded here; references keep what was read of them.</summary>
    private static class References
    {
        public static MetadataReference[] All { get; } = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static p => Path.GetFileName(p) is var name && name is "Dsl.Runtime.dll" or "netstandard.dll"
                || Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal))
            .Select(static p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToArray();
    }
}

/// <summary>What one run of the generator costs.</summary>
/// <param name="Name">The kind of layers of the model.</param>
/// <param name="Layers">How many.</param>
/// <param name="Run"><c>cold</c>: the first run. <c>unrelated</c>: after an edit of another file, where nothing changes.
/// <c>resized</c>: after an edit of a layer's size.</param>
/// <param name="SurfaceMilliseconds">Surface and diagnostics: what an editor waits for.</param>
/// <param name="SurfaceMegabytes">What that allocates, in 10⁶ bytes.</param>
/// <param name="KernelsMilliseconds">What a build adds.</param>
/// <param name="KernelsMegabytes">What that allocates, in 10⁶ bytes.</param>
internal sealed record GeneratorRow(
    string Name, int Layers, string Run, double SurfaceMilliseconds, double SurfaceMegabytes,
    double KernelsMilliseconds, double KernelsMegabytes);
