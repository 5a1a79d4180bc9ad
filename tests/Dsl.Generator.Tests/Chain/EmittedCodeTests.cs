using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
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

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_method_is_too_large()
    {
        var methods = ChainCases.All.SelectMany(static c => CompiledCase.Of(c.Name).Assembly.GetTypes()
            .SelectMany(static t => t.GetMethods(Everything).Cast<MethodBase>().Concat(t.GetConstructors(Everything)))
            .Select(m => (Case: c.Name, Method: m, Size: m.GetMethodBody()?.GetILAsByteArray()?.Length ?? 0))).ToList();
        var largest = methods.MaxBy(static m => m.Size);
        Assert.InRange(methods.Count, 1000, int.MaxValue);
        Assert.True(
            largest.Size < LargestMethod, $"{largest.Case}: {largest.Method.DeclaringType}.{largest.Method.Name} has {largest.Size} bytes");
    }

    [Fact]
    public void Cases_cover_every_op_and_row()
    {
        var ops = new HashSet<Type>();
        var rows = new HashSet<string>();
        foreach (ChainCase chain in ChainCases.All)
        {
            var lowered = CompiledCase.Of(chain.Name).Lowered;
            Graph graph = lowered.Loss is null ? lowered.Forward! : Differentiator.Differentiate(lowered.Loss);
            ops.UnionWith(graph.Nodes.Select(static n => n.Op.GetType()));
            rows.UnionWith(graph.Nodes.Select(static n => n.Op).OfType<PointwiseOp>().Select(static p => p.Row));
        }

        Assert.Empty(Pointwise.Rows.Select(static r => r.Name).Except(rows));

        // No function of the library makes these yet.
        Type[] unused = [typeof(WindowOp), typeof(FoldOp)];
        Assert.Empty(typeof(Op).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)
            .Except(ops).Except(unused).Select(static t => t.Name));
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
