using System;
using Dsl.Eager;

namespace Dsl;

/// <content>Parts of tensors, and tensors side by side. Compiled, none of these moves data by itself: what is cut is
/// read in place, and what is joined is written in place.</content>
public static partial class Functions
{
    /// <summary>Tensors side by side along axis 1, the channels of images: [b, c, h, w] and [b, d, h, w] make
    /// [b, c + d, h, w].</summary>
    /// <param name="parts">Tensors whose other extents are equal.</param>
    /// <exception cref="ArgumentException">There is none, or the shapes do not fit.</exception>
    public static Tensor Concat(params Tensor[] parts) => EagerShapes.Concat(1, parts);

    /// <summary>Tensors side by side along an axis.</summary>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="parts">Tensors whose other extents are equal.</param>
    /// <exception cref="ArgumentException">There is none, or the shapes do not fit.</exception>
    public static Tensor Concat(int axis, params Tensor[] parts) => EagerShapes.Concat(axis, parts);

    /// <summary>Part of an axis.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="start">The first index that is kept; negative ones count from the end.</param>
    /// <param name="length">How many are kept.</param>
    /// <exception cref="ArgumentException">The axis has no such part.</exception>
    public static Tensor Slice(Tensor x, int axis, int start, int length) => EagerShapes.Slice(x, axis, start, length);

    /// <summary>Cuts an axis into equal parts, which <c>[0]</c>, <c>[1]</c>, … of the result name.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="parts">How many; the axis must be a multiple.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">The axis does not divide.</exception>
    public static Tensor[] Split(Tensor x, int parts, int axis = 1) => EagerShapes.Split(x, parts, axis);

    /// <summary>Cuts an axis into parts of given sizes.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="sizes">The extents of the parts, which add up to the axis.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">The sizes do not add up.</exception>
    public static Tensor[] Split(Tensor x, int[] sizes, int axis = 1) => EagerShapes.Split(x, sizes, axis);

    /// <summary>The same elements with one more axis, of extent 1: <c>x - Unsqueeze(Mean(x, 1), 1)</c> takes the mean of each row from
    /// it.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">Which axis of the result; negative ones count from its end.</param>
    /// <exception cref="ArgumentOutOfRangeException">The result has no such axis.</exception>
    public static Tensor Unsqueeze(Tensor x, int axis) => EagerShapes.Unsqueeze(x, axis);

    /// <summary>The same elements without an axis of extent 1.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">The axis has another extent.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Squeeze(Tensor x, int axis) => EagerShapes.Squeeze(x, axis);

    /// <summary>The same elements with several axes in the place of one, the first outermost: [b, 12] becomes [b, 3, 4]. What
    /// <see cref="Flatten"/> undoes.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="extents">The extents in its place, whose product is its own; one of them may be -1 for what is left.</param>
    /// <exception cref="ArgumentException">The product is not the extent of the axis.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Unflatten(Tensor x, int axis, params int[] extents) => EagerShapes.Unflatten(x, axis, extents);

    /// <summary>Images with pixels of a value around them: [b, c, top + h + bottom, left + w + right].</summary>
    /// <param name="x">[b, c, h, w].</param>
    /// <param name="top">Rows above.</param>
    /// <param name="bottom">Rows below.</param>
    /// <param name="left">Columns at the left.</param>
    /// <param name="right">Columns at the right.</param>
    /// <param name="value">What the new pixels hold.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or a number is negative.</exception>
    public static Tensor Pad(Tensor x, int top, int bottom, int left, int right, float value = 0) =>
        EagerShapes.Pad(x, top, bottom, left, right, value);

    /// <summary>Images without their outer pixels: [b, c, h - top - bottom, w - left - right].</summary>
    /// <param name="x">[b, c, h, w].</param>
    /// <param name="top">Rows dropped above.</param>
    /// <param name="bottom">Rows dropped below.</param>
    /// <param name="left">Columns dropped at the left.</param>
    /// <param name="right">Columns dropped at the right.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or nothing would be left.</exception>
    public static Tensor Crop(Tensor x, int top, int bottom, int left, int right) =>
        EagerShapes.Crop(x, top, bottom, left, right);

    /// <summary>Images in the middle of zeros, as large as others: half of the missing rows above, rounded down, and
    /// half of the missing columns at the left. A U-Net joins what it has up-sampled with what it had so, whatever the
    /// size.</summary>
    /// <param name="x">[b, c, h, w].</param>
    /// <param name="like">[…, …, h', w'], nowhere smaller.</param>
    /// <exception cref="ArgumentException">A rank is not 4, or <paramref name="like"/> is smaller.</exception>
    public static Tensor PadTo(Tensor x, Tensor like) => EagerShapes.PadTo(x, like);

    /// <summary>The middle of images, as large as others: half of the surplus rows go above, rounded down, and half of
    /// the surplus columns at the left.</summary>
    /// <param name="x">[b, c, h, w].</param>
    /// <param name="like">[…, …, h', w'], nowhere larger.</param>
    /// <exception cref="ArgumentException">A rank is not 4, or <paramref name="like"/> is larger.</exception>
    public static Tensor CropTo(Tensor x, Tensor like) => EagerShapes.CropTo(x, like);

    /// <summary>Channels to pixels (Shi et al. 2016, ESPCN): y[n, c, h·r + i, w·r + j] = x[n, c·r² + i·r + j, h,
    /// w].</summary>
    /// <param name="x">[b, c·r², h, w].</param>
    /// <param name="factor">r.</param>
    /// <returns>[b, c, h·r, w·r].</returns>
    /// <exception cref="ArgumentException">The input is not rank 4, or its channels are no multiple of r².</exception>
    public static Tensor PixelShuffle(Tensor x, int factor) => EagerShapes.PixelShuffle(x, factor);

    /// <summary>Pixels to channels, the inverse of <see cref="PixelShuffle"/>.</summary>
    /// <param name="x">[b, c, h·r, w·r].</param>
    /// <param name="factor">r.</param>
    /// <returns>[b, c·r², h, w].</returns>
    /// <exception cref="ArgumentException">The input is not rank 4, or its height or width is no multiple of
    /// r.</exception>
    public static Tensor PixelUnshuffle(Tensor x, int factor) => EagerShapes.PixelUnshuffle(x, factor);
}
