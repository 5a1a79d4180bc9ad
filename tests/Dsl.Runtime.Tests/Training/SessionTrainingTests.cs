using System;
using System.Linq;
using System.Threading;
using Dsl.Checkpoints;
using Dsl.Data;
using Dsl.Runtime.Tests.Checkpoints;
using Dsl.Sessions;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

/// <summary>Trainers and optimisers with a compiled model's session.</summary>
public sealed class SessionTrainingTests
{
    private static readonly float[] s_scale = [2f, -1f, 0.5f, 3f];
    private static readonly TrainerOptions s_options = new() { Epochs = 4, BatchSize = 16, Seed = 9 };

    [Fact]
    public void A_session_learns_what_made_its_samples()
    {
        var model = new ScaleModel();
        using ModelSession session = Session(model, new Adam(0.05f));
        var log = new Log();
        new Trainer(session, Draw(100), Draw(30), s_options with { Epochs = 60 }).Run(log);
        Evaluation last = log.Reports[^1].Validation!.Value;
        Assert.True(last.Loss < 1e-3, $"{last.Loss}");
        Assert.True(double.IsNaN(last.Accuracy));
        TrainerOptions byAccuracy = s_options with { Metric = TrainingMetric.Accuracy };
        Assert.Throws<ArgumentException>(() => new Trainer(session, Draw(100), Draw(30), byAccuracy));

        // The packed scale is [s0, s2, s1, s3] of the logical one.
        float[] scale = model.Parameters["Scale"].ReadOnlyValues.ToArray();
        float[] packed = [scale[0], scale[2], scale[1], scale[3]];
        Assert.All(packed.Zip(s_scale), static p => Assert.Equal(p.Second, p.First, 0.05));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(1, 7)]
    [InlineData(3, 3)]
    public void Training_stopped_and_continued_ends_with_the_same_bits(int accumulate, int steps)
    {
        using var folder = new ScratchFolder();
        TrainerOptions options = s_options with { Accumulate = accumulate, CheckpointPath = folder["x"] };
        var whole = new ScaleModel();
        using (ModelSession session = Session(whole, Averaging()))
        {
            new Trainer(session, Draw(100), Draw(30), s_options with { Accumulate = accumulate }).Run();
        }

        var stopped = new ScaleModel();
        using (ModelSession session = Session(stopped, Averaging()))
        {
            using var stop = new CancellationTokenSource();
            var stopper = new Log(r => r.Step == steps, stop.Cancel);
            var trainer = new Trainer(session, Draw(100), Draw(30), options);
            Assert.Throws<OperationCanceledException>(() => trainer.Run(stopper, stop.Token));
        }

        var resumed = new ScaleModel();
        resumed.Parameters.Initialize(1234);
        using ModelSession second = Session(resumed, Averaging(), threads: 1);
        var rest = new Trainer(second, Draw(100), Draw(30), options);
        rest.Resume(folder["x"]);
        Assert.Equal(stopped.Parameters.Sha256(), resumed.Parameters.Sha256());
        rest.Run();
        Assert.Equal(whole.Parameters.Sha256(), resumed.Parameters.Sha256());
    }

    /// <summary>Without a trainer: a loop of one's own is stopped and goes on in another session.</summary>
    [Fact]
    public void A_loop_of_ones_own_goes_on_from_a_checkpoint_with_the_same_bits()
    {
        using var folder = new ScratchFolder();
        var whole = new ScaleModel();
        using ModelSession first = Session(whole, new Adam(0.05f) { AverageDecay = 0.9f });
        first.Seed = 12;
        Steps(first, 0, 3);
        Checkpoint.Save(folder["x"], first);
        Steps(first, 3, 7);

        var other = new ScaleModel();
        other.Parameters.Initialize(77);
        var optimizer = new Adam(0.05f) { AverageDecay = 0.9f };
        using ModelSession second = Session(other, optimizer);
        Checkpoint.Load(folder["x"], second);
        Assert.Equal((3, 12UL), (optimizer.Step, second.Seed));
        Steps(second, 3, 7);
        Assert.Equal(whole.Parameters.Sha256(), other.Parameters.Sha256());
        optimizer.SwapAverage(second);
        first.Optimizer!.SwapAverage(first);
        Assert.Equal(whole.Parameters.Sha256(), other.Parameters.Sha256());

        // Of another optimiser, or in the middle of a step.
        using ModelSession third = Session(new ScaleModel(), new AdamW(0.05f) { AverageDecay = 0.9f });
        Assert.Contains("was Adam and is AdamW", Assert.Throws<CheckpointException>(
            () => Checkpoint.Load(folder["x"], third)).Message, StringComparison.Ordinal);
        var adds = new Adam(0.05f) { Accumulates = true };
        using ModelSession fourth = Session(new ScaleModel(), adds);
        Run(fourth, 0);
        adds.Accumulate(fourth, 0.5f);
        Assert.Throws<InvalidOperationException>(() => Checkpoint.Save(folder["x"], fourth));
        using ModelSession fifth = new ScaleModel().NewSession(new SessionOptions { Device = Device.Host(1) });
        Assert.Throws<InvalidOperationException>(() => Checkpoint.Save(folder["x"], fifth));
    }

