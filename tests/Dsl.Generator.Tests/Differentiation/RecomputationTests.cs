extern alias runtime;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Memory;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Tests.Chain;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Differentiation;

/// <summary>What the backward pass computes again: the same numbers from less memory.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class RecomputationTests
{
    private const int Seed = 5;

    [Fact]
    public void A_region_is_computed_again_with_the_same_bits()
    {
        CompiledCase again = CompiledCase.Of(Block("recomputed blocks", "[Recompute] "));
        CompiledCase kept = CompiledCase.Of(Block("kept blocks", ""));
        var data = new CaseData(again, "b=3", Seed);
        using var first = new CaseSession(again, Device.Host(2));
        using var second = new CaseSession(kept, Device.Host(2));

        // The layouts are the same, so the sums are too.
        Agreement.Same(second.Run(data, "b=3"), first.Run(data, "b=3"), $"seed {Seed}");
        Assert.True(first.Session.ArenaBytes < second.Session.ArenaBytes, $"{first.Session.ArenaBytes} bytes");
        Assert.Equal(Convolutions(kept) + 6, Convolutions(again));
    }

    /// <summary>Nothing that the backward pass reads is older than it, but inputs, parameters and what regions hand
    /// on.</summary>
    [Fact]
    public void Backward_nodes_use_no_value_of_a_region()
    {
        Graph training = Training(CompiledCase.Of(Block("recomputed blocks", "[Recompute] ")));
        Graph replayed = Recomputation.OfRegions(training);
        Assert.NotSame(training, replayed);
        Assert.True(replayed.Nodes.Count(static n => n.IsReplay) > 6);
        Assert.All(
            replayed.Nodes.Where(static n => n.IsReplay),
            static n => Assert.True(n.Region > 0, $"{n} {n.Op.Name} is in no region"));
    }

    [Fact]
    public void Normalised_activations_are_computed_again_where_that_is_smaller()
    {
        CompiledCase stack = CompiledCase.Of(Stack);
        Graph training = Recomputation.OfRegions(Training(stack));
        long Bytes(Graph graph) =>
            ArenaStatement.Of(ProgramPlanner.Plan(Schedule.Of("Train", graph)), Example(stack)).Bytes;
        Graph leaner = Recomputation.OfActivations(training);
        Assert.Contains(leaner.Nodes, static n => n.IsReplay);
        Assert.All(
            leaner.Nodes.Where(static n => n.IsReplay && !Views.IsView(n)), static n => Assert.IsType<PointwiseOp>(n.Op));
        Assert.True(Bytes(leaner) < Bytes(training) * 0.9, $"{Bytes(leaner)} of {Bytes(training)} bytes");
        CompiledPlan plan = CompiledPlan.Make(stack.Lowered);
        Assert.Equal(Bytes(leaner), ArenaStatement.Of(plan.Programs[2], plan.Example).Bytes);
    }

    [Fact]
    public void Planned_memory_is_half_of_the_buffers_side_by_side()
    {
        CompiledPlan plan = CompiledPlan.Make(CompiledCase.Of(Stack).Lowered);
        ArenaStatement train = ArenaStatement.Of(plan.Programs[2], plan.Example);
        Assert.True(train.UnplannedBytes >= 2 * train.Bytes, $"{train.Bytes} of {train.UnplannedBytes} bytes");
        Assert.True(plan.Programs[2].Kernels.Length < plan.Programs[2].Ops, $"{plan.Programs[2].Kernels.Length} launches");
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("conv stride 2 after conv")]
    [InlineData("batch norm between convolutions")]
    [InlineData("perceptron of two symbols")]
    public void The_formula_of_a_peak_is_exact_at_the_example(string name)
    {
        CompiledPlan plan = CompiledPlan.Make(CompiledCase.Of(name).Lowered);
        foreach (PlannedProgram program in plan.Programs)
        {
            ArenaStatement arena = ArenaStatement.Of(program, plan.Example);
            Assert.Equal(arena.Bytes, arena.Formula.Evaluate(s => plan.Example[s]));
            Assert.Equal(
                arena.Formula.Symbols.Take(1),
                program.Inputs.SelectMany(static i => i.Shape).SelectMany(static d => d.Symbols).Take(1));
            Assert.Contains($"peak {arena.Formula} bytes", plan.Stages.Single(static s => s.Key == "memory").Value);
        }
    }

    private static ChainCase Block(string name, string mark) => ChainCase.Of(
        name,
        $$"""
        [Conv(6, 3, Padding = 1)] private partial Tensor A(Tensor x);
        [BatchNorm] private partial Tensor N(Tensor x);
        [Conv(6, 3, Padding = 1)] private partial Tensor B(Tensor x);
        [Conv(6, 3, Padding = 1)] private partial Tensor C(Tensor x);
        [Conv(6, 3, Padding = 1)] private partial Tensor D(Tensor x);
        [Conv(6, 3, Padding = 1)] private partial Tensor E(Tensor x);
        [Conv(6, 3, Padding = 1)] private partial Tensor F(Tensor x);
        {{mark}}private Tensor First(Tensor x) => Silu(C(Dropout(Silu(B(Silu(N(A(x))))), 0.3f)));
        {{mark}}private Tensor Second(Tensor x) => Silu(F(Silu(E(Silu(D(x))))));
        """,
        "\"b\", 6, 9, 8",
        "Second(First(x))") with { Runs = ["b=3"] };

    private static ChainCase Stack { get; } = ChainCase.Of(
        "a stack of normalised convolutions",
        """
        [Conv(8, 3, Padding = 1)] private partial Tensor A(Tensor x);
        [BatchNorm(Activation = Activation.Relu)] private partial Tensor NA(Tensor x);
        [Conv(8, 3, Padding = 1)] private partial Tensor B(Tensor x);
        [BatchNorm(Activation = Activation.Relu)] private partial Tensor NB(Tensor x);
        [Conv(16, 3, Padding = 1)] private partial Tensor C(Tensor x);
        [BatchNorm(Activation = Activation.Relu)] private partial Tensor NC(Tensor x);
        [Conv(16, 3, Padding = 1)] private partial Tensor D(Tensor x);
        [BatchNorm(Activation = Activation.Relu)] private partial Tensor ND(Tensor x);
        [Conv(3, 1)] private partial Tensor E(Tensor x);
        """,
        "\"b\", 3, 32, 32",
        "E(ND(D(NC(C(MaxPool(NB(B(NA(A(x)))), 2))))))") with { Runs = ["b=2"] };

    private static Graph Training(CompiledCase compiled) =>
        Rewriter.Simplify(Differentiator.Differentiate(Rewriter.Simplify(compiled.Lowered.Train!)));

    private static SizeValues Example(CompiledCase compiled) => CompiledPlan.Make(compiled.Lowered).Example;

    private static int Convolutions(CompiledCase compiled) =>
        CompiledPlan.Make(compiled.Lowered).Programs[2].Kernels.Count(static k => k.Skeleton == "Convolve");
}
