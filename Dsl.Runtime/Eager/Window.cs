using System;

namespace Dsl.Eager;

/// <summary>The windows along one axis of an image: window i has its tap u at pixel i·stride - padding +
/// u·dilation.</summary>
internal readonly struct Window
{
    private readonly int _extent;
    private readonly int _kernel;
    private readonly int _stride;
    private readonly int _padding;
    private readonly int _dilation;

    public Window(int extent, int kernel, int stride, int padding, int dilation, bool ceil = false)
        : this(extent, kernel, stride, padding, padding, dilation, ceil)
    {
    }

    public Window(int extent, int kernel, int stride, int padding, int after, int dilation, bool ceil = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dilation);
        int reach = (dilation * (kernel - 1)) + 1;
        if (reach > extent + padding + after)
        {
            throw new ArgumentException(
                $"A window of {reach} pixels does not fit into {extent} pixels with padding {padding} and {after}.");
        }

        (_extent, _kernel, _stride, _padding, _dilation) = (extent, kernel, stride, padding, dilation);
        Count = ((extent + padding + after - reach + (ceil ? stride - 1 : 0)) / stride) + 1;
        if (ceil && (Count - 1) * stride >= extent + padding)
        {
            Count--;
        }
    }

    /// <summary>How many windows there are.</summary>
    public int Count { get; }

    /// <summary>How many taps of a window are inside the image or its padding.</summary>
    public int Counted(int window)
    {
        int count = 0;
        for (int tap = 0; tap < _kernel; tap++)
        {
            count += (window * _stride) - _padding + (tap * _dilation) < _extent + _padding ? 1 : 0;
        }

        return count;
    }

    /// <summary>The pixel of a tap, when it is inside the image.</summary>
    public bool TryRead(int window, int tap, out int pixel)
    {
        pixel = (window * _stride) - _padding + (tap * _dilation);
        return pixel >= 0 && pixel < _extent;
    }
}
