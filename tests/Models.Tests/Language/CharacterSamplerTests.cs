using System;
using System.Linq;
using Samples.Language;
using Xunit;

namespace Models.Tests.Language;

/// <summary>Which characters are chosen.</summary>
public sealed class CharacterSamplerTests
{
    private static readonly float[] s_scores = [0f, 2f, -1f, 2f, 1f];

    [Fact]
    public void Without_temperature_the_best_is_chosen_and_the_first_of_equal_ones()
    {
        var sampler = new CharacterSampler(0, 3, 1);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(1, sampler.Choose(s_scores)));
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 3 })]
    [InlineData(3, new[] { 1, 3, 4 })]
    [InlineData(0, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(99, new[] { 0, 1, 2, 3, 4 })]
    public void Only_the_best_few_are_chosen(int top, int[] expected)
    {
        var sampler = new CharacterSampler(2, top, 7);
        Assert.Equal(expected, Enumerable.Range(0, 2000).Select(_ => sampler.Choose(s_scores)).Distinct().Order());
    }

    [Fact]
    public void As_often_as_the_probabilities_say()
    {
        const int Count = 20_000;
        const double Temperature = 0.8;
        var sampler = new CharacterSampler(Temperature, 0, 5);
        var counts = new int[s_scores.Length];
        for (int i = 0; i < Count; i++)
        {
            counts[sampler.Choose(s_scores)]++;
        }

        double sum = s_scores.Sum(static s => Math.Exp(s / Temperature));
        for (int i = 0; i < counts.Length; i++)
        {
            Assert.Equal(Math.Exp(s_scores[i] / Temperature) / sum, counts[i] / (double)Count, 0.015);
        }
    }

    [Fact]
    public void A_seed_chooses_the_same_again()
    {
        int[] Chosen(ulong seed)
        {
            var sampler = new CharacterSampler(1, 4, seed);
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Choose(s_scores))];
        }

        Assert.Equal(Chosen(1), Chosen(1));
        Assert.NotEqual(Chosen(1), Chosen(2));
    }
}
