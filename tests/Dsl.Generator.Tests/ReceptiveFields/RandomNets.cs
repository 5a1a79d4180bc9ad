using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Tests.ReceptiveFields;

/// <summary>
/// Random networks over one image: convolutions, means of windows, transposed convolutions, each with a geometry of
/// its own
/// along rows and columns, and branches that are added. No weight is negative, so nothing that is seen cancels.
/// </summary>
internal sealed class RandomNets(int seed)
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
            x = _random.Next(10) switch
            {
                < 4 => Convolve(graph, x, Window(x, mayStride: true)),
                < 6 => graph.Add(new AveragePoolOp(Window(x, mayStride: true) with { DilationY = 1, DilationX = 1 }, true), x),
                < 8 => Enlarge(graph, x),
                _ => Branch(graph, x),
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
