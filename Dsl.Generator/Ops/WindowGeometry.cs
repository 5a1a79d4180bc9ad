using System;
using System.Globalization;
using Dsl.Generator.ReceptiveFields;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Ops;

/// <summary>Where a window sits on an image: tap (u, v) of window (i, j) is pixel (i·StrideY - PaddingTop +
/// u·DilationY, …).</summary>
internal sealed record WindowGeometry(
    int KernelHeight,
    int KernelWidth,
    int StrideY,
    int StrideX,
    int PaddingTop,
    int PaddingLeft,
    int PaddingBottom,
    int PaddingRight,
    int DilationY,
    int DilationX)
{
    /// <summary>Called for tap (u, v) of window (i, j), which is pixel (y, x).</summary>
    public delegate void TapVisitor(int i, int j, int u, int v, int y, int x);

    /// <summary>The pixels that a window spans downwards.</summary>
    public int SpanHeight => (DilationY * (KernelHeight - 1)) + 1;

    /// <summary>The pixels that a window spans across.</summary>
    public int SpanWidth => (DilationX * (KernelWidth - 1)) + 1;

    /// <summary>Taps of a window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>The zeros around an image that its windows read.</summary>
    public Halo Border => new(PaddingTop, PaddingBottom, PaddingLeft, PaddingRight);

    /// <summary>The zeros around the gradient of all windows that the gradient of the image reads: how far
    /// (y + padding - u·dilation)/stride reaches beyond the first and last window.</summary>
    public Halo BorderOfGradient => new(
        Beyond(KernelHeight, DilationY, PaddingTop, StrideY),
        Beyond(KernelHeight, DilationY, PaddingBottom, StrideY),
        Beyond(KernelWidth, DilationX, PaddingLeft, StrideX),
        Beyond(KernelWidth, DilationX, PaddingRight, StrideX));

    /// <summary>A square window with the same stride, padding and dilation in both directions.</summary>
    public static WindowGeometry Square(int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        new(kernel, kernel, stride, stride, padding, padding, padding, padding, dilation, dilation);

    /// <summary>Windows downwards on an image of a height.</summary>
    public Size OutHeight(Size h) => ((h + (PaddingTop + PaddingBottom - SpanHeight)) / StrideY) + 1;

    /// <summary>Windows across on an image of a width.</summary>
    public Size OutWidth(Size w) => ((w + (PaddingLeft + PaddingRight - SpanWidth)) / StrideX) + 1;

    /// <summary>The window of tap (u, v) alone: one pixel per window, as many windows. Its padding may be
    /// negative.</summary>
    public WindowGeometry Tap(int u, int v) => new(
        1,
        1,
        StrideY,
        StrideX,
        PaddingTop - (u * DilationY),
        PaddingLeft - (v * DilationX),
        PaddingBottom - SpanHeight + 1 + (u * DilationY),
        PaddingRight - SpanWidth + 1 + (v * DilationX),
        1,
        1);

    /// <summary>What windows [b, c, i, j] see of an axis of their image [b, c, h, w], plane by plane.</summary>
    public AxisReach Field(int axis) => axis switch
    {
        2 => AxisReach.Along(2, Reach.Window(KernelHeight, StrideY, PaddingTop, DilationY)),
        3 => AxisReach.Along(3, Reach.Window(KernelWidth, StrideX, PaddingLeft, DilationX)),
        _ => AxisReach.Same(axis),
    };

    /// <summary>The other direction: what pixels [b, c, h, w] see of an axis of the windows [b, c, i, j] they lie
    /// in.</summary>
    public AxisReach TransposedField(int axis) => axis switch
    {
        2 => AxisReach.Along(2, Reach.Transposed(KernelHeight, StrideY, PaddingTop, DilationY)),
        3 => AxisReach.Along(3, Reach.Transposed(KernelWidth, StrideX, PaddingLeft, DilationX)),
        _ => AxisReach.Same(axis),
    };

    /// <summary>Visits every tap of every window that is inside an image, windows and taps in row-major
    /// order.</summary>
    public void Visit(int height, int width, TapVisitor visit)
    {
        int rows = (int)OutHeight(height).Constant;
        int columns = (int)OutWidth(width).Constant;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int tap = 0; tap < Taps; tap++)
                {
                    int u = tap / KernelWidth;
                    int v = tap % KernelWidth;
                    int y = (i * StrideY) - PaddingTop + (u * DilationY);
                    int x = (j * StrideX) - PaddingLeft + (v * DilationX);
                    if (y >= 0 && y < height && x >= 0 && x < width)
                    {
                        visit(i, j, u, v, y, x);
                    }
                }
            }
        }
    }

    /// <summary>As in dumps: <c>3x3 stride=2 padding=1</c>; what is 1 or 0 by default is left out.</summary>
    public override string ToString() =>
        $"{Pair(KernelHeight, KernelWidth, "x", always: true)}{Part("stride", StrideY, StrideX, 1)}{Paddings()}"
        + Part("dilation", DilationY, DilationX, 1);

    private static int Beyond(int kernel, int dilation, int padding, int stride) =>
        Math.Max(0, (((kernel - 1) * dilation) - padding + stride - 1) / stride);

    private string Paddings() => PaddingTop == PaddingBottom && PaddingLeft == PaddingRight
        ? Part("padding", PaddingTop, PaddingLeft, 0)
        : " padding=" + string.Join(",", PaddingTop, PaddingLeft, PaddingBottom, PaddingRight);

    private static string Part(string name, int a, int b, int normal) =>
        a == normal && b == normal ? "" : $" {name}={Pair(a, b, ",", always: false)}";

    private static string Pair(int a, int b, string between, bool always) => a == b && !always
        ? a.ToString(CultureInfo.InvariantCulture)
        : a.ToString(CultureInfo.InvariantCulture) + between + b.ToString(CultureInfo.InvariantCulture);
}
