using System;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Face.Evaluation;
using Xunit;

namespace Models.Tests.Face.Evaluation;

/// <summary>One face against many.</summary>
public sealed class IdentificationTests
{
    [SkippableFact]
    public void Ranks_are_golden()
    {
        GoldenCase golden = GoldenCase.Open("identification_cmc");
        int[] people = Array.ConvertAll(golden.Doubles("aux.label"), static l => (int)l);
        var found = Identification.Of(golden.Floats("aux.gallery"), golden.Floats("aux.probe"), 16, people);
        double[] rates = golden.Doubles("out.cmc_1_5_10");
        Assert.Equal(golden.Doubles("out.rank"), found.Ranks.Select(static r => (double)r));
        Assert.Equal((rates[0], rates[1], rates[2]), (found.RateWithin(1), found.RateWithin(5), found.RateWithin(10)));
        double[] curve = found.Curve();
        Assert.Equal((rates[0], rates[1], rates[2]), (curve[0], curve[4], curve[9]));
        Assert.Equal((20, 1.0, 0), (curve.Length, curve[19], found.Ties));
    }

    [Fact]
    public void Only_directions_count()
    {
        var found = Identification.Of([1, 0, 0, 5, -1, -1], [9, 1, 1, 9, -4, -4], 2, [0, 1, 2]);
        Assert.Equal([0, 0, 0], found.Ranks);
        Assert.Equal([2, 1, 2], Identification.Of([1, 0, 0, 5, -1, -1], [9, 1, 1, 9, -4, -3], 2, [2, 0, 0]).Ranks);
    }

    [Fact]
    public void Ties_count_as_hits_and_are_told()
    {
        var found = Identification.Of([1, 1, 1, 1, 1, 1], [1, 1, 1, 1], 2, [0, 2]);
        Assert.Equal(1, found.RateWithin(1));
        Assert.Equal(2, found.Ties);
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        float[] gallery = [1, 0, 0, 1];
        foreach (int nobody in (int[])[-1, 2])
        {
            ArgumentException wrong = Assert.Throws<ArgumentException>(
                () => Identification.Of(gallery, gallery, 2, [0, nobody]));
            Assert.Contains($"Probe 1 is person {nobody}", wrong.Message, StringComparison.Ordinal);
        }

        Assert.Equal("people", Assert.Throws<ArgumentException>(
            () => Identification.Of(gallery, gallery, 2, [0])).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentException>(
            () => Identification.Of(gallery, [1, 2, 3], 2, [0])).ParamName);
        Assert.Equal("gallery", Assert.Throws<ArgumentException>(
            () => Identification.Of([], gallery, 2, [0])).ParamName);
        Assert.Equal("probes", Assert.Throws<ArgumentException>(
            () => Identification.Of(gallery, [1, 0, 0, 0], 2, [0, 1])).ParamName);
        var found = Identification.Of(gallery, gallery, 2, [0, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => found.RateWithin(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => found.RateWithin(3));
    }
}
