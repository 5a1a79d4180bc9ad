using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Kernels;

namespace Dsl.Generator.Lowering;

/// <summary>The functions of images: pools, what undoes them, and other sizes.</summary>
internal static class ImageFunctions
{
    /// <summary>Their rows of <see cref="FunctionTable"/>.</summary>
    public static IEnumerable<FunctionRow> Rows => new[]
    {
        new FunctionRow("MaxPool", static c => MaxPool(c)),
        new FunctionRow("MaxPoolIndex", static c => MaxPoolIndex(c)),
        new FunctionRow("MaxUnpool", static c => MaxUnpool(c)),
        new FunctionRow("AvgPool", static c => AveragePool(c)),
        new FunctionRow("AdaptiveAvgPool", static c => AdaptiveAveragePool(c)),
        new FunctionRow("AdaptiveMaxPool", static c => AdaptiveMaxPool(c)),
        new FunctionRow("GlobalAvgPool", static c => c.Graph.Mean(Images(c), 2, 3)),
        new FunctionRow("GlobalMaxPool", static c => c.Graph.Reduce(ReduceKind.Max, Images(c), 2, 3)),
        new FunctionRow(
            "Upsample", static c => Upsample(c, c.Text("mode", 2, "Nearest"), c.Bool("alignCorners", 3, false))),
        new FunctionRow("UpsamplingNearest2d", static c => Upsample(c, "Nearest", false)),
        new FunctionRow("UpsamplingBilinear2d", static c => Upsample(c, "Bilinear", true)),
    };

    private static Node Images(FunctionContext c)
    {
        Node x = c.Rank(c.Tensor("x", 0), "x", 0, 4, "images: 'b, c, h, w'");
        return x.Shape[1].IsConstant
            ? x
            : throw c.Mismatch(
                "x", 0, "images 'b, c, h, w' with a constant c", "give the second axis a constant extent");
    }

    private static Node MaxPool(FunctionContext c)
    {
        var (x, window, _) = Pool(c);
        return c.Graph.Add(new MaxPoolOp(window), x);
    }

    private static Node MaxPoolIndex(FunctionContext c)
    {
        var (x, window, _) = Pool(c);
        return c.Graph.Add(new MaxPoolIndexOp(window), x);
    }

    private static Node AveragePool(FunctionContext c)
    {
        var (x, window, padding) = Pool(c);
        return c.Graph.Add(new AveragePoolOp(window, c.Bool("countPadding", 4, true) ? padding : Halo.None), x);
    }

    /// <summary>Reads a pool: its images, its windows, and the padding that was asked for, to which rounding up
    /// adds.</summary>
    private static (Node X, WindowGeometry Window, Halo Padding) Pool(FunctionContext c)
    {
        Node x = Images(c);
        WindowGeometry window = Window(c);
        Halo padding = window.Border;
        if (WindowFit.TooLarge(window, x) is { } image)
        {
            throw c.WindowTooLarge($"{window.SpanHeight}x{window.SpanWidth}", image, x)
                .Offer(window is { DilationY: 1, DilationX: 1 } && window.SpanHeight == window.SpanWidth
                    ? c.Pass("size", window.SpanWidth - WindowFit.Missing(window, x))
                    : null);
        }

        return c.Bool("ceil", 5, false)
            ? (
                x,
                window with
                {
                    PaddingBottom = Below(c, x.Shape[2], window.SpanHeight, window.StrideY, window.PaddingTop),
                    PaddingRight = Below(c, x.Shape[3], window.SpanWidth, window.StrideX, window.PaddingLeft),
                },
                padding)
            : (x, window, padding);
    }

    private static WindowGeometry Window(FunctionContext c)
    {
        var (height, width) = c.Pair("size", 1, (2, 2), 1);
        var (strideY, strideX) = c.Pair("stride", 2, (0, 0), 0);
        var (dilationY, dilationX) = c.Pair("dilation", 4, (1, 1), 1);
        var window = new WindowGeometry(
            height,
            width,
            strideY == 0 ? height : strideY,
            strideX == 0 ? width : strideX,
            0,
            0,
            0,
            0,
            dilationY,
            dilationX);

        // A window with no pixel of the image has no maximum and no mean.
        var (top, left) = c.Pair("padding", 3, (0, 0), 0, window.SpanHeight / 2, window.SpanWidth / 2);
        return window with { PaddingTop = top, PaddingBottom = top, PaddingLeft = left, PaddingRight = left };
    }

