using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dsl.Data;
using Xunit;

namespace Dsl.Runtime.Tests.Data;

public class DatasetTests
{
    [Fact]
    public void SlicesKeepColumnsTogether()
    {
        Dataset slice = Numbered(10).Slice(3, 4);
        Assert.Equal(4, slice.Count);
        Assert.Equal([3, 4, 5, 6], slice["id"].Ints.ToArray());
        Assert.Equal([3, -3, 4, -4, 5, -5, 6, -6], slice["x"].Floats.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(10).Slice(8, 3));
    }

    [Fact]
    public void SplitsAreDisjointCompleteAndRepeatable()
    {
        (Dataset first, Dataset second) = Numbered(100).Split(0.8, seed: 5);
        Assert.Equal((80, 20), (first.Count, second.Count));
        Assert.Equal(Enumerable.Range(0, 100), first["id"].Ints.ToArray().Concat(second["id"].Ints.ToArray()).Order());
        Assert.Equal(first["id"].Ints.ToArray(), Numbered(100).Split(0.8, seed: 5).First["id"].Ints.ToArray());
        Assert.NotEqual(first["id"].Ints.ToArray(), Numbered(100).Split(0.8, seed: 6).First["id"].Ints.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(10).Split(1.5, 0));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void ASampleThatIsNotFiniteIsNamed(float value, string text)
    {
        var fault = Assert.Throws<InvalidDataException>(
            () => new Dataset().With("x", new Tensor([0, 1, 2, value, 4, 5], 3, 2)));
        Assert.Equal($"Column 'x': sample 1, element 1: expected a finite number, found {text}.", fault.Message);
    }

    [Fact]
    public void ColumnsThatDoNotFitAreRefused()
    {
        Assert.Throws<ArgumentException>(() => Numbered(3).With("y", Tensor.Zeros(4)));
        Assert.Throws<ArgumentException>(() => Numbered(3).With("x", Tensor.Zeros(3)));
        Assert.Throws<ArgumentException>(() => new Dataset().With("x", new Tensor([1f])));
        var error = Assert.Throws<KeyNotFoundException>(() => Numbered(3)["label"]);
        Assert.Contains("There are: x, id.", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Numbered(3)["x"].Ints.Length);
    }

    /// <summary>Sample i has the id i and the numbers i and -i.</summary>
    internal static Dataset Numbered(int count) => new Dataset()
        .With("x", new Tensor([.. Enumerable.Range(0, count).SelectMany(static i => new float[] { i, -i })], count, 2))
        .With("id", new IntTensor([.. Enumerable.Range(0, count)]));
}