    [Fact]
    public void A_gradient_is_that_of_the_mean_loss_in_logical_layout()
    {
        var model = new ScaleModel();
        using ModelSession session = Session(model, new Sgd(0.25f));
        float[] before = model.Parameters["Scale"].ReadOnlyValues.ToArray();
        Run(session, 0);
        Tensor gradient = session.ReadGradient("Scale");
        Assert.Equal([2, 2], gradient.Shape.ToArray());
        session.Optimizer!.Update(session);
        Assert.Equal(gradient.ToArray(), session.ReadGradient("Scale").ToArray());
        float[] after = model.Parameters["Scale"].ReadOnlyValues.ToArray();
        Assert.All(before.Zip(after, gradient.ToArray()), static p => Assert.Equal(p.First - (0.25f * p.Third), p.Second, 1e-6));
        Assert.Throws<System.Collections.Generic.KeyNotFoundException>(() => session.ReadGradient("Scales"));

        using ModelSession frozen = Session(new ScaleModel(), new Sgd(0.25f) { Groups = [ParameterGroup.Frozen("Scale")] });
        Run(frozen, 0);
        Assert.Contains("frozen", Assert.Throws<InvalidOperationException>(
            () => frozen.ReadGradient("Scale")).Message, StringComparison.Ordinal);
        Assert.NotEmpty(frozen.ReadGradient("Shift").ToArray());
    }

    [Fact]
    public void A_trainer_makes_a_session_as_large_as_it_needs()
    {
        var given = new ScaleModel();
        using (ModelSession session = Session(given, new Sgd(0.1f)))
        {
            new Trainer(session, Draw(100), Draw(30), s_options).Run();
        }

        // Larger than the model's example.
        var own = new ScaleModel();
        TrainerOptions larger = s_options with { BatchSize = 32 };
        using (var trainer = new Trainer(own, null, new Sgd(0.1f), Draw(100), Draw(30), larger))
        {
            trainer.Run();
        }

        Assert.NotEqual(given.Parameters.Sha256(), own.Parameters.Sha256());
        own.Parameters.Initialize(0);
        using (var trainer = new Trainer(own, Device.Host(1), new Sgd(0.1f), Draw(100), Draw(30), s_options))
        {
            trainer.Run();
        }

        Assert.Equal(given.Parameters.Sha256(), own.Parameters.Sha256());
    }

    [Fact]
    public void A_step_by_hand_uses_the_same_optimiser()
    {
        var trained = new ScaleModel();
        using ModelSession session = Session(trained, new Sgd(0.1f));
        new Trainer(session, Draw(16), null, new TrainerOptions { BatchSize = 16, Shuffle = false }).Run();

        var byHand = new ScaleModel();
        var optimizer = new Sgd(0.1f);
        using ModelSession other = Session(byHand, optimizer);
        Dataset data = Draw(16);
        other.Begin(EntryPoint.Train);
        other.Write(0, data["x"].Floats);
        other.Write(1, data["target"].Floats);
        other.Run();
        Assert.True(optimizer.Update(other));
        Assert.Equal(trained.Parameters.Sha256(), byHand.Parameters.Sha256());
        Assert.Throws<InvalidOperationException>(() => optimizer.Update(session));
        Assert.Throws<InvalidOperationException>(() => optimizer.SwapAverage(other));
    }

    [Fact]
    public void An_average_is_what_the_model_shows_after_the_exchange()
    {
        var model = new ScaleModel();
        AdamW optimizer = Averaging();
        using ModelSession session = Session(model, optimizer);
        var trainer = new Trainer(session, Draw(100), null, s_options);
        trainer.Run();
        string trained = model.Parameters.Sha256();
        optimizer.SwapAverage(session);
        Assert.NotEqual(trained, model.Parameters.Sha256());
        optimizer.SwapAverage(session);
        Assert.Equal(trained, model.Parameters.Sha256());
    }

    [Fact]
    public void Parameters_loaded_into_the_model_are_what_training_begins_with()
    {
        using var folder = new ScratchFolder();
        var source = new ScaleModel();
        source.Parameters.Initialize(5);
        Checkpoint.Save(folder["x"], source.Parameters);
        string[] hashes = [.. new[] { true, false }.Select(after =>
        {
            var model = new ScaleModel();
            if (!after)
            {
                Checkpoint.Load(folder["x"], model.Parameters);
            }

            using ModelSession session = Session(model, new Adam(0.1f));
            var trainer = new Trainer(session, Draw(100), null, s_options);
            if (after)
            {
                Checkpoint.Load(folder["x"], model.Parameters);
            }

            trainer.Run();
            return model.Parameters.Sha256();
        })];
        Assert.Equal(hashes[0], hashes[1]);
    }

    private static void Run(ModelSession session, int step)
    {
        session.Begin(EntryPoint.Train, ("b", 2));
        session.Write(0, [.. Enumerable.Range(0, 8).Select(i => ((i * 5) + step) % 7 * 0.25f)]);
        session.Write(1, [.. Enumerable.Range(0, 8).Select(static i => i * 0.5f)]);
        session.Run();
    }

    private static void Steps(ModelSession session, int begin, int end)
    {
        for (int step = begin; step < end; step++)
        {
            Run(session, step);
            session.Optimizer!.Update(session);
        }
    }

    private static AdamW Averaging() => new(0.05f) { AverageDecay = 0.9f, ClipNorm = 1f, Accumulates = true };

    private static ModelSession Session(ScaleModel model, Optimizer optimizer, int threads = 2) =>
        model.NewSession(new SessionOptions { Device = Device.Host(threads), Optimizer = optimizer });

    private static Dataset Draw(int samples)
    {
        var random = new Random(samples);
        var x = new float[samples * ScaleModel.Features];
        var target = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (float)(random.NextDouble() - 0.5) * 2;
            target[i] = (x[i] * s_scale[i % 4]) + 0.25f;
        }

        return new Dataset()
            .With("x", new Tensor(x, samples, ScaleModel.Features))
            .With("target", new Tensor(target, samples, ScaleModel.Features));
    }
}
