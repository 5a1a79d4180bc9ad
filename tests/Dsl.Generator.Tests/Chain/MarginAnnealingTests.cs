extern alias runtime;
using System;
using System.Linq;
using Xunit;
using Dataset = runtime::Dsl.Data.Dataset;
using Device = runtime::Dsl.Device;
using IModel = runtime::Dsl.IModel;
using IntTensor = runtime::Dsl.IntTensor;
using MarginAnnealing = runtime::Dsl.MarginAnnealing;
using Sgd = runtime::Dsl.Sgd;
using Tensor = runtime::Dsl.Tensor;
using Trainer = runtime::Dsl.Trainer;
using TrainerOptions = runtime::Dsl.TrainerOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>The share of the plain cosine of A-Softmax: how it falls, and runs that are too short for it.</summary>
public sealed class MarginAnnealingTests
{
    private const int Samples = 20;

    [Fact]
    public void The_usual_numbers_reach_the_least_after_1658_steps()
    {
        var annealing = new MarginAnnealing(1000, 0.12, 1, 5);
        Assert.Equal(1000, annealing.At(0));
        Assert.Equal(1659, annealing.LeastFrom);
        Assert.Equal(5, annealing.At(1659));
        Assert.True(annealing.At(1658) > 5);
        Assert.Equal(0, new MarginAnnealing(3, 0.12, 1, 5).LeastFrom);
        Assert.Equal(double.PositiveInfinity, new MarginAnnealing(1000, 0, 1, 5).LeastFrom);
    }

    [Fact]
    public void A_run_that_ends_with_the_plain_cosine_has_a_warning()
    {
        string warning = Assert.Single(Warnings("Kind = Margin.ASoftmax", epochs: 96));
        Assert.Equal(
            "λ of 'Classify' is 5 only from step 1,659 on, and the run ends after 384 steps with 21.24: the margin has a share of "
            + "4.5 % there. Take a smaller LambdaBase or a larger LambdaGamma.",
            warning);
        warning = Assert.Single(Warnings("Kind = Margin.LSoftmax, LambdaGamma = 0", epochs: 1));
        Assert.Contains("never is 5, and the run ends after 4 steps with 1000", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kind = Margin.ASoftmax", 415)]
    [InlineData("Kind = Margin.ASoftmax, LambdaBase = 100, LambdaMin = 5", 40)]
    [InlineData("Kind = Margin.ASoftmax, LambdaBase = 5", 1)]
    [InlineData("Kind = Margin.ArcFace", 1)]
    public void A_run_that_is_long_enough_has_none(string kind, int epochs) => Assert.Empty(Warnings(kind, epochs));

    /// <summary>Four batches an epoch.</summary>
    private static string[] Warnings(string kind, int epochs)
    {
        IModel model = CompiledCase.Of(new ChainCase($"annealing {kind}", $$"""
            [Perceptron(8)] private partial Tensor A(Tensor x);
            [MarginSoftmax(4, {{kind}})] private partial Tensor Classify(Tensor x, IntTensor label);
            public Tensor Forward([Shape("b", 5)] Tensor x) => A(x);
            public Tensor Loss([Shape("b", 5)] Tensor x, [Shape("b")] IntTensor label) => Classify(Forward(x), label);
            """) { Runs = ["b=5"] }).NewModel();
        Dataset data = new Dataset()
            .With("x", new Tensor(new float[Samples * 5], Samples, 5))
            .With("label", new IntTensor([.. Enumerable.Range(0, Samples).Select(static i => i % 4)], Samples));
        using var trainer = new Trainer(
            model, Device.Host(1), new Sgd(0.1f), data, null, new TrainerOptions { Epochs = epochs, BatchSize = 5 });
        return [.. trainer.Warnings];
    }
}