    /// <summary>The padding at the end with which the number of windows rounds up; the last one begins inside the
    /// image or before it.</summary>
    private static int Below(FunctionContext c, Size pixels, int span, int stride, int padding)
    {
        if (!pixels.IsConstant)
        {
            // Rounding down with so much padding is rounding up; a last window beyond the image cannot come about.
            return span > padding + stride - 1
                ? padding + stride - 1
                : throw c.OutOfRange(
                    "ceil", "true", "false, unless the image's size is constant or windows overlap the padding")
                    .Offer(c.Pass("ceil", "false"));
        }

        int count = ((pixels.Constant + (2 * padding) - span + stride - 1) / stride) + 1;
        if ((count - 1) * stride >= pixels.Constant + padding)
        {
            count--;
        }

        return Math.Max(padding, ((count - 1) * stride) + span - pixels.Constant - padding);
    }

    private static Node MaxUnpool(FunctionContext c)
    {
        Node x = Images(c);
        Node index = c.Tensor("index", 1);
        if (!index.SameShape(x.Shape))
        {
            throw c.Mismatch("index", 1, $"'{x.Shape.Text()}'", "pass the MaxPoolIndex of a pool with this many windows");
        }

        var (height, width) = c.Pair("size", 2, (2, 2), 1);
        var (strideY, strideX) = c.Pair("stride", 3, (0, 0), 0);
        var (top, left) = c.Pair("padding", 4, (0, 0), 0, height / 2, width / 2);
        strideY = strideY == 0 ? height : strideY;
        strideX = strideX == 0 ? width : strideX;
        if (strideY < height || strideX < width)
        {
            throw c.OutOfRange(
                "stride",
                $"{strideY}x{strideX}",
                $"at least the window, {height}x{width}: windows that overlap may choose the same pixel");
        }

        Size rows = Unpooled(c, "height", 5, x.Shape[2], height, strideY, top, out int bottom);
        Size columns = Unpooled(c, "width", 6, x.Shape[3], width, strideX, left, out int right);
        var window = new WindowGeometry(height, width, strideY, strideX, top, left, bottom, right, 1, 1);
        return c.Graph.Add(new MaxPoolGradientOp(window, rows, columns), x, index);
    }

    /// <summary>The extent that was pooled: what is given, or the smallest; and the padding at the end that belongs to
    /// it.</summary>
    private static Size Unpooled(
        FunctionContext c, string name, int position, Size windows, int size, int stride, int padding, out int end)
    {
        Size least = ((windows - 1) * stride) - (2 * padding) + size;
        int given = c.Int(name, position, 0, 0);
        string text = given.ToString(CultureInfo.InvariantCulture);
        end = padding;
        if (given == 0)
        {
            return least;
        }

        if (!windows.IsConstant)
        {
            throw c.OutOfRange(name, text, "left out where the image's size is symbolic");
        }

        // From a last window that begins inside to as many pixels behind it as no further window fits into.
        int first = ((windows.Constant - 1) * stride) - padding + 1;
        int last = (windows.Constant * stride) + size - 1 - padding;
        end = least.Constant + padding - given;
        return given >= first && given <= last
            ? given
            : throw c.OutOfRange(name, text, $"a constant from {first} to {last}");
    }

    private static Node AdaptiveAveragePool(FunctionContext c)
    {
        Node x = Images(c);
        int height = c.Int("height", 1, 1, 1);
        int width = c.Int("width", 2, 1, 1);
        return Resample(c.Graph, x, new ResampleRule(ResampleMode.Area), height, width);
    }

