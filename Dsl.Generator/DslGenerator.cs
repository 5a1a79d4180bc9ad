using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Emitting;
using Dsl.Generator.Lowering;
using Dsl.Generator.Reading;
using Dsl.Generator.Specs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
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
///                  |                |         -> Tiles -> Dsl.Tiles.g.cs (implementation output)
///                  +-> Sites -------+--------------- -> diagnostics
/// [Block]     -> Read -> Spec -> Surface              -> *.Surface.g.cs
///                  +-> Sites -------+--------------- -> diagnostics
/// [Pointwise] -> Read -> Members -> Files            -> *.Pointwise.g.cs
///                  +-> Sites                         -> diagnostics
/// </code>
/// A model's spec contains the blocks that it uses, so an edit inside one runs the models that use it again.
/// Locations are in Sites only, so an edit that moves code without changing it ends at Spec.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class DslGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        WireModels(context);
        WireBlocks(context);
        WireStrayLayers(context);
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

        IncrementalValueProvider<bool> allowsUnsafe = context.CompilationProvider
            .Select(static (compilation, _) => compilation.Options is CSharpCompilationOptions { AllowUnsafe: true })
            .WithTrackingName(Steps.Project);

        // Models do not depend on one another: all are begun, then awaited in turn. Only a build asks for them.
        IncrementalValuesProvider<EmittedFile> kernels = lowered.Combine(allowsUnsafe)
            .Where(static both => both.Right).Select(static (both, _) => both.Left)
            .Select(static (stage, _) => Task.Run(() => FileStages.Kernels(stage)))
            .Select(static (file, _) => file.GetAwaiter().GetResult())
            .WithTrackingName(Steps.Kernels);
        context.RegisterImplementationSourceOutput(kernels, AddFile);
        context.RegisterImplementationSourceOutput(
            kernels.Select(static (file, _) => file.Tiles).Collect()
                .Select(static (all, _) => all.SelectMany(static t => t).Distinct().ToEquatable())
                .WithTrackingName(Steps.Tiles),
            static (output, tiles) =>
                AddFile(output, new EmittedFile("", TilesFile.HintName, TilesFile.Emit(tiles), default)));

        IncrementalValueProvider<ImmutableArray<KeyedProblems>> problems = lowered
            .Select(static (stage, _) => new KeyedProblems(stage.Key, stage.Problems))
            .Collect()
            .Combine(surfaces.Select(static (file, _) => new KeyedProblems(file.Key, file.Problems)).Collect())
            .Select(static (both, _) => both.Left.AddRange(both.Right))
            .Combine(specs.Collect().Combine(allowsUnsafe).Select(static (both, _) => ProjectProblems.Of(both.Left, both.Right)))
            .Select(static (both, _) => both.Left.AddRange(both.Right))
            .WithTrackingName(Steps.Problems);
        IncrementalValuesProvider<ReadDiagnostics> sites = readings
            .Select(static (reading, _) => reading.Diagnostics)
            .WithTrackingName(Steps.Sites);
        ReportProblems(context, sites, problems);

        // What only the kernels find has the same sites, and is known to a build only.
        IncrementalValueProvider<ImmutableArray<KeyedProblems>> failures = kernels
            .Select(static (file, _) => new KeyedProblems(file.Key, file.Problems)).Collect();
        context.RegisterImplementationSourceOutput(sites.Combine(failures), static (output, both) =>
            Report(output, DiagnosticsOutput.Of(both.Left with { Problems = default }, Of(both.Left, both.Right))));
    }

    private static void WireStrayLayers(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ReadDiagnostics> strays = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => StrayLayers.IsCandidate(node), StrayLayers.Read)
            .Where(static read => read is not null).Select(static (read, _) => read!);
        context.RegisterSourceOutput(strays, static (output, read) =>
            Report(output, DiagnosticsOutput.Of(read, ImmutableArray<Problem>.Empty)));
    }

    private static void WireBlocks(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<BlockReading> readings = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Names.Block, static (node, _) => node is TypeDeclarationSyntax, BlockReader.Read)
            .Where(static reading => reading is not null).Select(static (reading, _) => reading!)
            .WithTrackingName(Steps.Block + Steps.Read);

        IncrementalValuesProvider<EmittedFile> surfaces = readings
            .Where(static reading => reading.Block is not null).Select(static (reading, _) => reading.Block!)
            .WithTrackingName(Steps.Block + Steps.Spec)
            .Select(static (block, _) => FileStages.Surface(block))
            .WithTrackingName(Steps.Block + Steps.Surface);
        context.RegisterSourceOutput(surfaces, AddFile);

        ReportProblems(
            context,
            readings.Select(static (reading, _) => reading.Diagnostics).WithTrackingName(Steps.Block + Steps.Sites),
            surfaces.Select(static (file, _) => new KeyedProblems(file.Key, file.Problems)).Collect()
                .WithTrackingName(Steps.Block + Steps.Problems));
    }

    /// <summary>Where sites and problems of later stages meet.</summary>
    private static void ReportProblems(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ReadDiagnostics> sites,
        IncrementalValueProvider<ImmutableArray<KeyedProblems>> problems) =>
        context.RegisterSourceOutput(sites.Combine(problems), static (output, both) =>
            Report(output, DiagnosticsOutput.Of(both.Left, Of(both.Left, both.Right))));

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
    public const string Tiles = "Tiles";
    public const string Problems = "Problems";
    public const string Sites = "Sites";
    public const string Project = "Project";

    /// <summary>Before the names of a block's steps.</summary>
    public const string Block = "Block";
}
