using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Dsl.Generator.Ops;
using Dsl.Tests;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>What the generator writes for the cases, and what the cases cover.</summary>
public sealed class EmittedCodeTests
{
    /// <summary>The JIT gives up on optimising methods of some 60 kB; long ones compile slowly before that.</summary>
    private const int LargestMethod = 30_000;

    [Fact]
    public void No_method_is_too_large()
    {
        var methods = Compiled.SelectMany(static c => MethodSizes(c)).ToList();
        var largest = methods.MaxBy(static m => m.Size);
        Assert.InRange(methods.Count, 1000, int.MaxValue);
        Assert.True(largest.Size < LargestMethod, $"{largest.Name} has {largest.Size} bytes");
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("block repeated 4")]
    public void The_head_of_the_kernels_says_what_the_plan_says(string name)
    {
        CompiledCase compiled = CompiledCase.Of(name);
        string kernels = compiled.Files.Single(static f => f.HintName.EndsWith(".Kernels.g.cs", StringComparison.Ordinal))
            .SourceText.ToString();
        var plan = compiled.NewModel().Compiled.Plan;
        Assert.Equal($"// {plan}", kernels.Split('\n')[1]);
        Assert.Equal(compiled.NewModel().Compiled.Train!.Kernels.Count, plan.TrainLaunches);
    }

    [Fact]
    public void Cases_cover_every_op_and_row()
    {
        var nodes = Compiled.SelectMany(CaseFeatures.Nodes).ToList();
        var rows = nodes.Select(static n => n.Op).OfType<PointwiseOp>().Select(static p => p.Row).ToHashSet();
        Assert.Empty(Pointwise.Rows.Select(static r => r.Name).Except(rows));

        // No function of the library makes windows yet; residuals are sums when the backward pass is made.
        Type[] unused = [typeof(WindowOp), typeof(FoldOp), typeof(ResidualOp)];
        Assert.Empty(typeof(Op).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Op)) && !t.IsSubclassOf(typeof(MemoryOp)) && !t.IsAbstract)
            .Except(nodes.Select(static n => n.Op.GetType())).Except(unused).Select(static t => t.Name));
    }

    [Fact]
    public void Cases_on_accelerators_have_all_that_any_case_has()
    {
        var features = Compiled.Where(static c => !c.Case.HostOnly)
            .Select(static c => new Candidate(c.Case.Name, CaseFeatures.Of(c), KernelsOf(c))).ToList();
        var missing = features.SelectMany(static f => f.Features).ToHashSet();
        foreach (Candidate chosen in features.Where(static f => GpuCases.Chosen.Contains(f.Name)))
        {
            missing.ExceptWith(chosen.Features);
        }

        string all = string.Join('\n', Cover.Of(features));
        Assert.True(
            missing.Count == 0, $"{GpuCases.File} lacks {string.Join(", ", missing)}. These have all:\n{all}");
    }

    /// <summary>Kernels of all programs: a driver compiles each.</summary>
    private static int KernelsOf(CompiledCase compiled)
    {
        var model = compiled.NewModel().Compiled;
        return new[] { model.Forward, model.Loss, model.Train, model.Sensitivity }.Sum(static p => p?.Kernels.Count ?? 0);
    }

    private static IEnumerable<CompiledCase> Compiled =>
        ChainCases.All.AsParallel().AsOrdered().Select(static c => CompiledCase.Of(c.Name));

    /// <summary>Bytes of IL, read from the image: nothing is loaded for it.</summary>
    private static List<(string Name, int Size)> MethodSizes(CompiledCase compiled)
    {
        using var image = new PEReader(compiled.Image.ToImmutableArray());
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(static m => m.RelativeVirtualAddress != 0)
            .Select(m => (
                $"{compiled.Case.Name}: {metadata.GetString(m.Name)}",
                image.GetMethodBody(m.RelativeVirtualAddress).GetILContent().Length))];
    }
}
