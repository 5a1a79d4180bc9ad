using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Dsl.Checkpoints;
using Dsl.Data;
using Dsl.Runtime.Tests.Checkpoints;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

public sealed class TrainerTests
{
    private const int Samples = 90;

    private static readonly TrainerOptions s_options = new() { Epochs = 2, BatchSize = 8, Seed = 3 };

    public static TheoryData<string, int, int> Interruptions
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (string optimizer in (string[])["adam", "average", "momentum", "scheduled"])
            {
                foreach (int steps in (int[])[1, 5, 11, 12, 13, 20])
                {
                    data.Add(optimizer, 1, steps);
                }
            }

            data.Add("accumulating", 5, 1);
            data.Add("accumulating", 5, 2);
            data.Add("accumulating", 5, 4);
            return data;
        }
    }

    [Fact]
    public void A_model_learns_and_its_best_parameters_are_saved()
    {
        using var folder = new ScratchFolder();
        using var session = new LinearSession(new Adam(0.05f));
        var log = new Log();
        var options = s_options with { Epochs = 20, BestPath = folder["best"], Metric = TrainingMetric.Accuracy };
        var trainer = new Trainer(session, Data(Samples, 1), Data(40, 2), options);
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
        again.PackParameters();
        Assert.Equal(best, new Evaluator(again, Data(40, 2), "validation", 7).Run().Accuracy);
    }

    [Fact]
    public void A_validation_is_the_mean_over_samples_and_changes_nothing()
    {
        using var session = new LinearSession(new Sgd(0.1f));
        session.PackParameters();
        float[] before = session.Everything();
        Evaluation one = new Evaluator(session, Data(41, 1), "validation", 41).Run();
        Evaluation parts = new Evaluator(session, Data(41, 1), "validation", 8).Run();
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
        new Trainer(session, Data(Samples, 1), Data(40, 2), s_options with { Epochs = 1, BestPath = folder["best"] }).Run(log);
        float[] trained = session.Everything();
        using var average = new LinearSession(new Sgd(0f));
        Checkpoint.Load(folder["best"], average.Parameters);
        average.PackParameters();
        Assert.Equal(log.Reports[^1].Validation!.Value.Loss, new Evaluator(average, Data(40, 2), "v", 8).Run().Loss);
        Assert.NotEqual(average.Parameters.Sha256(), session.Parameters.Sha256());
        optimizer.SwapAverage();
        session.UnpackParameters();
        Assert.Equal(average.Parameters.Sha256(), session.Parameters.Sha256());
        optimizer.SwapAverage();
        Assert.Equal(trained, session.Everything());
    }

    [Theory]
    [MemberData(nameof(Interruptions))]
    public void Training_stopped_and_continued_ends_with_the_same_bits(string optimizer, int accumulate, int steps)
    {
        using var folder = new ScratchFolder();
        TrainerOptions options = s_options with { Accumulate = accumulate };
        using var whole = new LinearSession(Optimizer(optimizer), 5);
        var log = new Log();
        new Trainer(whole, Data(Samples, 1), Data(40, 2), options).Run(log);

        TrainerOptions saving = options with { CheckpointPath = folder["x"], BestPath = folder["best"] };
        using (var first = new LinearSession(Optimizer(optimizer), 5))
        {
            using var stop = new CancellationTokenSource();
            var trainer = new Trainer(first, Data(Samples, 1), Data(40, 2), saving);
            Assert.Throws<OperationCanceledException>(() => trainer.Run(new Log(r => r.Step == steps, stop.Cancel), stop.Token));
            Assert.Equal(steps, first.Optimizer.Step);
        }

        using var second = new LinearSession(Optimizer(optimizer), 99);
        var resumed = new Trainer(second, Data(Samples, 1), Data(40, 2), saving);
        resumed.Resume(folder["x"]);
        var rest = new Log();
        resumed.Run(rest);
        Assert.Equal(Bits(whole.Everything(), whole), Bits(second.Everything(), second));
        Assert.Equal(whole.Parameters.Sha256(), second.Parameters.Sha256());
        Assert.Equal(
            log.Reports.Where(static r => r.EpochEnds).Select(static r => (r.Epoch, r.Step, r.Loss, r.Validation, r.Best)).Last(),
            rest.Reports.Where(static r => r.EpochEnds).Select(static r => (r.Epoch, r.Step, r.Loss, r.Validation, r.Best)).Last());
    }

    [Fact]
    public void One_epoch_and_another_make_two()
    {
        using var folder = new ScratchFolder();
        using var whole = new LinearSession(Optimizer("average"));
        new Trainer(whole, Data(Samples, 1), null, s_options).Run();
        using var first = new LinearSession(Optimizer("average"));
        new Trainer(first, Data(Samples, 1), null, s_options with { Epochs = 1, CheckpointPath = folder["x"] }).Run();
        using var second = new LinearSession(Optimizer("average"), 7);
        var trainer = new Trainer(second, Data(Samples, 1), null, s_options);
        trainer.Resume(folder["x"]);
        trainer.Run();
        Assert.Equal(whole.Everything(), second.Everything());
        Assert.NotEqual(first.Parameters.Sha256(), second.Parameters.Sha256());
    }

    [Fact]
    public void A_trainer_that_was_cancelled_goes_on_by_itself()
    {
        using var whole = new LinearSession(Optimizer("adam"));
        new Trainer(whole, Data(Samples, 1), null, s_options).Run();
        using var stopped = new LinearSession(Optimizer("adam"));
        var trainer = new Trainer(stopped, Data(Samples, 1), null, s_options);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new Log(static r => r.Step == 4, stop.Cancel), stop.Token));
        Assert.Equal((0, 4), (trainer.Epoch, trainer.Batch));
        trainer.Run();
        Assert.Equal(whole.Parameters.Sha256(), stopped.Parameters.Sha256());
    }

    [Fact]
    public void Checkpoints_come_every_so_many_steps()
    {
        using var folder = new ScratchFolder();
        using var session = new LinearSession(new Sgd(0.1f));
        var steps = new List<string>();
        var log = new Log(
            static r => !r.EpochEnds,
            () =>
            {
                if (File.Exists(folder["x"]))
                {
                    using var file = new SafeTensorsReader(folder["x"]);
                    steps.Add(file.Metadata["step"]);
                }
            });
        new Trainer(session, Data(Samples, 1), null, s_options with { CheckpointPath = folder["x"], CheckpointEvery = 5 }).Run(log);
        Assert.Equal(["5", "10", "12", "15", "20"], steps.Distinct());
    }

    [Fact]
    public void Micro_batches_act_like_one_batch()
    {
        using var whole = new LinearSession(new Sgd(0.2f) { Momentum = 0.9f });
        new Trainer(whole, Data(Samples, 1), null, s_options with { BatchSize = 32 }).Run();
        using var parts = new LinearSession(new Sgd(0.2f) { Momentum = 0.9f, Accumulates = true });
        new Trainer(parts, Data(Samples, 1), null, s_options with { BatchSize = 8, Accumulate = 4 }).Run();
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
        using var session = new LinearSession(new AdamW(0.1f) { ClipNorm = 1f, AverageDecay = 0.9f, Accumulates = true });
        var meter = new AllocationMeter();
        new Trainer(session, Data(Samples, 1), null, s_options with { Accumulate = 2, Epochs = 3 }).Run(meter);
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
        Dataset data = new Dataset().With("x", new Tensor(x, Samples, LinearSession.Features)).With("label", new IntTensor(labels));
        using var session = new LinearSession(Optimizer("accumulating"));
        var options = s_options with { Accumulate = accumulate };
        var trainer = new Trainer(session, data, null, options);

        // The data are spoiled after the set was made; the set itself refuses what it can see.
        // The sample comes late in the first epoch, as the last batch of a sum of four.
        int bad = new SampleOrder(Samples, s_options.Seed, true).Of(0)[60];
        int label = labels[bad];
        float value = x[(bad * 4) + 2];
        (labels[bad], x[(bad * 4) + 2]) = column == "label" ? (LinearSession.Classes, value) : (label, float.NaN);
        float[] before = [];
        var log = new Log(static _ => true, () => before = session.Everything());
        var e = Assert.Throws<InvalidDataException>(() => trainer.Run(log));
        Assert.Equal(
            column == "label"
                ? $"Sample {bad} of the training set: element 0 of 'label' is 3; labels go from 0 to 2."
                : $"Sample {bad} of the training set: element 2 of 'x' is NaN; every float must be finite.",
            e.Message);
        Assert.Equal(before, session.Everything());

        // Repaired, training goes on as if nothing had been.
        (labels[bad], x[(bad * 4) + 2]) = (label, value);
        trainer.Run();
        using var whole = new LinearSession(Optimizer("accumulating"));
        new Trainer(whole, data, null, options).Run();
        Assert.Equal(whole.Parameters.Sha256(), session.Parameters.Sha256());
    }

    [Fact]
    public void A_loss_that_is_not_finite_changes_nothing()
    {
        using var session = new LinearSession(new Sgd(0.1f));
        session.Parameters["Classify.Bias"].Values[1] = float.PositiveInfinity;
        string before = session.Parameters.Sha256();
        var trainer = new Trainer(session, Data(Samples, 1), null, s_options);
        var e = Assert.Throws<NotFiniteNumberException>(() => trainer.Run());
        Assert.StartsWith("Step 1, epoch 0: the loss of samples ", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, session.Parameters.Sha256());
    }

    [Fact]
    public void A_training_checkpoint_also_serves_as_a_model()
    {
        using var folder = new ScratchFolder();
        using var session = new LinearSession(Optimizer("average"));
        var trainer = new Trainer(session, Data(Samples, 1), null, s_options);
        trainer.Run();
        trainer.Save(folder["x"]);
        using var other = new LinearSession(new Sgd(0f), 4);
        Checkpoint.Load(folder["x"], other.Parameters);
        Assert.Equal(session.Parameters.Sha256(), other.Parameters.Sha256());
        using var file = new SafeTensorsReader(folder["x"]);
        Assert.Equal(
            ["Classify.Bias", "Classify.Weight", "optimizer.Average.Classify.Bias", "optimizer.Average.Classify.Weight",
             "optimizer.Mean.Classify.Bias", "optimizer.Mean.Classify.Weight", "optimizer.Square.Classify.Bias",
             "optimizer.Square.Classify.Weight"],
            file.Tensors.Select(static t => t.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("seed", "Seed was 3 and is 4")]
    [InlineData("batch", "BatchSize was 8 and is 16")]
    [InlineData("shuffle", "Shuffle was True and is False")]
    [InlineData("samples", "the number of training samples was 90 and is 80")]
    [InlineData("optimizer", "the optimiser was Adam and is Sgd")]
    [InlineData("average", "'optimizer.Average.Classify.Bias' [3] is missing")]
    [InlineData("model", "no 'optimizer': this is no checkpoint of a training")]
    [InlineData("place", "There is no step 24, epoch 2, batch 12 of 12")]
    [InlineData("text", "'step' is 'many', which cannot be read")]
    public void A_checkpoint_of_something_else_is_refused_and_changes_nothing(string what, string expected)
    {
        using var folder = new ScratchFolder();
        using (var session = new LinearSession(new Adam(0.1f)))
        {
            var trainer = new Trainer(session, Data(Samples, 1), null, s_options with { CheckpointPath = folder["x"] });
            trainer.Run();
        }

        Rewrite(folder["x"], what);
        TrainerOptions options = what switch
        {
            "seed" => s_options with { Seed = 4 },
            "batch" => s_options with { BatchSize = 16 },
            "shuffle" => s_options with { Shuffle = false },
            _ => s_options,
        };
        Optimizer optimizer = what switch
        {
            "optimizer" => new Sgd(0.1f),
            "average" => new Adam(0.1f) { AverageDecay = 0.9f },
            _ => new Adam(0.1f),
        };
        using var other = new LinearSession(optimizer, 8);
        var resumed = new Trainer(other, Data(what == "samples" ? 80 : Samples, 1), null, options);
        other.PackParameters();
        float[] before = other.Everything();
        string hash = other.Parameters.Sha256();
        var e = Assert.Throws<CheckpointException>(() => resumed.Resume(folder["x"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, other.Everything());
        Assert.Equal(hash, other.Parameters.Sha256());
        Assert.Equal((0, 0, 0L), (resumed.Epoch, resumed.Batch, optimizer.Step));
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
            Assert.Throws<ArgumentException>(() => new Trainer(session, data, null, s_options));
        }

        // Columns of other names are taken in order.
        _ = new Trainer(session, new Dataset().With("image", Tensor.Zeros(6, 4)).With("digit", labels), null, s_options);
        Assert.Throws<ArgumentException>(() => new Trainer(session, wrong[0].With("label", labels), null, s_options with { Accumulate = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_options with { BatchSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => s_options with { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => s_options with { CheckpointEvery = -1 });
    }

    [Theory]
    [InlineData(new[] { 1, 10 }, new int[0], 10, 1)]
    [InlineData(new[] { 1, 5, 8, 9 }, new[] { 8, 9 }, 5, 1)]
    [InlineData(new[] { 1, 7, 50 }, new[] { 7 }, 50, 2)]
    [InlineData(new[] { 1, 7, 7 }, new[] { 7 }, 0, 1)]
    [InlineData(new[] { 1, 10 }, new int[0], 9, 0)]
    [InlineData(new[] { 1, 4, 8, 9 }, new[] { 9, 8 }, 4, 0)]
    [InlineData(new[] { 1 }, new int[0], 1, 0)]
    public void The_axis_of_classes_is_the_one_labels_lack(int[] scores, int[] labels, int classes, int expected) =>
        Assert.Equal(expected, Evaluator.ClassAxis(scores, labels, classes));

    private static Optimizer Optimizer(string name) => name switch
    {
        "average" => new AdamW(0.05f) { AverageDecay = 0.9f, ClipNorm = 0.5f },
        "momentum" => new Sgd(0.1f) { Momentum = 0.9f, Nesterov = true, WeightDecay = 0.01f },
        "scheduled" => new RmsProp(Schedule.Cosine(0.05f, 20).WarmUp(4)) { Momentum = 0.5f },
        "accumulating" => new Adam(0.05f) { Accumulates = true, AverageDecay = 0.5f },
        _ => new Adam(0.05f),
    };

    /// <summary>The bits without the sum of micro-batches, which is rebuilt from nothing by every step.</summary>
    private static int[] Bits(float[] values, LinearSession session) =>
        Array.ConvertAll(values[..^(session.Optimizer.Accumulates ? (int)session.ParameterLength : 0)], BitConverter.SingleToInt32Bits);

    private static Dataset Data(int samples, int seed)
    {
        float[] x = Features(samples, seed, out int[] labels);
        return new Dataset().With("label", new IntTensor(labels)).With("x", new Tensor(x, samples, LinearSession.Features));
    }

    private static float[] Features(int samples, int seed, out int[] labels)
    {
        var random = new Random(seed);
        labels = new int[samples];
        var x = new float[samples * LinearSession.Features];
        for (int i = 0; i < samples; i++)
        {
            labels[i] = random.Next(LinearSession.Classes);
            for (int f = 0; f < LinearSession.Features; f++)
            {
                x[(i * LinearSession.Features) + f] = (float)(random.NextDouble() - 0.5) + (f == labels[i] ? 1.5f : 0f);
            }
        }

        return x;
    }

    private static void Rewrite(string path, string what)
    {
        if (what is not ("model" or "place" or "text"))
        {
            return;
        }

        var writer = new SafeTensorsWriter();
        using (var reader = new SafeTensorsReader(path))
        {
            foreach ((string key, string text) in reader.Metadata.Where(_ => what != "model"))
            {
                writer.Metadata[key] = (what, key) switch { ("place", "batch") => "12", ("text", "step") => "many", _ => text };
            }

            foreach (TensorEntry t in reader.Tensors)
            {
                var values = new float[t.Length];
                reader.Read(t.Name, values);
                writer.Add(t.Name, t.Shape.Select(static e => (int)e).ToArray(), values);
            }
        }

        writer.Save(path);
    }

    private sealed class Log(Func<TrainProgress, bool>? when = null, Action? then = null) : IProgress<TrainProgress>
    {
        public List<TrainProgress> Reports { get; } = [];

        public void Report(TrainProgress value)
        {
            Reports.Add(value);
            if (when?.Invoke(value) == true)
            {
                then!();
            }
        }
    }

    private sealed class AllocationMeter : IProgress<TrainProgress>
    {
        private long _before;

        public long Allocated { get; private set; }

        public int Steps { get; private set; }

        public void Report(TrainProgress value)
        {
            // The first step may prepare things, and an epoch's end is no step.
            if (value.Epoch > 0 && !value.EpochEnds)
            {
                Allocated += _before == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - _before;
                Steps++;
            }

            _before = value.EpochEnds ? 0 : GC.GetAllocatedBytesForCurrentThread();
        }
    }
}
