using System;
using System.Globalization;
using Dsl.Eager;
using Dsl.Kernels;

namespace Dsl;

/// <content>Pools, what undoes them, and images at another size.</content>
public static partial class Functions
{
    /// <summary>The largest value of every window. Input [b, c, h, w], output [b, c, h', w'] with
    /// h' = ⌊(h + 2·padding - dilation·(size - 1) - 1)/stride⌋ + 1 and w' alike. NaN wins; of equal values the first
    /// one gets the gradient.</summary>
    /// <param name="x">Images.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Pixels between windows; 0: the window's size.</param>
    /// <param name="padding">Pixels of -∞ on every side; at most half of what a window spans.</param>
    /// <param name="dilation">Pixels between neighbouring taps of a window.</param>
    /// <param name="ceil">Rounds h' up rather than down, except where a window would begin behind the image.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or the window does not fit.</exception>
    public static Tensor MaxPool(
        Tensor x, int size, int stride = 0, int padding = 0, int dilation = 1, bool ceil = false) =>
        EagerPools.Max(x, PoolWindow.Square(size, stride, padding, dilation, ceil));

    /// <summary><see cref="MaxPool(Tensor, int, int, int, int, bool)"/> with windows that are not square: <c>"2,
    /// 3"</c> is two rows and three columns; one number stands for both.</summary>
    /// <param name="x">Images.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Rows and columns between windows; 0: the window's size.</param>
    /// <param name="padding">Rows above and below and columns at both sides.</param>
    /// <param name="dilation">Rows and columns between neighbouring taps of a window.</param>
    /// <param name="ceil">Rounds h' and w' up rather than down, except where a window would begin behind the
    /// image.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or the window does not fit.</exception>
    public static Tensor MaxPool(
        Tensor x, string size, string stride = "0", string padding = "0", string dilation = "1", bool ceil = false) =>
        EagerPools.Max(x, PoolWindow.Parse(size, stride, padding, dilation, ceil));

    /// <summary>Which value of every window <see cref="MaxPool(Tensor, int, int, int, int, bool)"/> takes, by its
    /// number u·size + v in the window; a pool of the same arguments beside it computes both in one pass. It has no
    /// gradient.</summary>
    /// <remarks>Tap (u, v) of window (i, j) is pixel (i·stride - padding + u·dilation, …), from which the index that
    /// other frameworks return, y·w + x, follows (ONNX counts over all images and channels). The number in the window
    /// does not grow with the image and stays exact.</remarks>
    /// <param name="x">Images.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Pixels between windows; 0: the window's size.</param>
    /// <param name="padding">Pixels of -∞ on every side; at most half of what a window spans.</param>
    /// <param name="dilation">Pixels between neighbouring taps of a window.</param>
    /// <param name="ceil">Rounds the number of windows up.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or the window does not fit.</exception>
    public static Tensor MaxPoolIndex(
        Tensor x, int size, int stride = 0, int padding = 0, int dilation = 1, bool ceil = false) =>
        EagerPools.MaxIndex(x, PoolWindow.Square(size, stride, padding, dilation, ceil));

    /// <summary><see cref="MaxPoolIndex(Tensor, int, int, int, int, bool)"/> with windows that are not
    /// square.</summary>
    /// <param name="x">Images.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Rows and columns between windows; 0: the window's size.</param>
    /// <param name="padding">Rows above and below and columns at both sides.</param>
    /// <param name="dilation">Rows and columns between neighbouring taps of a window.</param>
    /// <param name="ceil">Rounds the number of windows up.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or the window does not fit.</exception>
    public static Tensor MaxPoolIndex(
        Tensor x, string size, string stride = "0", string padding = "0", string dilation = "1", bool ceil = false) =>
        EagerPools.MaxIndex(x, PoolWindow.Parse(size, stride, padding, dilation, ceil));

