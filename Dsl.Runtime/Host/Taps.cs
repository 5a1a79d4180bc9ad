using System;

namespace Dsl.Host;

/// <summary>
/// The taps of a window along one axis that meet one position: an arithmetic progression, of the taps and of the source
/// coordinates they see. In forward order taps ascend; see <see cref="Convolved"/> for the transposed order.
/// </summary>
/// <param name="Count">How many taps.</param>
/// <param name="Tap">The first tap.</param>
/// <param name="TapStep">From one tap to the next.</param>
/// <param name="Source">The source coordinate of the first tap.</param>
/// <param name="SourceStep">From one tap's source coordinate to the next.</param>
internal readonly record struct Taps(int Count, int Tap, int TapStep, int Source, int SourceStep)
{
    /// <summary>The taps of a convolution, whatever they see: the halo is zero. Source coordinates ascend, also
    /// transposed, so that
    /// neighbouring taps see neighbouring memory.</summary>
    public static Taps Convolved(int position, int kernel, int stride, int padding, int dilation, bool transposed)
    {
        if (!transposed)
        {
            return new Taps(kernel, 0, 1, (position * stride) - padding, dilation);
        }

        Taps ascending = Dividing(position + padding, kernel, stride, dilation);
        int last = ascending.Count - 1;
        return last < 0 ? ascending : new Taps(
            ascending.Count,
            ascending.Tap + (last * ascending.TapStep),
            -ascending.TapStep,
            ascending.Source + (last * ascending.SourceStep),
            -ascending.SourceStep);
    }

    /// <summary>The taps of a pool that see a coordinate in 0 … <paramref name="size"/> - 1, in ascending
    /// order.</summary>
    public static Taps Visible(
        int position, int kernel, int stride, int padding, int dilation, bool transposed, int size)
    {
        Taps all = transposed
            ? Dividing(position + padding, kernel, stride, dilation)
            : new Taps(kernel, 0, 1, (position * stride) - padding, dilation);
        int first = 0;
        int end = all.Count;
        while (first < end && Outside(all.Source + (first * all.SourceStep), size))
        {
            first++;
        }

        while (end > first && Outside(all.Source + ((end - 1) * all.SourceStep), size))
        {
            end--;
        }

        return all with
        {
            Count = end - first,
            Tap = all.Tap + (first * all.TapStep),
            Source = all.Source + (first * all.SourceStep),
        };
    }

    private static bool Outside(int coordinate, int size) => (uint)coordinate >= (uint)size;

    /// <summary>The taps u with (position - u·dilation) divisible by the stride, ascending.</summary>
    private static Taps Dividing(int position, int kernel, int stride, int dilation)
    {
        int step = stride / Divisor(stride, dilation);
        int first = 0;
        while (first < step && (position - (first * dilation)) % stride != 0)
        {
            first++;
        }

        // Coordinates below 0 divide exactly too, so the quotient does not round.
        return first >= step || first >= kernel
            ? default
            : new Taps(
                Slicing.Ceiling(kernel - first, step),
                first,
                step,
                (position - (first * dilation)) / stride,
                -(step * dilation / stride));
    }

    private static int Divisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return Math.Abs(a);
    }
}
