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

/// <summary>Training that is stopped and continued, and what it is continued from.</summary>
public sealed class TrainerResumeTests
{
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

    [Theory]
    [MemberData(nameof(Interruptions))]
    public void Training_stopped_and_continued_ends_with_the_same_bits(string optimizer, int accumulate, int steps)
    {
        using var folder = new ScratchFolder();
        TrainerOptions options = Options with { Accumulate = accumulate };
        using var whole = new LinearSession(Create(optimizer), 5);
        var log = new Log();
        new Trainer(whole, Draw(Samples, 1), Draw(40, 2), options).Run(log);

        TrainerOptions saving = options with { CheckpointPath = folder["x"], BestPath = folder["best"] };
        using (var first = new LinearSession(Create(optimizer), 5))
        {
            using var stop = new CancellationTokenSource();
            var trainer = new Trainer(first, Draw(Samples, 1), Draw(40, 2), saving);
            var stopper = new Log(r => r.Step == steps, stop.Cancel);
            Assert.Throws<OperationCanceledException>(() => trainer.Run(stopper, stop.Token));
            Assert.Equal(steps, first.Optimizer.Step);
        }

        using var second = new LinearSession(Create(optimizer), 99);
        var resumed = new Trainer(second, Draw(Samples, 1), Draw(40, 2), saving);
        resumed.Resume(folder["x"]);
        var rest = new Log();
        resumed.Run(rest);
        Assert.Equal(Bits(whole.Everything(), whole), Bits(second.Everything(), second));
        Assert.Equal(whole.Parameters.Sha256(), second.Parameters.Sha256());
        Assert.Equal(
            log.Reports.Last(static r => r.EpochEnds) with { SamplesPerSecond = 0 },
            rest.Reports.Last(static r => r.EpochEnds) with { SamplesPerSecond = 0 });
    }

    [Fact]
    public void One_epoch_and_another_make_two()
    {
        using var folder = new ScratchFolder();
        using var whole = new LinearSession(Create("average"));
        new Trainer(whole, Draw(Samples, 1), null, Options).Run();
        using var first = new LinearSession(Create("average"));
        new Trainer(first, Draw(Samples, 1), null, Options with { Epochs = 1, CheckpointPath = folder["x"] }).Run();
        using var second = new LinearSession(Create("average"), 7);
        var trainer = new Trainer(second, Draw(Samples, 1), null, Options);
        trainer.Resume(folder["x"]);
        trainer.Run();
        Assert.Equal(whole.Everything(), second.Everything());
        Assert.NotEqual(first.Parameters.Sha256(), second.Parameters.Sha256());
    }

    [Fact]
    public void A_trainer_that_was_cancelled_goes_on_by_itself()
    {
        using var whole = new LinearSession(Create("adam"));
        new Trainer(whole, Draw(Samples, 1), null, Options).Run();
        using var stopped = new LinearSession(Create("adam"));
        var trainer = new Trainer(stopped, Draw(Samples, 1), null, Options);
        using var stop = new CancellationTokenSource();
        var stopper = new Log(static r => r.Step == 4, stop.Cancel);
        Assert.Throws<OperationCanceledException>(() => trainer.Run(stopper, stop.Token));
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
        TrainerOptions options = Options with { CheckpointPath = folder["x"], CheckpointEvery = 5 };
        new Trainer(session, Draw(Samples, 1), null, options).Run(log);
        Assert.Equal(["5", "10", "12", "15", "20"], steps.Distinct());
    }

    [Fact]
    public void A_training_checkpoint_also_serves_as_a_model()
    {
        using var folder = new ScratchFolder();
        using var session = new LinearSession(Create("average"));
        var trainer = new Trainer(session, Draw(Samples, 1), null, Options);
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
            var trainer = new Trainer(session, Draw(Samples, 1), null, Options with { CheckpointPath = folder["x"] });
            trainer.Run();
        }

        Rewrite(folder["x"], what);
        TrainerOptions options = what switch
        {
            "seed" => Options with { Seed = 4 },
            "batch" => Options with { BatchSize = 16 },
            "shuffle" => Options with { Shuffle = false },
            _ => Options,
        };
        Optimizer optimizer = what switch
        {
            "optimizer" => new Sgd(0.1f),
            "average" => new Adam(0.1f) { AverageDecay = 0.9f },
            _ => new Adam(0.1f),
        };
        using var other = new LinearSession(optimizer, 8);
        var resumed = new Trainer(other, Draw(what == "samples" ? 80 : Samples, 1), null, options);
        float[] before = other.Everything();
        string hash = other.Parameters.Sha256();
        var e = Assert.Throws<CheckpointException>(() => resumed.Resume(folder["x"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, other.Everything());
        Assert.Equal(hash, other.Parameters.Sha256());
        Assert.Equal((0, 0, 0L), (resumed.Epoch, resumed.Batch, optimizer.Step));
    }

    /// <summary>The bits without the sum of micro-batches, which is rebuilt from nothing by every step.</summary>
    private static int[] Bits(float[] values, LinearSession session) =>
        Array.ConvertAll(
            values[..^(session.Optimizer.Accumulates ? (int)session.ParameterLength : 0)],
            BitConverter.SingleToInt32Bits);

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
                writer.Metadata[key] = (what, key) switch
                {
                    ("place", "batch") => "12",
                    ("text", "step") => "many",
                    _ => text,
                };
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
}
