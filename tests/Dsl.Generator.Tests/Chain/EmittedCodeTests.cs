using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Ops;
using Dsl.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
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

    [Fact]
    public void Cases_cover_every_op_and_row()
    {
        var nodes = Compiled.SelectMany(CaseFeatures.Nodes).ToList();
        var rows = nodes.Select(static n => n.Op).OfType<PointwiseOp>().Select(static p => p.Row).ToHashSet();
        Assert.Empty(Pointwise.Rows.Select(static r => r.Name).Except(rows));

        // No function of the library makes these yet.
        Type[] unused = [typeof(WindowOp), typeof(FoldOp)];
        Assert.Empty(typeof(Op).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)
            .Except(nodes.Select(static n => n.Op.GetType())).Except(unused).Select(static t => t.Name));
    }

    [Fact]
    public void Cases_on_accelerators_have_all_that_any_case_has()
    {
        var features = Compiled.ToDictionary(static c => c.Case.Name, CaseFeatures.Of);
        System.IO.File.WriteAllLines("/tmp/close2_features.txt", features.Select(static f => f.Key + "\t" + string.Join("\t", f.Value)));
        var missing = new Dictionary<string, string>();
        foreach (var (name, feature) in features.SelectMany(static f => f.Value.Select(v => (f.Key, v))))
        {
            missing.TryAdd(feature, name);
        }

        foreach (string feature in GpuCases.Chosen.SelectMany(name => features[name]))
        {
            missing.Remove(feature);
        }

        Assert.True(
            missing.Count == 0,
            "add to GpuCases: " + string.Join(", ", missing.Select(static m => $"'{m.Value}' for {m.Key}")));
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

    [Fact]
    public void Unsupported_model_is_a_diagnostic()
    {
        const string Shape = "[Shape(\"a\", \"b\", \"c\", \"d\", \"e\")] Tensor x";
        GeneratorDriver driver = Programs.Driver().RunGenerators(Programs.CompilationWith(
            Programs.RealRuntime, TestModels.Class($"public Tensor Forward({Shape}) => Tanh(x);")));
        Diagnostic diagnostic = Assert.Single(driver.GetRunResult().Diagnostics);
        Assert.True(diagnostic.Id == ProblemIds.Unsupported, diagnostic.ToString());
        Assert.Equal(
            "'Forward' cannot be compiled yet: it has 5 symbolic sizes, and at most 4 are supported; "
            + "write some of them as numbers",
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
