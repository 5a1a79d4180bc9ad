using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl;
using Dsl.Checkpoints;
using Dsl.Data;
using Dsl.Sessions;
using Models.Language;
using Models.Vision;
using Xunit;

namespace Models.Tests.Language;

/// <summary>What classifiers of padded sequences promise.</summary>
public sealed class ClassifierTests
{
    private const int Vocabulary = 15;
    private const int Classes = 10;
    private const int Longest = 90;

    private static readonly int[] s_lengths = [90, 1, 17, 64, 65];

    public static IEnumerable<object[]> Classifiers => AllModels.Names.Where(static n =>
        ((string)n[0]).EndsWith("Classifier", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void A_sequence_of_a_padded_batch_has_the_scores_that_it_has_alone(string name)
    {
        IModel model = AllModels.Make(name);
        model.Parameters.Initialize(5);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = Device.Host(2), Sizes = new Sizes { ["b"] = s_lengths.Length, ["n"] = Longest },
        });
        var random = new Random(3);
        int[] tokens = [.. Enumerable.Range(0, s_lengths.Length * Longest).Select(_ => random.Next(Vocabulary))];
        float[] together = Scores(session, tokens, s_lengths, Longest);
        float scale = together.Max(Math.Abs);
        for (int i = 0; i < s_lengths.Length; i++)
        {
            int length = s_lengths[i];
            float[] alone = Scores(session, tokens.AsSpan(i * Longest, length).ToArray(), [length], length);
            for (int c = 0; c < Classes; c++)
            {
                Assert.InRange(together[(i * Classes) + c] - alone[c], -1e-5f * scale, 1e-5f * scale);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(5)]
    public void A_length_that_no_sequence_has_is_refused(int length)
    {
        IModel model = new LinearTransformerClassifier();
        using ModelSession session = model.NewSession(
            new SessionOptions { Device = Device.Host(1), Sizes = new Sizes { ["b"] = 2, ["n"] = 4 } });
        float[] before = Scores(session, [1, 2, 3, 4, 2, 1, 4, 3], [4, 2], 4);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(
            () => Scores(session, [1, 2, 3, 4, 2, 1, 4, 3], [4, length], 4));
        Assert.Contains($"'lengths' has a length of {length}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Scores(session, [1, 2, 3, 4, 2, 1, 4, 3], [4, 2], 4));
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void It_can_tell_in_which_order_tokens_came(string name)
    {
        IModel model = AllModels.Make(name);
        model.Parameters.Initialize(5);
        using ModelSession session = model.NewSession(
            new SessionOptions { Device = Device.Host(1), Sizes = new Sizes { ["b"] = 2, ["n"] = 4 } });
        float[] scores = Scores(session, [1, 2, 3, 4, 2, 1, 4, 3], [4, 4], 4);
        float scale = scores.Max(Math.Abs);
        Assert.Contains(
            Enumerable.Range(0, Classes), c => Math.Abs(scores[c] - scores[Classes + c]) > 1e-3f * scale);
    }

    [Fact]
    public void A_sequence_that_is_too_long_for_Linformer_is_refused()
    {
        var model = new LinformerClassifier();
        var error = Assert.Throws<ArgumentException>(
            () => model.CreateSession(maximum: new Sizes { ["b"] = 1, ["n"] = 513 }));
        Assert.Contains("512", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_measured_does_not_depend_on_what_is_in_a_batch()
    {
        IModel model = new GauClassifier();
        model.Parameters.Initialize(5);
        using ModelSession session = model.NewSession(
            new SessionOptions { Device = Device.Host(1), Sizes = new Sizes { ["b"] = 24, ["n"] = Longest } });
        Dataset data = Sequences(24);
        Evaluation together = Trainer.Evaluate(session, data, 24);
        Evaluation alone = Trainer.Evaluate(session, data, 1);
        Assert.Equal(together.Accuracy, alone.Accuracy);
        Assert.Equal(together.Loss, alone.Loss, 1e-5);
    }

    [Fact]
    public void Training_goes_on_from_a_checkpoint_with_batches_of_like_length()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            float[] once = Train(new TrainerOptions { Epochs = 2, BatchSize = 4, GroupByLength = true }, null);
            Train(new TrainerOptions { Epochs = 1, BatchSize = 4, GroupByLength = true, CheckpointPath = path }, null);
            Assert.Equal(once, Train(new TrainerOptions { Epochs = 2, BatchSize = 4, GroupByLength = true }, path));
            var error = Assert.Throws<CheckpointException>(
                () => Train(new TrainerOptions { Epochs = 2, BatchSize = 4 }, path));
            Assert.Contains("GroupByLength was True and is False", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Batches are cut to their longest sequence; a computed column does not know that and writes all of a sample.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Computed_columns_of_padded_sequences_are_as_good_as_stored_ones(bool grouped)
    {
        Dataset stored = Sequences(22);
        Dataset computed = stored.Columns.Aggregate(new Dataset(), (set, column) => set.With(
            column.Name, stored.Count, [.. column.Shape],
            (int sample, ref SampleRandom random, Span<int> values) => column.Read(sample, ref random, values)));
        var options = new TrainerOptions { Epochs = 1, BatchSize = 4, GroupByLength = grouped };
        Assert.Equal(Train(options, null, stored), Train(options, null, computed));

        using ModelSession session = ((IModel)new GauClassifier()).NewSession(
            new SessionOptions { Device = Device.Host(1), Sizes = new Sizes { ["b"] = 4, ["n"] = Longest } });
        Assert.Equal(Trainer.Evaluate(session, stored, 4), Trainer.Evaluate(session, computed, 4));
    }

    [Fact]
    public void Like_lengths_need_lengths_and_shuffling()
    {
        var unshuffled = Assert.Throws<ArgumentException>(
            () => Train(new TrainerOptions { BatchSize = 4, GroupByLength = true, Shuffle = false }, null));
        Assert.Contains("needs Shuffle", unshuffled.Message, StringComparison.Ordinal);
        Dataset digits = new Dataset()
            .With("image", new Tensor(new float[784], [1, 1, 28, 28])).With("digit", new IntTensor([1], [1]));
        var without = Assert.Throws<ArgumentException>(() => new Trainer(
            new DigitNet(), Device.Host(1), new Adam(1e-3f), digits, null, new TrainerOptions { GroupByLength = true }));
        Assert.Contains("[Lengths]", without.Message, StringComparison.Ordinal);
    }

    private static float[] Train(TrainerOptions options, string? resume, Dataset? data = null)
    {
        var model = new LinearTransformerClassifier();
        model.Parameters.Initialize(5);
        using var trainer = new Trainer(model, Device.Host(1), new Adam(1e-3f), data ?? Sequences(22), null, options);
        if (resume is not null)
        {
            trainer.Resume(resume);
        }

        trainer.Run();
        return [.. model.Parameters.SelectMany(static p => p.ReadOnlyValues.ToArray())];
    }

    private static Dataset Sequences(int count)
    {
        var random = new Random(count);
        int[] Below(int length, int limit) => [.. Enumerable.Range(0, length).Select(_ => random.Next(limit))];
        return new Dataset()
            .With("tokens", new IntTensor(Below(count * Longest, Vocabulary), [count, Longest]))
            .With("lengths", new IntTensor([.. Below(count, Longest).Select(static l => l + 1)], [count]))
            .With("label", new IntTensor(Below(count, Classes), [count]));
    }

    private static float[] Scores(ModelSession session, int[] tokens, int[] lengths, int longest)
    {
        var scores = new float[lengths.Length * Classes];
        session.Begin(EntryPoint.Forward, ("b", lengths.Length), ("n", longest));
        session.Write(0, tokens);
        session.Write(1, lengths);
        session.Run();
        session.Read(0, scores);
        return scores;
    }
}
