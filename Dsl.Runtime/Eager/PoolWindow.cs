using System;
using System.Globalization;
using System.Linq;

namespace Dsl.Eager;

/// <summary>The arguments of a pool, rows first.</summary>
internal readonly record struct PoolWindow(
    (int Y, int X) Size, (int Y, int X) Stride, (int Y, int X) Padding, (int Y, int X) Dilation, bool Ceil)
{
    /// <summary>Equal in both directions; a stride of 0 is the size.</summary>
    public static PoolWindow Square(int size, int stride, int padding, int dilation, bool ceil) =>
        Of((size, size), (stride, stride), (padding, padding), (dilation, dilation), ceil);

    /// <summary>From texts such as <c>"2, 3"</c>.</summary>
    /// <exception cref="ArgumentException">A text is neither one number nor two.</exception>
    public static PoolWindow Parse(string size, string stride, string padding, string dilation, bool ceil) =>
        Of(Pair(size), Pair(stride), Pair(padding), Pair(dilation), ceil);

    /// <summary>The windows down an image of a height.</summary>
    public Window Down(int height) => new(height, Size.Y, Stride.Y, Padding.Y, Dilation.Y, Ceil);

    /// <summary>The windows across an image of a width.</summary>
    public Window Across(int width) => new(width, Size.X, Stride.X, Padding.X, Dilation.X, Ceil);

    private static PoolWindow Of(
        (int Y, int X) size, (int Y, int X) stride, (int Y, int X) padding, (int Y, int X) dilation, bool ceil)
    {
        Check(size.Y, padding.Y, dilation.Y);
        Check(size.X, padding.X, dilation.X);
        return new PoolWindow(
            size, (stride.Y == 0 ? size.Y : stride.Y, stride.X == 0 ? size.X : stride.X), padding, dilation, ceil);
    }

    private static void Check(int size, int padding, int dilation)
    {
        int span = (dilation * (size - 1)) + 1;
        if (padding > span / 2)
        {
            throw new ArgumentException(
                $"Padding {padding} is more than half the window {span}: a window could lie outside the image.",
                nameof(padding));
        }
    }

    private static (int Y, int X) Pair(string text)
    {
        string[] parts = text.Split(',');
        int[] values = parts.Select(static p =>
            int.TryParse(p, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : -1).ToArray();
        return values.Length is 1 or 2 && values.All(static v => v >= 0)
            ? (values[0], values[^1])
            : throw new ArgumentException($"'{text}' is neither a number nor two with a comma between.", nameof(text));
    }
}
