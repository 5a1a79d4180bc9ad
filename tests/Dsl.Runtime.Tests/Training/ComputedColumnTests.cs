using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Dsl.Data;
using Dsl.Runtime.Tests.Checkpoints;
using Xunit;
using static Dsl.Runtime.Tests.Training.TrainingCases;

namespace Dsl.Runtime.Tests.Training;

/// <summary>Columns that are computed sample by sample, beside columns that are stored.</summary>
public sealed class ComputedColumnTests
{
    /// <summary>A function that says what an array has trains to the same bits.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_computed_column_is_as_good_as_a_stored_one(int accumulate)
    {
        TrainerOptions options = Options with { Accumulate = accumulate };
        using var stored = new LinearSession(Create("accumulating"));
        new Trainer(stored, Draw(Samples, 1), null, options).Run();
        using var computed = new LinearSession(Create("accumulating"));
        new Trainer(computed, Computed(Draw(Samples, 1)), null, options).Run();
        Assert.Equal(stored.Parameters.Sha256(), computed.Parameters.Sha256());

        Dataset test = Draw(41, 2);
        Assert.Equal(new Evaluator(stored, test, "test", 8).Run(), new Evaluator(computed, Computed(test), "test", 8).Run());
    }

    [Fact]
    public void Parts_of_a_set_are_parts_of_its_computed_columns()
    {
        (Dataset set, _) = Computed(Draw(Samples, 1)).Split(0.7, seed: 4);
        (Dataset stored, _) = Draw(Samples, 1).Split(0.7, seed: 4);
        Dataset part = set.Slice(3, 20);
        Assert.True(part["x"].Computed && part["label"].Integers);
        for (int i = 0; i < part.Count; i++)
        {
            var x = new float[LinearSession.Features];
            var label = new int[1];
            SampleRandom random = default;
            part["x"].Read<float>(i, ref random, x);
            part["label"].Read<int>(i, ref random, label);
            Assert.Equal(stored["x"].Floats.Slice((3 + i) * x.Length, x.Length), x);
            Assert.Equal(stored["label"].Ints[3 + i], label[0]);
        }
    }

    /// <summary>Numbers differ from sample to sample and from epoch to epoch, are the same for both columns of a sample, and the same
    /// when training goes on from a checkpoint.</summary>
    [Fact]
    public void Random_numbers_belong_to_a_sample_and_an_epoch()
    {
        var seen = new List<(int Sample, float Number)>();
        var labels = new List<(int Sample, float Number)>();
        Dataset noisy = Noisy(seen, labels);
        using var whole = new LinearSession(Create("adam"));
        new Trainer(whole, noisy, null, Options).Run();
        Assert.Equal(2 * Samples, seen.Count);
        Assert.Equal(seen, labels);
        Assert.Equal(seen.Count, seen.Select(static s => s.Number).Distinct().Count());
        Assert.All(seen, static s => Assert.InRange(s.Number, 0f, 0.99999995f));

        using var folder = new ScratchFolder();
        TrainerOptions saving = Options with { CheckpointPath = folder["x"] };
        using (var first = new LinearSession(Create("adam")))
        using (var stop = new CancellationTokenSource())
        {
            var stopper = new Log(static r => r.Step == 5, stop.Cancel);
            Assert.Throws<OperationCanceledException>(
                () => new Trainer(first, noisy, null, saving).Run(stopper, stop.Token));
        }

        using var second = new LinearSession(Create("adam"), 99);
        var resumed = new Trainer(second, noisy, null, saving);
        resumed.Resume(folder["x"]);
        resumed.Run();
        Assert.Equal(whole.Parameters.Sha256(), second.Parameters.Sha256());

        // An evaluation draws the same each time.
        Assert.Equal(new Evaluator(whole, noisy, "test", 8).Run(), new Evaluator(whole, noisy, "test", 8).Run());
    }

