using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Sessions;
using Models.Language;
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
