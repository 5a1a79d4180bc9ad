using System;
using System.Linq;
using Dsl;
using Dsl.Sessions;
using Models.Language;
using Models.Sequence;
using Xunit;

namespace Models.Tests.Language;

/// <summary>What causal language models promise.</summary>
public sealed class CausalModelTests
{
    private const int Vocabulary = 128;

    [Fact]
    public void It_has_the_parameters_of_its_layers()
    {
        const int Width = 128;
        const int Hidden = 344;
        const int Head = 32;
        const int Layer = (4 * Width * Width) + (3 * Width * Hidden) + (2 * Width) + (2 * Head);
        Assert.Equal((4 * Layer) + Width + (2 * Vocabulary * Width), new CharTransformer().Parameters.Length);
    }

    [Fact]
    public void Grouped_queries_share_keys_and_values()
    {
        const int Width = 256;
        const int Hidden = 688;
        const int Head = 32;
        const int Keys = 2 * Head;
        const int Layer = (2 * Width * Width) + (2 * Keys * Width) + (3 * Width * Hidden) + (2 * Width) + (2 * Head);
        Assert.Equal(
            (8 * Layer) + Width + (2 * Vocabulary * Width), new CharTransformerMedium().Parameters.Length);
    }

    [Theory]
    [InlineData(nameof(CharTransformer), 12, 7)]
    [InlineData(nameof(CharTransformer), 70, 64)]
    [InlineData(nameof(CharTransformer), 130, 1)]
    [InlineData(nameof(CharLinearTransformer), 70, 64)]
    [InlineData(nameof(CharLinearTransformer), 130, 1)]
    [InlineData(nameof(CharPerformer), 70, 64)]
    [InlineData(nameof(CharPerformer), 130, 1)]
    [InlineData(nameof(CharSparseTransformer), 70, 64)]
    [InlineData(nameof(CharSparseTransformer), 130, 1)]
    [InlineData(nameof(CharTransformerMedium), 70, 64)]
    [InlineData(nameof(CharRetNet), 70, 64)]
    [InlineData(nameof(CharRwkv6), 70, 64)]
    [InlineData(nameof(CharRwkv4), 70, 64)]
    [InlineData(nameof(CharS4D), 70, 64)]
    [InlineData(nameof(CharLru), 70, 64)]
    [InlineData(nameof(CharMamba), 70, 64)]
    [InlineData(nameof(CharGatedDelta), 70, 64)]
    [InlineData(nameof(CharGau), 70, 64)]
    [InlineData(nameof(CharFlash), 130, 65)]
    [InlineData(nameof(CharFlash), 70, 1)]
    public void A_later_character_changes_no_earlier_score(string name, int length, int changed)
    {
        IModel model = AllModels.Make(name);
        model.Parameters.Initialize(3);
        using ModelSession session = model.NewSession(
            new SessionOptions { Sizes = new Sizes { ["b"] = 2, ["n"] = length } });
        int[] tokens = Tokens(2 * length);
        float[] before = Scores(session, tokens, length);
        tokens[changed] = (tokens[changed] + 1) % Vocabulary;
        float[] after = Scores(session, tokens, length);
        Assert.DoesNotContain(before, static score => !float.IsFinite(score));
        for (int position = 0; position < 2 * length; position++)
        {
            bool sees = position >= changed && position < length;
            if (sees && position > changed && name is nameof(CharGau) or nameof(CharFlash))
            {
                // Squares of what is above 0 may be 0 for any one position.
                continue;
            }

            bool same = before.AsSpan(position * Vocabulary, Vocabulary)
                .SequenceEqual(after.AsSpan(position * Vocabulary, Vocabulary));
            Assert.True(same != sees, $"position {position}");
        }
    }

    [Fact]
    public void It_can_tell_in_which_order_characters_came()
    {
        var model = new CharTransformer();
        model.Parameters.Initialize(3);
        using CharTransformer.Session session = model.CreateSession(maximum: new Sizes { ["b"] = 2, ["n"] = 3 });
        var scores = new float[2 * 3 * Vocabulary];
        session.Forward([1, 2, 3, 2, 1, 3], scores, 2, 3);
        Span<float> one = scores.AsSpan(2 * Vocabulary, Vocabulary);
        Assert.False(one.SequenceEqual(scores.AsSpan(5 * Vocabulary, Vocabulary)));
    }

    [Fact]
    public void It_begins_about_even_and_steps_lower_the_loss_of_a_batch()
    {
        var model = new CharTransformer();
        model.Parameters.Initialize(1);
        using CharTransformer.Session session = model.CreateSession(
            maximum: new Sizes { ["b"] = 2, ["n"] = 32 }, optimizer: new AdamW(1e-3f) { ClipNorm = 1f });
        int[] tokens = Tokens(64);
        int[] next = [.. tokens.Skip(1), 5];
        float first = session.Train(tokens, next, 2, 32);
        Assert.InRange(first, Math.Log(Vocabulary) - 0.5, Math.Log(Vocabulary) + 0.5);
        Assert.True(session.Loss(tokens, next, 2, 32) < first);
    }

    private static float[] Scores(ModelSession session, int[] tokens, int length)
    {
        var scores = new float[tokens.Length * Vocabulary];
        session.Begin(EntryPoint.Forward, ("b", 2), ("n", length));
        session.Write(0, tokens);
        session.Run();
        session.Read(0, scores);
        return scores;
    }

    private static int[] Tokens(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
    }
}
