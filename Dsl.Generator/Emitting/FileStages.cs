using System;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Lowering;
using Dsl.Generator.Reading;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Emitting;

/// <summary>Emission as stages of the pipeline: a file, or DSL9001 in its place.</summary>
internal static class FileStages
{
    /// <summary>The surface. Should the full one fail there is still the light one, so that CS8795 never
    /// floods.</summary>
    public static EmittedFile Surface(LoweringStage stage)
    {
        ModelSpec spec = stage.Read.Spec;
        string hint = SurfaceEmitter.HintName(spec, "Surface");
        try
        {
            return new EmittedFile(stage.Key, hint, SurfaceEmitter.Emit(stage.Read, stage.Lowered), default);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            string light = stage.Lowered is null ? "" : SurfaceEmitter.Emit(stage.Read, null);
            return new EmittedFile(stage.Key, hint, light, StageFailure.Problems("Surface", spec.Site, failure));
        }
    }

    /// <summary>The generated half of a block.</summary>
    public static EmittedFile Surface(ReadBlock read)
    {
        string hint = read.Spec.Name + ".Surface.g.cs";
        try
        {
            return new EmittedFile(read.Spec.Name, hint, SurfaceEmitter.Emit(read), default);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new EmittedFile(read.Spec.Name, hint, "", StageFailure.Problems("Surface", read.Spec.Site, failure));
        }
    }

    /// <summary>The kernels; no file when the model is in error.</summary>
    public static EmittedFile Kernels(LoweringStage stage)
    {
        ModelSpec spec = stage.Read.Spec;
        string hint = SurfaceEmitter.HintName(spec, "Kernels");
        try
        {
            if (stage.Lowered?.Forward is null)
            {
                return new EmittedFile(stage.Key, hint, "", default);
            }

            var plan = CompiledPlan.Make(stage.Lowered);
            return new EmittedFile(stage.Key, hint, KernelsFile.Emit(plan), default) { Tiles = plan.Tiles };
        }
        catch (UnsupportedException missing)
        {
            var problem = new Problem(
                ProblemIds.Unsupported, SiteOf(spec, missing.Where),
                    new[] { missing.Where, missing.What, missing.Instead }.ToEquatable());
            return new EmittedFile(stage.Key, hint, "", new[] { problem }.ToEquatable());
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new EmittedFile(stage.Key, hint, "", StageFailure.Problems("Kernels", spec.Site, failure));
        }
    }

    /// <summary>The layer, input or step that a value, parameter or kernel is named after, else the class:
    /// <c>dScore.mul</c> is of
    /// <c>Score</c>.</summary>
    private static int SiteOf(ModelSpec spec, string where)
    {
        string name = where.Split('.')[0];
        bool Is(string candidate) => candidate.Length > 0
            && (string.Equals(name, candidate, StringComparison.OrdinalIgnoreCase) || name == "d" + candidate);
        return spec.Layers.Where(l => Is(l.Name)).Select(static l => (int?)l.Site)
            .Concat(spec.Functions.SelectMany(static f => f.Steps).Where(s => Is(s.Label) || Is(s.Target))
                .Select(static s => (int?)s.Site))
            .Concat(spec.Functions.SelectMany(static f => f.Inputs).Where(i => Is(i.Name))
                .Select(static i => (int?)i.Site))
            .Concat(spec.Functions.Where(f => Is(f.Name)).Select(static f => (int?)f.Site))
            .FirstOrDefault() ?? spec.Site;
    }
}

/// <summary>The problems that a stage found in one class.</summary>
internal sealed record KeyedProblems(string Key, EquatableArray<Problem> Problems);