    /// <summary>Bins that are all alike are the windows of a pool; others are slices, first of rows, then of
    /// columns.</summary>
    private static Node AdaptiveMaxPool(FunctionContext c)
    {
        Node x = Images(c);
        int height = c.Int("height", 1, 1, 1);
        int width = c.Int("width", 2, 1, 1);
        if (!x.Shape[2].IsConstant || !x.Shape[3].IsConstant)
        {
            throw c.Mismatch(
                "x", 0, "images 'b, c, h, w' with constant h and w",
                "give height and width constant extents, or take MaxPool or GlobalMaxPool");
        }

        (int h, int w) = (x.Shape[2].Constant, x.Shape[3].Constant);
        return h % height == 0 && w % width == 0
            ? c.Graph.Add(new MaxPoolOp(new WindowGeometry(h / height, w / width, h / height, w / width, 0, 0, 0, 0, 1, 1)), x)
            : LargestOfBins(c.Graph, LargestOfBins(c.Graph, x, 2, height), 3, width);
    }

    /// <summary>The largest element of each of so many bins of an axis; bin i is ⌊i·n/bins⌋ … ⌈(i + 1)·n/bins⌉ -
    /// 1.</summary>
    private static Node LargestOfBins(Graph graph, Node x, int axis, int bins)
    {
        int extent = x.Shape[axis].Constant;
        Node[] largest = Enumerable.Range(0, bins).Select(i =>
        {
            int first = i * extent / bins;
            int end = (((i + 1) * extent) + bins - 1) / bins;
            Node bin = graph.Reduce(ReduceKind.Max, graph.Slice(x, axis, first, end - first), axis);
            return graph.Reshape(bin, x.Shape.SetItem(axis, Size.One));
        }).ToArray();
        return largest.Length == 1 ? largest[0] : graph.Add(new ConcatOp(axis), largest);
    }

    private static Node Upsample(FunctionContext c, string mode, bool alignCorners)
    {
        Node x = Images(c);
        if (alignCorners && !Interpolates(mode))
        {
            throw c.OutOfRange(
                "alignCorners", "true", "false with the modes Nearest and NearestExact, which read one pixel")
                .Offer(c.Pass("alignCorners", "false"), c.Pass("mode", "UpsampleMode.Bilinear"));
        }

        if (c.Has("height"))
        {
            int height = c.Int("height", 1, 1, 1);
            int width = c.Int("width", 2, 1, 1);
            return Resample(c.Graph, x, new ResampleRule(ModeOf(mode), alignCorners), height, width);
        }

        string text = c.Text("scale", 1, "");
        Ratio scale = Ratio.TryParse(text, out Ratio read) ? read : throw c.OutOfRange("scale", text, ScaleRange);
        return Scaled(x.Shape[2], scale) is { } rows && Scaled(x.Shape[3], scale) is { } columns
            ? Resample(c.Graph, x, new ResampleRule(ModeOf(mode), alignCorners, scale), rows, columns)
            : throw c.OutOfRange("scale", text, "so large that pixels remain");
    }

    /// <summary>What a scale may be, for messages.</summary>
    public const string ScaleRange = "a number above 0, at most 10000, with at most four decimals";

    /// <summary>The resample mode of a member of <c>Dsl.UpsampleMode</c>.</summary>
    public static ResampleMode ModeOf(string mode) => mode switch
    {
        "Nearest" => ResampleMode.Nearest,
        "NearestExact" => ResampleMode.NearestExact,
        "Bilinear" => ResampleMode.Linear,
        "Bicubic" => ResampleMode.Cubic,
        _ => throw new InvalidOperationException($"'{mode}' is no mode of resampling."),
    };

    /// <summary>Whether a mode reads more than one pixel, so that corners can be aligned.</summary>
    public static bool Interpolates(string mode) => ModeOf(mode) is ResampleMode.Linear or ResampleMode.Cubic;

    /// <summary>⌊pixels·scale⌋; null when no pixel remains.</summary>
    public static Size? Scaled(Size pixels, Ratio scale)
    {
        Size extent = (pixels * scale.Numerator) / scale.Denominator;
        return extent.IsConstant && extent.Constant < 1 ? null : extent;
    }

    /// <summary>Adds a resampling, unless it would change nothing.</summary>
    public static Node Resample(Graph graph, Node x, ResampleRule rule, Size height, Size width) =>
        x.Shape[2].Equals(height) && x.Shape[3].Equals(width) && (rule.Scale.Numerator == rule.Scale.Denominator)
            ? x
            : graph.Add(new ResampleOp(rule, height, width), x);
}