    /// <summary>Puts every value back where the maximum of its window was, zeros elsewhere (Zeiler et al. 2014). Input
    /// [b, c, h, w], output [b, c, h', w'] with h' = (h - 1)·stride - 2·padding + size, or as given, and w'
    /// alike.</summary>
    /// <param name="x">One value for each window.</param>
    /// <param name="index">The <see cref="MaxPoolIndex(Tensor, int, int, int, int, bool)"/> of the pool that is
    /// undone, of the same shape.</param>
    /// <param name="size">Height and width of that pool's window.</param>
    /// <param name="stride">Pixels between its windows, at least the window, so that they do not overlap; 0: the
    /// window's size.</param>
    /// <param name="padding">Its padding.</param>
    /// <param name="height">The height that was pooled, where the stride left some rows over; 0: the smallest.</param>
    /// <param name="width">The width that was pooled; 0: the smallest.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, windows overlap, or no such size has these
    /// windows.</exception>
    public static Tensor MaxUnpool(
        Tensor x, Tensor index, int size, int stride = 0, int padding = 0, int height = 0, int width = 0) =>
        EagerPools.Unpool(x, index, PoolWindow.Square(size, stride, padding, 1, false), height, width);

    /// <summary>The mean of every window. Input [b, c, h, w], output [b, c, h', w'] with
    /// h' = ⌊(h + 2·padding - size)/stride⌋ + 1 and w' alike.</summary>
    /// <remarks>Where <paramref name="ceil"/> makes a window reach beyond the padding, those pixels never count in the
    /// divisor.</remarks>
    /// <param name="x">Images.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Pixels between windows; 0: the window's size.</param>
    /// <param name="padding">Zero pixels on every side; at most half the window.</param>
    /// <param name="countPadding">Whether padded pixels count in the divisor.</param>
    /// <param name="ceil">Rounds h' up rather than down, except where a window would begin behind the image.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or the window does not fit.</exception>
    public static Tensor AvgPool(
        Tensor x, int size, int stride = 0, int padding = 0, bool countPadding = true, bool ceil = false) =>
        EagerPools.Average(x, PoolWindow.Square(size, stride, padding, 1, ceil), countPadding);

    /// <summary><see cref="AvgPool(Tensor, int, int, int, bool, bool)"/> with windows that are not square: <c>"2,
    /// 3"</c> is two rows and three columns; one number stands for both.</summary>
    /// <param name="x">Images.</param>
    /// <param name="size">Height and width of the window.</param>
    /// <param name="stride">Rows and columns between windows; 0: the window's size.</param>
    /// <param name="padding">Rows above and below and columns at both sides.</param>
    /// <param name="countPadding">Whether padded pixels count in the divisor.</param>
    /// <param name="ceil">Rounds h' and w' up rather than down, except where a window would begin behind the
    /// image.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or the window does not fit.</exception>
    public static Tensor AvgPool(
        Tensor x, string size, string stride = "0", string padding = "0", bool countPadding = true, bool ceil = false) =>
        EagerPools.Average(x, PoolWindow.Parse(size, stride, padding, "1", ceil), countPadding);

    /// <summary>The mean over height × width bins that cover the image: bin i has rows ⌊i·h/height⌋ … ⌈(i +
    /// 1)·h/height⌉ - 1, columns alike. Input [b, c, h, w], output [b, c, height, width].</summary>
    /// <param name="x">Images.</param>
    /// <param name="height">Bins downwards.</param>
    /// <param name="width">Bins across.</param>
    /// <exception cref="ArgumentException">The input is not rank 4.</exception>
    public static Tensor AdaptiveAvgPool(Tensor x, int height, int width) =>
        EagerResampling.Resample(x, ResampleMode.Area, false, default, height, width);

