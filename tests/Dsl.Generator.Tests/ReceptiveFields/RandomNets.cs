using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Tests.ReceptiveFields;

/// <summary>
/// Random networks over one image: convolutions, shared and local, means of windows, transposed convolutions, each with
/// a geometry of its own along rows and columns, pixels shuffled to channels and back, resampled, cut and padded
/// images, and branches that are added. No weight is negative, so nothing that is seen cancels.
/// </summary>
internal sealed class RandomNets(int seed, bool resizes)
{
    public const int Extent = 64;

    private readonly Random _random = new(seed);
    private int _parameters;

    /// <summary>Adds a network to a graph; the same seed adds the same one.</summary>
    public Node Add(Graph graph, Node image)
    {
        Node x = image;
        int layers = _random.Next(2, 6);
        for (int i = 0; i < layers; i++)
        {
            // Branches are not mixed with what resizes: where one path skips rows, columns of it are not seen, either.
            x = _random.Next(resizes ? 14 : 10) switch
            {
                < 4 => Convolve(graph, x, Window(x, mayStride: true)),
                < 6 => graph.Add(new AveragePoolOp(Window(x, mayStride: true) with { DilationY = 1, DilationX = 1 }, true), x),
                < 8 => Enlarge(graph, x),
                8 or 9 when !resizes => Branch(graph, x),
                8 or 9 => Shuffle(graph, x),
                10 => Unshuffle(graph, x),
                11 => Resample(graph, x),
                12 => CutAndPad(graph, x),
                _ => LocallyConnect(graph, x),
            };
        }

        return x;
    }

    private Node Branch(Graph graph, Node x)
    {
        // Both branches keep the extents: odd windows, padded by half of what they span, or shifted by one pixel.
        Node Side(Node side)
        {
            for (int i = _random.Next(3); i > 0; i--)
            {
                (int height, int width) = (2 * _random.Next(2) + 1, 2 * _random.Next(2) + 1);
                (int down, int across) = (_random.Next(1, 4), _random.Next(1, 3));
                (int y, int z) = (down * (height - 1), across * (width - 1));
                int shift = y > 1 && _random.Next(4) == 0 ? 1 : 0;
                var window = new WindowGeometry(
                    height, width, 1, 1, (y / 2) - shift, z / 2, (y / 2) + shift, z / 2, down, across);
                side = Convolve(graph, side, window);
            }

            return side;
        }

        return graph.Pointwise("add", Side(x), graph.Pointwise("mul", Side(x), graph.Constant(0.5)));
    }

    private Node Convolve(Graph graph, Node x, WindowGeometry window) => graph.Add(
        new ConvolveOp(window, 1), x, graph.Parameter($"w{_parameters++}", 1, 1, window.KernelHeight, window.KernelWidth));

    /// <summary>Four images become the pixels of one of twice the size.</summary>
    private Node Shuffle(Graph graph, Node x)
    {
        Node Part() => Convolve(graph, x, Window(x, mayStride: false) with
        {
            KernelHeight = 1, KernelWidth = 1, PaddingTop = 0, PaddingLeft = 0, PaddingBottom = 0, PaddingRight = 0,
        });
        return x.Shape[2].Constant > Extent || x.Shape[3].Constant > Extent
            ? x
            : graph.Add(new PixelShuffleOp(2), graph.Concat(1, [Part(), Part(), Part(), Part()]));
    }

    /// <summary>The pixels of every 2×2 become channels, whose sum is taken.</summary>
    private Node Unshuffle(Graph graph, Node x)
    {
        Node even = graph.Slice(x, 2, x.Shape[2].Constant % 2, x.Shape[2] - (x.Shape[2].Constant % 2));
        even = graph.Slice(even, 3, 0, x.Shape[3] - (x.Shape[3].Constant % 2));
        return graph.Add(
            new ConvolveOp(WindowGeometry.Square(1), 1),
            graph.Add(new PixelUnshuffleOp(2), even),
            graph.Parameter($"w{_parameters++}", 1, 4, 1, 1));
    }

    /// <summary>Twice or half as large. Weights of cubic resampling are negative, too, so it is not among
    /// these.</summary>
    private Node Resample(Graph graph, Node x)
    {
        ResampleMode mode = (ResampleMode)_random.Next((int)ResampleMode.Linear + 1);
        bool grows = _random.Next(2) == 0 && x.Shape[2].Constant <= Extent && x.Shape[3].Constant <= Extent;
        Size Scaled(Size extent) => grows ? extent * 2 : extent / 2;
        var rule = new ResampleRule(mode, Scale: grows ? new Ratio(2, 1) : new Ratio(1, 2));
        return graph.Add(new ResampleOp(rule, Scaled(x.Shape[2]), Scaled(x.Shape[3])), x);
    }

    /// <summary>Rows cut off above, columns added at the left.</summary>
    private Node CutAndPad(Graph graph, Node x)
    {
        int cut = _random.Next(1, 4);
        return graph.Pad(graph.Slice(x, 2, cut, x.Shape[2] - cut), 3, _random.Next(1, 4), _random.Next(2), 0);
    }

    /// <summary>Weights of its own for every site.</summary>
    private Node LocallyConnect(Graph graph, Node x)
    {
        WindowGeometry w = Window(x, mayStride: true) with
        {
            PaddingTop = 0, PaddingLeft = 0, PaddingBottom = 0, PaddingRight = 0, DilationY = 1, DilationX = 1,
        };
        return graph.Add(new LocalConvolveOp(w, 1), x, graph.Parameter(
            $"w{_parameters++}", w.OutHeight(x.Shape[2]).Constant, w.OutWidth(x.Shape[3]).Constant, 1, 1, w.KernelHeight, w.KernelWidth));
    }

    /// <summary>A transposed convolution, whose output is as large as its geometry makes it.</summary>
    private Node Enlarge(Graph graph, Node x)
    {
        WindowGeometry w = Window(x, mayStride: true);
        Size height = ((x.Shape[2] - 1) * w.StrideY) + (w.SpanHeight - w.PaddingTop - w.PaddingBottom);
        Size width = ((x.Shape[3] - 1) * w.StrideX) + (w.SpanWidth - w.PaddingLeft - w.PaddingRight);
        return height.Constant > 3 * Extent || width.Constant > 3 * Extent
            ? Convolve(graph, x, w)
            : graph.Add(
                new ConvolveInputGradientOp(w, 1, height, width),
                x,
                graph.Parameter($"w{_parameters++}", 1, 1, w.KernelHeight, w.KernelWidth));
    }

    private WindowGeometry Window(Node x, bool mayStride)
    {
        (int height, int width) = (_random.Next(1, 5), _random.Next(1, 4));
        (int down, int across) = (_random.Next(1, 3), _random.Next(1, 4));
        int Stride(int axis) => mayStride && x.Shape[axis].Constant > 24 ? _random.Next(1, 4) : 1;
        int Padding(int span) => _random.Next(0, (span / 2) + 1);
        (int y, int z) = ((down * (height - 1)) + 1, (across * (width - 1)) + 1);
        return new WindowGeometry(
            height, width, Stride(2), Stride(3), Padding(y), Padding(z), Padding(y), Padding(z), down, across);
    }
}
