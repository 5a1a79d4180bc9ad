using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Dsl.Checkpoints;
using Dsl.Data;
using Dsl.Runtime.Tests.Checkpoints;
using Xunit;
using static Dsl.Runtime.Tests.Training.TrainingCases;

namespace Dsl.Runtime.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void A_model_learns_and_its_best_parameters_are_saved()
    {
        using var folder = new ScratchFolder();
        using var session = new LinearSession(new Adam(0.05f));
        var log = new Log();
        var options = Options with { Epochs = 20, BestPath = folder["best"], Metric = TrainingMetric.Accuracy };
        var trainer = new Trainer(session, Draw(Samples, 1), Draw(40, 2), options);
        trainer.Run(log);
        TrainProgress[] epochs = log.Reports.Where(static r => r.EpochEnds).ToArray();
        Assert.Equal(20, epochs.Length);
        Assert.Equal(20 * 12, log.Reports.Count(static r => !r.EpochEnds));
        Assert.True(epochs[^1].Loss < epochs[0].Loss / 3, $"{epochs[0].Loss} -> {epochs[^1].Loss}");
        Assert.True(epochs[^1].Validation!.Value.Accuracy > 0.9);
        Assert.Equal((20, 0, 12), (trainer.Epoch, trainer.Batch, trainer.Batches));

        // What was saved as best does what was reported as best.
        double best = epochs.Where(static e => e.Best).Max(static e => e.Validation!.Value.Accuracy);
        Assert.Equal(epochs.Max(static e => e.Validation!.Value.Accuracy), best);
        using var again = new LinearSession(new Sgd(0f));
        Checkpoint.Load(folder["best"], again.Parameters);
        Assert.Equal(best, new Evaluator(again, Draw(40, 2), "validation", 7).Run().Accuracy);
    }

    [Fact]
    public void Patience_ends_training_and_lasts_through_a_checkpoint()
    {
        using var folder = new ScratchFolder();

        // A rate of 0 never gets better than its first epoch.
        TrainerOptions options = Options with { Epochs = 9, Patience = 3, CheckpointPath = folder["x"] };
        using var session = new LinearSession(new Sgd(0f));
        var trainer = new Trainer(session, Draw(Samples, 1), Draw(40, 2), options);
        trainer.Run();
        Assert.True(trainer.HasStoppedEarly);
        Assert.Equal(4, trainer.Epoch);
        trainer.Run();
        Assert.Equal(4, trainer.Epoch);

        using var other = new LinearSession(new Sgd(0f));
        var resumed = new Trainer(other, Draw(Samples, 1), Draw(40, 2), options with { Patience = 5 });
        resumed.Resume(folder["x"]);
        Assert.False(resumed.HasStoppedEarly);
        resumed.Run();
        Assert.Equal((6, true), (resumed.Epoch, resumed.HasStoppedEarly));

        Assert.Contains("Patience", Assert.Throws<ArgumentException>(
            () => new Trainer(other, Draw(Samples, 1), null, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_may_be_anyones()
    {
        using var session = new LinearSession(new Sgd(new EveryOther(0.5f)));
        var log = new Log();
        new Trainer(session, Draw(Samples, 1), null, Options with { Epochs = 1 }).Run(log);
        Assert.Equal([0.5f, 0f, 0.5f, 0f], log.Reports.Take(4).Select(static r => r.LearningRate));
    }

    [Fact]
    public void A_validation_is_the_mean_over_samples_and_changes_nothing()
    {
        using var session = new LinearSession(new Sgd(0.1f));
        float[] before = session.Everything();
        Evaluation one = new Evaluator(session, Draw(41, 1), "validation", 41).Run();
        Evaluation parts = new Evaluator(session, Draw(41, 1), "validation", 8).Run();
        Assert.Equal(one.Loss, parts.Loss, 1e-6);
        Assert.Equal(one.Accuracy, parts.Accuracy);
        Assert.Equal(before, session.Everything());
    }

    [Fact]
    public void With_an_average_it_is_the_average_that_is_measured_and_saved()
    {
        using var folder = new ScratchFolder();
        var optimizer = new Sgd(0.5f) { AverageDecay = 0.8f };
        using var session = new LinearSession(optimizer);
        var log = new Log();
        TrainerOptions options = Options with { Epochs = 1, BestPath = folder["best"] };
        new Trainer(session, Draw(Samples, 1), Draw(40, 2), options).Run(log);
        float[] trained = session.Everything();
        using var average = new LinearSession(new Sgd(0f));
        Checkpoint.Load(folder["best"], average.Parameters);
        Assert.Equal(log.Reports[^1].Validation!.Value.Loss, new Evaluator(average, Draw(40, 2), "v", 8).Run().Loss);
        Assert.NotEqual(average.Parameters.Sha256(), session.Parameters.Sha256());
        optimizer.SwapAverage();
        Assert.Equal(average.Parameters.Sha256(), session.Parameters.Sha256());
        optimizer.SwapAverage();
        Assert.Equal(trained, session.Everything());
    }

    [Fact]
    public void Micro_batches_act_like_one_batch()
    {
        using var whole = new LinearSession(new Sgd(0.2f) { Momentum = 0.9f });
        new Trainer(whole, Draw(Samples, 1), null, Options with { BatchSize = 32 }).Run();
        using var parts = new LinearSession(new Sgd(0.2f) { Momentum = 0.9f, Accumulates = true });
        new Trainer(parts, Draw(Samples, 1), null, Options with { BatchSize = 8, Accumulate = 4 }).Run();
        Assert.Equal(whole.Optimizer.Step, parts.Optimizer.Step);
        for (int i = 0; i < 2; i++)
        {
            float[] expected = whole.Parameters[i].ReadOnlyValues.ToArray();
            float[] actual = parts.Parameters[i].ReadOnlyValues.ToArray();
            Assert.All(expected.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-5));
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var optimizer = new AdamW(0.1f) { ClipNorm = 1f, AverageDecay = 0.9f, Accumulates = true };
        using var session = new LinearSession(optimizer);
        var meter = new AllocationMeter();
        new Trainer(session, Draw(Samples, 1), null, Options with { Accumulate = 2, Epochs = 3 }).Run(meter);
        Assert.Equal(0, meter.Allocated);
        Assert.Equal(12, meter.Steps);
    }

    [Theory]
    [InlineData(1, "label")]
    [InlineData(4, "label")]
    [InlineData(1, "x")]
    [InlineData(4, "x")]
    public void A_bad_sample_is_named_before_anything_changes(int accumulate, string column)
    {
        float[] x = Features(Samples, 1, out int[] labels);
        Dataset data = new Dataset()
            .With("x", new Tensor(x, Samples, LinearSession.Features))
            .With("label", new IntTensor(labels));
        using var session = new LinearSession(Create("accumulating"));
        var options = Options with { Accumulate = accumulate };
        var trainer = new Trainer(session, data, null, options);

        // The data are spoiled after the set was made; the set itself refuses what it can see.
        // The sample comes late in the first epoch, as the last batch of a sum of four.
        int bad = new SampleOrder(Samples, Options.Seed, true).Of(0)[60];
        int label = labels[bad];
        float value = x[(bad * 4) + 2];
        (labels[bad], x[(bad * 4) + 2]) = column == "label" ? (LinearSession.Classes, value) : (label, float.NaN);
        float[] before = [];
        var log = new Log(static _ => true, () => before = session.Everything());
        var e = Assert.Throws<InvalidDataException>(() => trainer.Run(log));
        Assert.Equal(
            column == "label"
                ? $"Sample {bad} of the training set: element 0 of 'label' is 3; it must be in 0 … 2."
                : $"Sample {bad} of the training set: element 2 of 'x' is NaN; every float must be finite.",
            e.Message);
        Assert.Equal(before, session.Everything());

        // Repaired, training goes on as if nothing had been.
        (labels[bad], x[(bad * 4) + 2]) = (label, value);
        trainer.Run();
        using var whole = new LinearSession(Create("accumulating"));
        new Trainer(whole, data, null, options).Run();
        Assert.Equal(whole.Parameters.Sha256(), session.Parameters.Sha256());
    }

    [Fact]
    public void A_loss_that_is_not_finite_changes_nothing()
    {
        using var session = new LinearSession(new Sgd(0.1f));
        session.Parameters["Classify.Bias"].Values[1] = float.PositiveInfinity;
        string before = session.Parameters.Sha256();
        var trainer = new Trainer(session, Draw(Samples, 1), null, Options);
        var e = Assert.Throws<NotFiniteNumberException>(() => trainer.Run());
        Assert.StartsWith("Step 1, epoch 0: the loss of samples ", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, session.Parameters.Sha256());
    }

    [Fact]
    public void Samples_that_do_not_fit_are_refused()
    {
        using var session = new LinearSession(new Sgd(0.1f));
        var labels = new IntTensor(new int[6]);
        Dataset[] wrong =
        [
            new Dataset().With("x", Tensor.Zeros(6, 4)),
            new Dataset().With("x", Tensor.Zeros(6, 5)).With("label", labels),
            new Dataset().With("x", Tensor.Zeros(6, 4, 1)).With("label", labels),
            new Dataset().With("x", Tensor.Zeros(6, 4)).With("label", Tensor.Zeros(6)),
            new Dataset().With("x", Tensor.Zeros(0, 4)).With("label", new IntTensor([])),
        ];
        foreach (Dataset data in wrong)
        {
            Assert.Throws<ArgumentException>(() => new Trainer(session, data, null, Options));
        }

        // Columns of other names are taken in order.
        Dataset right = new Dataset().With("image", Tensor.Zeros(6, 4)).With("digit", labels);
        _ = new Trainer(session, right, null, Options);
        Assert.Throws<ArgumentException>(() => new Trainer(session, right, null, Options with { Accumulate = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Options with { BatchSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Options with { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Options with { CheckpointEvery = -1 });
    }

    [Theory]
    [InlineData(new[] { 1, 10 }, new int[0], 10, 1)]
    [InlineData(new[] { 1, 5, 8, 9 }, new[] { 8, 9 }, 5, 1)]
    [InlineData(new[] { 1, 7, 50 }, new[] { 7 }, 50, 2)]
    [InlineData(new[] { 1, 7, 7 }, new[] { 7 }, 7, 2)]
    [InlineData(new[] { 1, 10 }, new int[0], 9, 0)]
    [InlineData(new[] { 1, 4, 8, 9 }, new[] { 9, 8 }, 4, 0)]
    [InlineData(new[] { 1 }, new int[0], 1, 0)]
    public void The_axis_of_classes_is_the_one_labels_lack(int[] scores, int[] labels, int classes, int expected) =>
        Assert.Equal(expected, Evaluator.ClassAxis(scores, labels, classes));

    private sealed class EveryOther(float rate) : Schedule
    {
        public override float At(long step) => step % 2 == 0 ? rate : 0f;
    }
}