    [Theory]
    [InlineData(1, "label")]
    [InlineData(4, "label")]
    [InlineData(1, "x")]
    [InlineData(4, "x")]
    public void A_bad_computed_sample_is_named_and_changes_nothing(int accumulate, string column)
    {
        Dataset stored = Draw(Samples, 1);
        TrainerOptions options = Options with { Accumulate = accumulate };
        int bad = new SampleOrder(Samples, Options.Seed, true).Of(0)[60];
        bool spoiled = true;
        Dataset data = new Dataset()
            .With("x", Samples, [LinearSession.Features], (int sample, ref SampleRandom random, Span<float> x) =>
            {
                stored["x"].Read(sample, ref random, x);
                x[2] = spoiled && column == "x" && sample == bad ? float.NaN : x[2];
            })
            .With("label", Samples, [], (int sample, ref SampleRandom random, Span<int> label) =>
            {
                stored["label"].Read(sample, ref random, label);
                label[0] = spoiled && column == "label" && sample == bad ? LinearSession.Classes : label[0];
            });
        using var session = new LinearSession(Create("accumulating"));
        var trainer = new Trainer(session, data, null, options);
        string before = "";
        var e = Assert.Throws<InvalidDataException>(
            () => trainer.Run(new Log(static _ => true, () => before = session.Parameters.Sha256())));
        Assert.Equal(
            column == "label"
                ? $"Sample {bad} of the training set: element 0 of 'label' is 3; it must be in 0 … 2."
                : $"Sample {bad} of the training set: element 2 of 'x' is NaN; every float must be finite.",
            e.Message);
        Assert.Equal(before, session.Parameters.Sha256());

        spoiled = false;
        trainer.Run();
        using var whole = new LinearSession(Create("accumulating"));
        new Trainer(whole, stored, null, options).Run();
        Assert.Equal(whole.Parameters.Sha256(), session.Parameters.Sha256());
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var session = new LinearSession(Create("adam"));
        var meter = new AllocationMeter();
        new Trainer(session, Computed(Draw(Samples, 1)), null, Options with { Epochs = 3 }).Run(meter);
        Assert.Equal(0, meter.Allocated);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(
            () => Draw(3, 1).With("more", 4, [], static (int _, ref SampleRandom _, Span<int> _) => { }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Dataset().With("x", -1, [], static (int _, ref SampleRandom _, Span<int> _) => { }));
        var error = Assert.Throws<InvalidOperationException>(() => Computed(Draw(3, 1))["x"].Floats.Length);
        Assert.Equal("Column 'x' is computed sample by sample, not stored.", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            SampleRandom random = default;
            Draw(3, 1)["label"].Read(0, ref random, new int[2].AsSpan());
        });
    }

    [Fact]
    public void Numbers_are_spread_as_they_should_be()
    {
        const int Count = 20_000;
        var random = new SampleRandom(7, 1, 3);
        double sum = 0, squares = 0;
        var counts = new int[5];
        for (int i = 0; i < Count; i++)
        {
            float normal = random.NextNormal();
            (sum, squares) = (sum + normal, squares + ((double)normal * normal));
            counts[random.Next(5)]++;
            Assert.InRange(random.NextSingle(2f, 3f), 2f, 3f);
        }

        Assert.InRange(sum / Count, -0.03, 0.03);
        Assert.InRange(squares / Count, 0.95, 1.05);
        Assert.All(counts, static c => Assert.InRange(c, (Count / 5) - 250, (Count / 5) + 250));
    }

    private static Dataset Computed(Dataset stored)
    {
        (Column label, Column x) = (stored["label"], stored["x"]);
        return new Dataset()
            .With("label", stored.Count, [], (int sample, ref SampleRandom random, Span<int> values) =>
                label.Read(sample, ref random, values))
            .With("x", stored.Count, [LinearSession.Features], (int sample, ref SampleRandom random, Span<float> values) =>
                x.Read(sample, ref random, values));
    }

    /// <summary>Both columns draw, and say what.</summary>
    private static Dataset Noisy(List<(int Sample, float Number)> seen, List<(int Sample, float Number)> labels)
    {
        Dataset stored = Draw(Samples, 1);
        return new Dataset()
            .With("x", Samples, [LinearSession.Features], (int sample, ref SampleRandom random, Span<float> x) =>
            {
                float number = random.NextSingle();
                seen.Add((sample, number));
                stored["x"].Read(sample, ref random, x);
                x[0] += number;
            })
            .With("label", Samples, [], (int sample, ref SampleRandom random, Span<int> label) =>
            {
                labels.Add((sample, random.NextSingle()));
                stored["label"].Read(sample, ref random, label);
            });
    }
}
