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
        var command = new Command("generator", "Time and memory of the source generator.") { filter, runs };
        command.SetAction(result =>
        {
            Console.WriteLine(
                $"{"model",-18} {"layers",6} {"run",-10} {"surface ms",10} {"MB",8} {"kernels ms",10} {"MB",8}");
            foreach (int layers in new[] { 1, 10, 50 })
            {
                int count = result.GetValue(runs);
                string part = result.GetValue(filter)!;
                Measure("perceptrons", layers, LayerStack.Perceptrons(layers), "Perceptron(10)", count, part);
                Measure("convolutions", layers, LayerStack.Convolutions(layers), "Perceptron(10)", count, part);
            }
        });
        return command;
    }

    private static void Measure(string name, int layers, string model, string size, int runs, string filter)
    {
        if (!$"{name} {layers}".Contains(filter, StringComparison.Ordinal))
        {
            return;
        }

        string resized = model.Replace(size, "Perceptron(12)", StringComparison.Ordinal);
        Row(name, layers, "cold", runs, kernels => Cold(model, kernels));
        Row(name, layers, "unrelated", runs, kernels => Edit(model, kernels, c => Replace(c, "Other.cs", EditedOther)));
        Row(name, layers, "resized", runs, kernels => Edit(model, kernels, c => Replace(c, "Model.cs", resized)));
    }

    private static void Row(string name, int layers, string what, int runs, Func<bool, Cost> measure)
    {
        Cost surface = Median(runs, () => measure(false));
        Cost all = Median(runs, () => measure(true));
        Console.WriteLine($"{name,-18} {layers,6} {what,-10} {surface.Milliseconds,10:F1} {surface.Megabytes,8:F1} "
            + $"{all.Milliseconds - surface.Milliseconds,10:F1} {all.Megabytes - surface.Megabytes,8:F1}");
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
        double start = StepClock.Seconds(1);
        long since = Stopwatch.GetTimestamp();
        GeneratorDriver driver = run();
        double elapsed = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        double used = (StepClock.Seconds(1) - start) * 1e3;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        if (result.Exception is not null || result.Diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error)
            || result.GeneratedSources.IsEmpty)
        {
            throw new InvalidOperationException(
                $"The generator failed: {result.Exception} {string.Join("\n", result.Diagnostics)}");
        }

        // The generator works on the calling thread: its processor time is what a quiet machine's clock would show.
        return new Cost(Math.Min(elapsed, used), bytes / 1e6);
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
            Middle(costs.Select(static c => c.Milliseconds)), Middle(costs.Select(static c => c.Megabytes)));
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

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
