using System;
using System.Linq;
using Xunit;

namespace Dsl.Runtime.Tests.Eager;

/// <summary>Parts of tensors and tensors side by side: values, and what is refused.</summary>
public class EagerShapeTests
{
    private static readonly Tensor X = new([.. Enumerable.Range(0, 12).Select(static i => (float)i)], 1, 2, 2, 3);

    [Fact]
    public void Concat_puts_tensors_side_by_side()
    {
        Tensor y = Functions.Concat(-1, new Tensor([1, 2, 3, 4], 2, 2), new Tensor([5, 6], 2, 1));
        Assert.Equal([2, 3], y.Shape);
        Assert.Equal([1, 2, 5, 3, 4, 6], y.ToArray());
    }

    [Fact]
    public void Split_undoes_concat()
    {
        Tensor[] parts = Functions.Split(X, [1, 2], axis: 3);
        Assert.Equal([0, 3, 6, 9], parts[0].ToArray());
        Assert.Equal(X.ToArray(), Functions.Concat(3, parts).ToArray());
        Assert.Equal([6, 7, 8, 9, 10, 11], Functions.Split(X, 2)[1].ToArray());
    }

    [Fact]
    public void Crop_undoes_pad()
    {
        Tensor padded = Functions.Pad(X, 1, 0, 2, 1, 7);
        Assert.Equal([1, 2, 3, 6], padded.Shape);
        Assert.Equal(7, padded[0, 0, 1, 1]);
        Assert.Equal(X.ToArray(), Functions.Crop(padded, 1, 0, 2, 1).ToArray());
    }

    [Fact]
    public void PadTo_puts_the_smaller_half_in_front()
    {
        Tensor y = Functions.PadTo(X, Tensor.Zeros(1, 1, 3, 6));
        Assert.Equal([1, 2, 3, 6], y.Shape);
        Assert.Equal(0, y[0, 0, 0, 0]);
        Assert.Equal(1, y[0, 0, 0, 2]);
        Assert.Equal(X.ToArray(), Functions.CropTo(y, X).ToArray());
    }

    [Fact]
    public void PixelUnshuffle_undoes_PixelShuffle()
    {
        var x = new Tensor([.. Enumerable.Range(0, 8).Select(static i => (float)i)], 1, 4, 1, 2);
        Tensor y = Functions.PixelShuffle(x, 2);
        Assert.Equal([0, 2, 1, 3, 4, 6, 5, 7], y.ToArray());
        Assert.Equal(x.ToArray(), Functions.PixelUnshuffle(y, 2).ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Functions.Concat());
        Assert.Throws<ArgumentException>(() => Functions.Concat(X, Tensor.Zeros(1, 2, 2, 4)));
        Assert.Throws<ArgumentException>(() => Functions.Slice(X, 3, 2, 2));
        Assert.Throws<ArgumentException>(() => Functions.Split(X, 2, axis: 3));
        Assert.Throws<ArgumentException>(() => Functions.Split(X, [1, 1], axis: 3));
        Assert.Throws<ArgumentException>(() => Functions.PadTo(X, Tensor.Zeros(1, 2, 1, 3)));
        Assert.Throws<ArgumentException>(() => Functions.PixelShuffle(X, 2));
        Assert.Throws<ArgumentException>(() => Functions.PixelUnshuffle(X, 2));
    }
}
