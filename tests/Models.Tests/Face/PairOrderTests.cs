using System;
using System.Linq;
using Samples.Identify;
using Xunit;

namespace Models.Tests.Face;

/// <summary>The order in which the sample <c>identify</c> shows pairs to a network.</summary>
public sealed class PairOrderTests
{
    [Theory]
    [InlineData(30, 20)]
    [InlineData(7, 5)]
    [InlineData(3, 1)]
    public void Every_sample_comes_once(int classes, int drawings)
    {
        GlyphSample[] samples = Samples(classes, drawings);
        GlyphSample[] order = PairOrder.Draw(samples, new Random(1));
        Assert.Equal(samples.Length, order.Length);
        Assert.Equal(samples.ToHashSet(), order.ToHashSet());
    }

    [Fact]
    public void Every_other_pair_is_of_one_class_and_of_two_drawings()
    {
        GlyphSample[] order = PairOrder.Draw(Samples(30, 20), new Random(2));
        int[] same =
        [
            .. Enumerable.Range(0, order.Length / 2)
                .Select(k => order[2 * k].Class == order[(2 * k) + 1].Class ? 1 : 0)
        ];
        Assert.All(same.Where(static (_, k) => k % 2 == 0), static s => Assert.Equal(1, s));

        // Of 30 classes one pair in thirty is equal by chance.
        Assert.InRange(same.Where(static (_, k) => k % 2 == 1).Average(), 0, 0.15);
        Assert.All(
            Enumerable.Range(0, order.Length / 2),
            k => Assert.NotSame(order[2 * k].Drawing, order[(2 * k) + 1].Drawing));
    }

    [Fact]
    public void The_order_depends_on_the_seed()
    {
        GlyphSample[] samples = Samples(10, 8);
        Assert.Equal(PairOrder.Draw(samples, new Random(5)), PairOrder.Draw(samples, new Random(5)));
        Assert.NotEqual(PairOrder.Draw(samples, new Random(5)), PairOrder.Draw(samples, new Random(6)));
    }

    private static GlyphSample[] Samples(int classes, int drawings) =>
    [
        .. Enumerable.Range(0, classes * drawings).Select(i => new GlyphSample(new Glyph([]), 0, i / drawings))
    ];
}