    /// <summary>The largest of height × width bins that cover the image, which are those of <see cref="AdaptiveAvgPool"/>.
    /// Input [b, c, h, w] with constant h and w, output [b, c, height, width]. Where bins are alike the first of equal
    /// values gets the gradient, as in <c>MaxPool</c>; else they share it.</summary>
    /// <param name="x">Images.</param>
    /// <param name="height">Bins downwards.</param>
    /// <param name="width">Bins across.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or there are no bins.</exception>
    public static Tensor AdaptiveMaxPool(Tensor x, int height, int width) => EagerPools.AdaptiveMax(x, height, width);

    /// <summary>The mean of every channel of every image: [b, c, h, w] to [b, c].</summary>
    /// <param name="x">Images.</param>
    /// <exception cref="ArgumentException">The input is not rank 4.</exception>
    public static Tensor GlobalAvgPool(Tensor x) => Mean(EagerPools.Images(x), 2, 3);

    /// <summary>The largest value of every channel of every image: [b, c, h, w] to [b, c]. NaN wins; equal values
    /// share the gradient.</summary>
    /// <param name="x">Images.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or has no pixels.</exception>
    public static Tensor GlobalMaxPool(Tensor x) => Max(EagerPools.Images(x), 2, 3);

    /// <summary>Images scaled. Input [b, c, h, w], output [b, c, ⌊h·scale⌋, ⌊w·scale⌋]; see
    /// <see cref="UpsampleAttribute"/> for the positions that are read.</summary>
    /// <param name="x">Images.</param>
    /// <param name="scale">How many times as high and wide; above 0, at most four decimals.</param>
    /// <param name="mode">What is read.</param>
    /// <param name="alignCorners">Whether the middles of the corner pixels stay in place, not their edges.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, no pixel remains, or corners are to be aligned in
    /// a nearest mode.</exception>
    public static Tensor Upsample(
        Tensor x, double scale, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false)
    {
        string text = scale.ToString("R", CultureInfo.InvariantCulture);
        return Ratio.TryParse(text, out Ratio ratio)
            ? EagerResampling.Scale(x, mode, alignCorners, ratio)
            : throw new ArgumentOutOfRangeException(
                nameof(scale), text, "A scale is above 0, at most 10000, and has at most four decimals.");
    }

    /// <summary>Images at a given size. Input [b, c, h, w], output [b, c, height, width].</summary>
    /// <param name="x">Images.</param>
    /// <param name="height">Height of the result.</param>
    /// <param name="width">Width of the result.</param>
    /// <param name="mode">What is read.</param>
    /// <param name="alignCorners">Whether the middles of the corner pixels stay in place, not their edges.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, a size is not positive, or corners are to be
    /// aligned in a nearest mode.</exception>
    public static Tensor Upsample(
        Tensor x, int height, int width, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false) =>
        EagerResampling.Resample(x, EagerResampling.ModeOf(mode, alignCorners), alignCorners, default, height, width);

    /// <summary>Images scaled with the nearest pixels: <see cref="Upsample(Tensor, double, UpsampleMode, bool)"/> with
    /// <see cref="UpsampleMode.Nearest"/>.</summary>
    /// <param name="x">Images, [b, c, h, w].</param>
    /// <param name="scale">How many times as high and wide.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or no pixel remains.</exception>
    public static Tensor UpsamplingNearest2d(Tensor x, double scale) => Upsample(x, scale);

    /// <summary>Images scaled bilinearly with aligned corners, as the historical layer of this name does:
    /// <see cref="Upsample(Tensor, double, UpsampleMode, bool)"/> with <see cref="UpsampleMode.Bilinear"/> and corners
    /// aligned.</summary>
    /// <param name="x">Images, [b, c, h, w].</param>
    /// <param name="scale">How many times as high and wide.</param>
    /// <exception cref="ArgumentException">The input is not rank 4, or no pixel remains.</exception>
    public static Tensor UpsamplingBilinear2d(Tensor x, double scale) =>
        Upsample(x, scale, UpsampleMode.Bilinear, true);
}
