using System;
using System.Collections.Generic;
using System.Linq;
using Dsl;
using Dsl.Gpu;
using Dsl.Sessions;
using Dsl.Tests;
using Models.Language;
using Xunit;

namespace Models.Tests.Language;

/// <summary>One declaration, two modes: a sequence at once and position by position.</summary>
public sealed class StepTests : IClassFixture<OpenGpu>
{
    private const int Vocabulary = 128;

    /// <summary>Every model of characters with steps.</summary>
    public static IEnumerable<object[]> Stepping => AllModels.Names.Where(static row =>
        AllModels.Compiled((string)row[0]) is { Step: { } step } && step.Inputs[0].Integers);

    [Theory]
    [MemberData(nameof(Stepping))]
    public void Two_thousand_positions_agree(string name) => Agree(AllModels.Make(name), 2000);

    [Fact]
    public void Every_language_model_has_steps_but_one_that_sorts_its_positions() => Assert.Equal(
        AllModels.Names.Select(static row => (string)row[0]).Where(static name =>
            name.StartsWith("Char", StringComparison.Ordinal) && name != nameof(CharReformer)),
        Stepping.Select(static row => (string)row[0]));

    [Fact]
    public void Grouped_queries_agree() => Agree(new CharTransformerMedium(), 300);

    [Fact]
    public void Two_sequences_at_once_and_again_after_a_reset()
    {
        var model = new CharFlash();
        model.Parameters.Initialize(3);
        using CharFlash.Session session = model.CreateSession(Device.Host(2), new Sizes { ["b"] = 2, ["n"] = 150 });
        int[] tokens = Tokens(5, 2 * 150);
        float[] first = Steps(session, tokens, 2, 150);
        Assert.Equal(150, session.Position);
        session.Reset();
        float[] again = Steps(session, tokens, 2, 150);
        Assert.Equal(first, again);
        Near(Forward(session, tokens, 2, 150), first);
    }

    [Fact]
    public void A_session_says_when_it_has_no_room()
    {
        var model = new CharTransformer();
        model.Parameters.Initialize(3);
        using CharTransformer.Session session = model.CreateSession(Device.Host(1), new Sizes { ["b"] = 1, ["n"] = 3 });
        Steps(session, [1, 2, 3], 1, 3);
        var error = Assert.Throws<InvalidOperationException>(() => Steps(session, [4], 1, 1));
        Assert.Contains("room for 3 positions", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, session.Position);
    }

    [Fact]
    public void A_state_of_constant_size_takes_more_positions_than_the_session_has_room_for()
    {
        var model = new CharLinearTransformer();
        model.Parameters.Initialize(3);
        using CharLinearTransformer.Session some = model.CreateSession(Device.Host(1), new Sizes { ["b"] = 1, ["n"] = 8 });
        using CharLinearTransformer.Session all = model.CreateSession(Device.Host(1), new Sizes { ["b"] = 1, ["n"] = 2000 });
        int[] tokens = Tokens(9, 2000);
        Near(Forward(all, tokens, 1, 2000), Steps(some, tokens, 1, 2000));
        Assert.Equal(all.KeptBytes, some.KeptBytes);
    }

    [SkippableTheory]
    [InlineData(nameof(CharTransformer))]
    [InlineData(nameof(CharFlash))]
    public void A_GPU_agrees(string name)
    {
        TestGpu.Require();
        Agree(AllModels.Make(name), 70, TestGpu.Device, 1e-4f);
    }

    private static void Agree(IModel model, int positions, Device? device = null, float tolerance = 1e-5f)
    {
        model.Parameters.Initialize(3);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = device ?? Device.Host(1), Sizes = new Sizes { ["b"] = 1, ["n"] = positions },
        });
        int[] tokens = Tokens(7, positions);
        Near(Forward(session, tokens, 1, positions), Steps(session, tokens, 1, positions), tolerance);
    }

    private static void Near(float[] expected, float[] actual, float tolerance = 1e-5f)
    {
        float scale = expected.Max(MathF.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                MathF.Abs(expected[i] - actual[i]) <= tolerance * scale,
                $"position {i / Vocabulary}, score {i % Vocabulary}: {actual[i]} step by step, {expected[i]} at once");
        }
    }

    private static int[] Tokens(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
    }

    private static float[] Forward(ModelSession session, int[] tokens, int sequences, int positions)
    {
        float[] scores = new float[tokens.Length * Vocabulary];
        session.Begin(EntryPoint.Forward, ("b", sequences), ("n", positions));
        session.Write(0, tokens);
        session.Run();
        session.Read(0, scores);
        return scores;
    }

    private static float[] Steps(ModelSession session, int[] tokens, int sequences, int positions)
    {
        float[] scores = new float[tokens.Length * Vocabulary];
        float[] row = new float[sequences * Vocabulary];
        for (int t = 0; t < positions; t++)
        {
            session.Begin(EntryPoint.Step, ("b", sequences));
            session.Write(0, [.. Enumerable.Range(0, sequences).Select(s => tokens[(s * positions) + t])]);
            session.Run();
            session.Read(0, row);
            for (int s = 0; s < sequences; s++)
            {
                row.AsSpan(s * Vocabulary, Vocabulary).CopyTo(scores.AsSpan(((s * positions) + t) * Vocabulary));
            }
        }

        return scores;
    }
}
