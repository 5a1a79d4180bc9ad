using System;
using System.Linq;
using Samples.Features;
using Xunit;

namespace Models.Tests.Digits;

/// <summary>The angles that the sample <c>features</c> measures.</summary>
public sealed class AngularSpreadTests
{
    [Fact]
    public void Angles_are_those_of_the_plane()
    {
        // Classes around 10°, 100° and 230°; lengths do not count.
        AngularSpread spread = Of(
            [(2f, 0), (18f, 0), (10f, 0), (97f, 1), (103f, 1), (224f, 2), (236f, 2)], length: static i => 1 + i);
        Assert.Equal((8 + 8 + 0 + 3 + 3 + 6 + 6) / 7.0, spread.Within, 1e-3);
        Assert.Equal(6, spread.MedianWithin, 1e-3);
        Assert.Equal((90 + 90 + 130) / 3.0, spread.Between, 1e-3);
        Assert.Equal(90, spread.LeastBetween, 1e-3);
        Assert.Equal(spread.Within / spread.Between, spread.Ratio);
        Assert.Equal(spread.MedianWithin / spread.Between, spread.MedianRatio);
    }

    [Fact]
    public void A_class_across_the_axis_is_no_wider_than_another()
    {
        AngularSpread spread = Of([(-5f, 0), (5f, 0), (175f, 1), (185f, 1)], length: static _ => 3);
        Assert.Equal(5, spread.Within, 1e-3);
        Assert.Equal(180, spread.LeastBetween, 1e-1);
    }

    [Fact]
    public void A_sample_in_another_place_moves_the_mean_and_not_the_median()
    {
        (float, int)[] narrow = [.. Enumerable.Range(0, 21).Select(static i => (i - 10f, 0)), (90f, 1), (90f, 1)];
        (float, int)[] strayed = [.. narrow];
        strayed[20] = (150f, 0);
        (AngularSpread before, AngularSpread after) = (Of(narrow, static _ => 1), Of(strayed, static _ => 1));
        Assert.InRange(after.Within - before.Within, 3, 15);
        Assert.InRange(after.MedianWithin - before.MedianWithin, -2, 2);
    }

    private static AngularSpread Of((float Degrees, int Label)[] samples, Func<int, float> length) => AngularSpread.Of(
        [
            .. samples.SelectMany((s, i) => new[]
            {
                length(i) * MathF.Cos(float.DegreesToRadians(s.Degrees)),
                length(i) * MathF.Sin(float.DegreesToRadians(s.Degrees)),
            })
        ],
        [.. samples.Select(static s => s.Label)],
        samples.Max(static s => s.Label) + 1);
}
