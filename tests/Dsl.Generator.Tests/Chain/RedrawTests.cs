extern alias runtime;
using System;
using System.IO;
using System.Linq;
using runtime::Dsl;
using runtime::Dsl.Checkpoints;
using Xunit;
using Dataset = runtime::Dsl.Data.Dataset;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Random states that training draws anew.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class RedrawTests
{
    private const int Samples = 24;

    private static ChainCase Model { get; } = new("a performer that is trained", """
        [Performer(2, Features = 6)] private partial Tensor A(Tensor x);
        [Perceptron(3)] private partial Tensor Classify(Tensor x);
        public Tensor Forward([Shape("b", 5, 8)] Tensor x) => Classify(Mean(A(x), 1));
        public Tensor Loss([Shape("b", 5, 8)] Tensor x, [Shape("b")] IntTensor label) =>
            CrossEntropy(Forward(x), label);
        """);

    [Fact]
    public void Directions_are_drawn_at_intervals_and_the_same_after_a_pause()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "training.safetensors");
            var options = new TrainerOptions { Epochs = 4, BatchSize = 8, Seed = 5, RedrawInterval = 3 };
            IModel never = Train(options with { RedrawInterval = 0 });
            IModel whole = Train(options);
            Assert.Equal(Directions(CompiledCase.Of(Model).NewModel()), Directions(never));
            Assert.NotEqual(Directions(never), Directions(whole));
            Assert.NotEqual(
                never.Parameters["A.Query"].ToTensor().ToArray(), whole.Parameters["A.Query"].ToTensor().ToArray());

            // The pause is before step 6, at which they are drawn.
            Train(options with { Epochs = 2, CheckpointPath = path });
            Assert.Equal(whole.Parameters.Sha256(), Train(options, path).Parameters.Sha256());
            var other = Assert.Throws<CheckpointException>(() => Train(options with { RedrawInterval = 4 }, path));
            Assert.Contains("RedrawInterval was 3 and is 4", other.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static float[] Directions(IModel model) => model.Parameters["A.Directions"].ToTensor().ToArray();

    private static IModel Train(TrainerOptions options, string? from = null)
    {
        IModel model = CompiledCase.Of(Model).NewModel();
        using var trainer = new Trainer(model, Device.Host(1), new Sgd(0.1f), Data(), null, options);
        if (from is not null)
        {
            trainer.Resume(from);
        }

        trainer.Run();
        return model;
    }

    private static Dataset Data() => new Dataset()
        .With("x", new Tensor(
            [.. Enumerable.Range(0, Samples * 5 * 8).Select(static i => (i * 37 % 101 / 50f) - 1)], Samples, 5, 8))
        .With("label", new IntTensor([.. Enumerable.Range(0, Samples).Select(static i => i * 7 % 3)], Samples));
}
