using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Emitting;
using Dsl.Generator.Lowering;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dsl.Generator;

/// <summary>
/// The compiler as a source generator. It only wires stages; each has a name under which the tests watch its caching.
/// </summary>
/// <remarks>
/// <code>
/// [Model]     -> Read -> Spec -> Lowered -> Surface  -> *.Surface.g.cs
///                  |                |    -> Kernels  -> *.Kernels.g.cs   (implementation output)
///                  +-> Sites -------+--------------- -> diagnostics
/// [Pointwise] -> Read -> Members -> Files            -> *.Pointwise.g.cs
///                  +-> Sites                         -> diagnostics
/// </code>
/// Locations are in Sites only, so an edit that moves code without changing it ends at Spec.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class DslGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        WireModels(context);
        WirePointwise(context, Names.Pointwise, "Pointwise");
        WirePointwise(context, Names.Primitive, "Primitive");
    }

    private static void WireModels(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ModelReading> readings = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Names.Model, static (node, _) => node is TypeDeclarationSyntax, ModelReader.Read)
            .Where(static reading => reading is not null).Select(static (reading, _) => reading!)
            .WithTrackingName(Steps.Read);

        IncrementalValuesProvider<ReadModel> specs = readings
            .Where(static reading => reading.Model is not null).Select(static (reading, _) => reading.Model!)
            .WithTrackingName(Steps.Spec);

        IncrementalValuesProvider<LoweringStage> lowered = specs
            .Select(static (spec, _) => LoweringStage.Run(spec))
            .WithTrackingName(Steps.Lowered);

        IncrementalValuesProvider<EmittedFile> surfaces = lowered
            .Select(static (stage, _) => FileStages.Surface(stage))
            .WithTrackingName(Steps.Surface);
        context.RegisterSourceOutput(surfaces, AddFile);

        IncrementalValuesProvider<EmittedFile> kernels = lowered
            .Select(static (stage, _) => FileStages.Kernels(stage))
            .WithTrackingName(Steps.Kernels);
        context.RegisterImplementationSourceOutput(kernels, AddFile);

        IncrementalValueProvider<ImmutableArray<KeyedProblems>> problems = lowered
            .Select(static (stage, _) => new KeyedProblems(stage.Key, stage.Problems))
            .Collect()
            .Combine(surfaces.Select(static (file, _) => new KeyedProblems(file.Key, file.Problems)).Collect())
            .Select(static (both, _) => both.Left.AddRange(both.Right))
            .WithTrackingName(Steps.Problems);
        IncrementalValuesProvider<ReadDiagnostics> sites = readings
            .Select(static (reading, _) => reading.Diagnostics)
            .WithTrackingName(Steps.Sites);
        context.RegisterSourceOutput(sites.Combine(problems), static (output, both) =>
            Report(output, DiagnosticsOutput.Of(both.Left, Of(both.Left, both.Right))));

        // What only the kernels find has the same sites, and is known to a build only.
        IncrementalValueProvider<ImmutableArray<KeyedProblems>> failures = kernels
            .Select(static (file, _) => new KeyedProblems(file.Key, file.Problems)).Collect();
        context.RegisterImplementationSourceOutput(sites.Combine(failures), static (output, both) =>
            Report(output, DiagnosticsOutput.Of(both.Left with { Problems = default }, Of(both.Left, both.Right))));

        IncrementalValuesProvider<ReadDiagnostics> strays = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => StrayLayers.IsCandidate(node), StrayLayers.Read)
            .Where(static read => read is not null).Select(static (read, _) => read!);
        context.RegisterSourceOutput(strays, static (output, read) =>
            Report(output, DiagnosticsOutput.Of(read, ImmutableArray<Problem>.Empty)));
    }

    private static void WirePointwise(IncrementalGeneratorInitializationContext context, string attribute, string step)
    {
        IncrementalValuesProvider<PointwiseReading> readings = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                attribute, static (node, _) => node is MethodDeclarationSyntax, PointwiseMemberReader.Read)
            .WithTrackingName(step + Steps.Read);

        IncrementalValuesProvider<EmittedFile> files = readings
            .Where(static reading => reading.Member is not null).Select(static (reading, _) => reading.Member!)
            .WithTrackingName(step + Steps.Spec)
            .Collect().SelectMany((members, _) => PointwiseEmitter.Emit(members, step))
            .WithTrackingName(step + Steps.Surface);
        context.RegisterSourceOutput(files, AddFile);

        context.RegisterSourceOutput(
            readings.Select(static (reading, _) => reading.Diagnostics).WithTrackingName(step + Steps.Sites),
            static (output, read) => Report(output, DiagnosticsOutput.Of(read, ImmutableArray<Problem>.Empty)));
    }

    private static IEnumerable<Problem> Of(ReadDiagnostics read, ImmutableArray<KeyedProblems> problems) =>
        problems.Where(p => p.Key == read.Key).SelectMany(static p => p.Problems);

    private static void Report(SourceProductionContext output, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            output.ReportDiagnostic(diagnostic);
        }
    }

    private static void AddFile(SourceProductionContext output, EmittedFile file)
    {
        if (file.Text.Length > 0)
        {
            output.AddSource(file.HintName, SourceText.From(file.Text, Encoding.UTF8));
        }
    }
}

/// <summary>The names of the stages, under which the tests watch their caching.</summary>
internal static class Steps
{
    public const string Read = "Read";
    public const string Spec = "Spec";
    public const string Lowered = "Lowered";
    public const string Surface = "Surface";
    public const string Kernels = "Kernels";
    public const string Problems = "Problems";
    public const string Sites = "Sites";
}
