using System;
using System.Linq;
using Dsl.Eager;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>What tells elements of a sequence by their positions, executed as it stands.</summary>
public class EagerPositionTests
{
    [SkippableFact]
    public void Rope_equals_another_framework()
    {
        GoldenCase golden = GoldenCase.Open("rope_interleaved");
        golden.AssertClose("out.y", Functions.Rope(golden.Tensor("in.x")));
    }

    [Fact]
    public void Rope_turns_the_first_pair_by_the_position_in_radians()
    {
        Tensor y = Functions.Rope(new Tensor([1, 0, 1, 0, 1, 0], 1, 3, 2), from: 100_000);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((float)Math.Cos(100_000 + i), y[0, i, 0]);
            Assert.Equal((float)Math.Sin(100_000 + i), y[0, i, 1]);
        }
    }

    [Fact]
    public void Halves_are_the_interleaved_form_of_permuted_features()
    {
        Tensor x = Random(2, 5, 3, 8);
        Tensor interleaved = Functions.Rope(x, 100f);
        Tensor halves = Functions.Rope(Permuted(x), 100f, RopeLayout.Halves);
        Assert.Equal(Permuted(interleaved).ToArray(), halves.ToArray());
    }

    [Theory]
    [InlineData(RopeLayout.Interleaved)]
    [InlineData(RopeLayout.Halves)]
    public void Products_of_queries_and_keys_depend_on_distances_alone(RopeLayout layout)
    {
        (Tensor q, Tensor k) = (Random(1, 1, 8), Random(1, 1, 8));
        float Rope(int i, int j) => Dot(
            Functions.Rope(q, layout: layout, from: i), Functions.Rope(k, layout: layout, from: j));
        float XPos(int i, int j) => Dot(
            Functions.XPos(q, 32f, layout: layout, from: i), Functions.XPos(k, 32f, true, layout: layout, from: j));

        Assert.Equal(Rope(5, 2), Rope(75, 72), 1e-5f);
        Assert.Equal(XPos(5, 2), XPos(75, 72), 1e-5f);
        Assert.NotEqual(Rope(5, 2), Rope(5, 3), 1e-3f);
    }

    [Fact]
    public void XPos_scales_each_pair()
    {
        // The pair 2i/d = ½ at position 64: (0.9/1.4)^2.
        Tensor y = Functions.XPos(new Tensor([0, 0, 1, 0], 1, 1, 4), 32f, angleBase: 1f, from: 64);
        double factor = Math.Pow(0.9 / 1.4, 2);
        Assert.Equal((float)(factor * Math.Cos(64)), y[0, 0, 2], 1e-7f);
        Assert.Equal((float)(factor * Math.Sin(64)), y[0, 0, 3], 1e-7f);
    }

    [Fact]
    public void TokenShift_takes_features_from_the_position_before()
    {
        var x = new Tensor([1, 2, 3, 4, 5, 6, 7, 8], 1, 2, 4);
        Assert.Equal([0, 0, 3, 4, 1, 2, 7, 8], Functions.TokenShift(x).ToArray());
        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 4], Functions.TokenShift(x, 4).ToArray());
        Assert.Equal([0, 2, 3, 4, 1, 6, 7, 8], Functions.TokenShift(x, 1).ToArray());
        Assert.Equal([0, 0, 3, 4, 0, 0, 7, 8], Functions.TokenShift(x.Reshape(2, 1, 4)).ToArray());
    }

    [Fact]
    public void RelativeBias_reads_the_row_of_each_offset()
    {
        var buckets = new RelativeBucket(4, 3, causal: false);
        var table = new Tensor([.. Enumerable.Range(0, 8).Select(static i => (float)i)], 4, 2);
        Tensor y = EagerPositions.RelativeBias(table, 3, buckets);

        // Offsets -2 … 2: buckets 1, 1, 0, 3, 3.
        Assert.Equal([2, 5], y.Shape);
        Assert.Equal([2, 2, 0, 6, 6, 3, 3, 1, 7, 7], y.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Functions.Rope(Tensor.Zeros(2, 8)));
        Assert.Throws<ArgumentException>(() => Functions.Rope(Tensor.Zeros(2, 3, 7)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.Rope(Tensor.Zeros(2, 3, 8), 0.5f));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.Rope(Tensor.Zeros(2, 3, 8), from: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.XPos(Tensor.Zeros(2, 3, 8), 0f));
        Assert.Throws<ArgumentException>(() => Functions.TokenShift(Tensor.Zeros(2, 8)));
        Assert.Throws<ArgumentException>(() => Functions.TokenShift(Tensor.Zeros(2, 3, 5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Functions.TokenShift(Tensor.Zeros(2, 3, 5), 6));
    }

    private static Tensor Random(params int[] shape)
    {
        var random = new Random(3);
        float[] values = new float[shape.Aggregate(1, static (n, d) => n * d)];
        return new Tensor([.. values.Select(_ => random.NextSingle() - 0.5f)], shape);
    }

    /// <summary>Features 0, 2, 4, …, 1, 3, 5, … of the last axis.</summary>
    private static Tensor Permuted(Tensor x)
    {
        int width = x.Shape[x.Rank - 1];
        return new Tensor(
            [.. Enumerable.Range(0, x.Length).Select(i =>
                x.Values[i - (i % width) + (2 * (i % width) % width) + (i % width / (width / 2))])],
            [.. x.Shape]);
    }

    private static float Dot(Tensor a, Tensor b) => a.ToArray().Zip(b.ToArray(), static (x, y) => x * y).Sum();
}
