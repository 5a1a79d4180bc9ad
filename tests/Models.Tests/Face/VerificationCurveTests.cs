using System;
using System.Collections.Generic;
using System.Linq;
using Models.Face.Evaluation;
using Xunit;

namespace Models.Tests.Face;

public sealed class VerificationCurveTests
{
    [Fact]
    public void Scores_that_are_apart_make_no_errors()
    {
        VerificationCurve curve = VerificationCurve.Of([0.9f, 0.7f, 0.8f], [0.1f, -0.5f, 0.6f, 0.2f]);
        Assert.Equal((3, 4), (curve.Genuine, curve.Impostors));
        Assert.Equal(0, curve.EqualErrorRate);
        Assert.Equal(1, curve.TrueAcceptsAt(0));
        Assert.Equal(0.7, curve.ThresholdAt(0), 1e-6);

        // Nothing accepted, all of the genuine, all.
        Assert.Equal(
            [(double.PositiveInfinity, 0, 1), (0.7f, 0, 0), (-0.5f, 1, 0)],
            curve.Points.Select(static p => (p.Threshold, p.FalseAccepts, p.FalseRejects)));
    }

    [Fact]
    public void Scores_in_the_wrong_order_make_all()
    {
        VerificationCurve curve = VerificationCurve.Of([1, 2], [3, 4, 5]);
        Assert.Equal(1, curve.EqualErrorRate);
        Assert.Equal(0, curve.TrueAcceptsAt(0.99));
        Assert.Equal(1, curve.TrueAcceptsAt(1));
    }

    [Fact]
    public void Equal_scores_are_accepted_together()
    {
        // Every pair has the same score: accept all or none, by chance half.
        VerificationCurve curve = VerificationCurve.Of([2, 2, 2], [2, 2, 2, 2, 2]);
        Assert.Equal(0.5, curve.EqualErrorRate);
        Assert.Equal(0, curve.TrueAcceptsAt(0.5));
        Assert.Equal(1, curve.TrueAcceptsAt(1));
        Assert.Equal(2, curve.Points.Count);
    }

    [Fact]
    public void A_tie_of_both_kinds_is_no_choice_of_the_better()
    {
        // From the top: a genuine pair; one of each; an impostor. At 2 all genuine pairs are accepted, and half of the
        // impostors.
        VerificationCurve curve = VerificationCurve.Of([3, 2], [2, 1]);
        Assert.Equal(0.5, curve.TrueAcceptsAt(0.49));
        Assert.Equal(1, curve.TrueAcceptsAt(0.5));

        // Between (0, 1/2) and (1/2, 0).
        Assert.Equal(0.25, curve.EqualErrorRate, 1e-12);
    }

    [Fact]
    public void Equal_errors_between_two_thresholds_lie_on_their_line()
    {
        // Points (0, 1), (0, 2/3), (1/2, 2/3), (1/2, 0), (1, 0): the upright piece crosses at 1/2.
        Assert.Equal(0.5, VerificationCurve.Of([5, 3, 2], [4, 1]).EqualErrorRate, 1e-12);

        // (0, 1), (1/2, 1), (1/2, 1/2): exactly at a point.
        Assert.Equal(0.5, VerificationCurve.Of([3, 1], [4, 2]).EqualErrorRate, 1e-12);

        // The level piece from (0, 1/3) to (1, 1/3).
        Assert.Equal(1 / 3.0, VerificationCurve.Of([5, 4, 1], [3]).EqualErrorRate, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rates_are_those_of_counting_at_every_threshold(int seed)
    {
        // Few different values, so that most scores are tied.
        var random = new Random(seed);
        float[] genuine = [.. Enumerable.Range(0, 60).Select(_ => random.Next(4, 14) / 4f)];
        float[] impostors = [.. Enumerable.Range(0, 90).Select(_ => random.Next(0, 10) / 4f)];
        VerificationCurve curve = VerificationCurve.Of(genuine, impostors);
        List<(double FalseAccepts, double FalseRejects)> counted =
        [
            .. genuine.Concat(impostors).Append(float.PositiveInfinity).Distinct().OrderDescending().Select(t => (
                impostors.Count(s => s >= t) / (double)impostors.Length, genuine.Count(s => s < t) / (double)genuine.Length))
        ];
        foreach (double rate in new[] { 0, 0.001, 0.05, 1 / 9.0, 0.3, 0.5, 0.99, 1 })
        {
            double expected = counted.Where(p => p.FalseAccepts <= rate).Max(static p => 1 - p.FalseRejects);
            Assert.Equal(expected, curve.TrueAcceptsAt(rate), 1e-12);
            double threshold = curve.ThresholdAt(rate);
            Assert.Equal(expected, genuine.Count(s => s >= threshold) / (double)genuine.Length, 1e-12);
            Assert.True(impostors.Count(s => s >= threshold) <= (rate * impostors.Length) + 1e-9);
        }

        Assert.All(curve.Points, p => Assert.Contains((p.FalseAccepts, p.FalseRejects), counted));
        double below = counted.Where(static p => p.FalseAccepts <= p.FalseRejects).Max(static p => p.FalseAccepts);
        double above = counted.Where(static p => p.FalseAccepts >= p.FalseRejects).Min(static p => p.FalseAccepts);
        Assert.InRange(curve.EqualErrorRate, below, above);

        // Changing sides mirrors the curve.
        VerificationCurve mirrored = VerificationCurve.Of(
            [.. impostors.Select(static s => -s)], [.. genuine.Select(static s => -s)]);
        Assert.Equal(curve.EqualErrorRate, mirrored.EqualErrorRate, 1e-12);
    }

    [Fact]
    public void What_is_no_score_is_refused()
    {
        Assert.Throws<ArgumentException>(() => VerificationCurve.Of([], [1]));
        Assert.Throws<ArgumentException>(() => VerificationCurve.Of([1], []));
        Assert.Contains(
            "Score 1", Assert.Throws<ArgumentException>(() => VerificationCurve.Of([1, float.NaN], [1])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => VerificationCurve.Of([1], [0]).TrueAcceptsAt(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => VerificationCurve.Of([1], [0]).TrueAcceptsAt(double.NaN));
        Assert.Throws<ArgumentException>(() => VerificationCurve.Of([float.PositiveInfinity], [0]));
    }
}
