using System;
using System.Collections.Generic;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Convolutions, their input gradients and their weight gradients over one table of geometries.</summary>
internal static class ConvolveCases
{
    private sealed record Geometry(
        int Images, int Height, int Width, int In, int Out, int Kernel, int Stride = 1, int Padding = 0,
        int Dilation = 1, int Groups = 1, int KernelWidth = 0, int StrideX = 0, int Slices = 2)
    {
        internal int Across => KernelWidth == 0 ? Kernel : KernelWidth;

        internal int StepX => StrideX == 0 ? Stride : StrideX;

        internal int OutHeight => ((Height + (2 * Padding) - (Dilation * (Kernel - 1)) - 1) / Stride) + 1;

        internal int OutWidth => ((Width + (2 * Padding) - (Dilation * (Across - 1)) - 1) / StepX) + 1;
    }

    private static readonly (string Name, Geometry Shape)[] Shapes =
    [
        ("1x1", new(2, 5, 4, 7, 9, 1)),
        ("3x3 padded", new(2, 6, 7, 3, 5, 3, Padding: 1)),
        ("3x3 stride 2", new(1, 9, 8, 4, 6, 3, Stride: 2, Padding: 1)),
        ("1x1 stride 2", new(2, 7, 7, 5, 4, 1, Stride: 2)),
        ("7x7 stride 2 padded 3", new(1, 16, 16, 3, 8, 7, Stride: 2, Padding: 3)),
        ("3x3 dilated 2", new(1, 9, 9, 4, 4, 3, Padding: 2, Dilation: 2)),
        ("3x3 stride 2 dilated 2", new(1, 11, 12, 3, 5, 3, Stride: 2, Padding: 2, Dilation: 2)),
        ("3x3 stride 3 dilated 2", new(1, 13, 10, 2, 3, 3, Stride: 3, Padding: 1, Dilation: 2)),
        ("3x1 stride 1x2", new(2, 6, 9, 3, 4, 3, Padding: 1, KernelWidth: 1, StrideX: 2)),
        ("3x3 in 2 groups", new(1, 6, 6, 3, 20, 3, Padding: 1, Groups: 2)),
        ("depthwise 3x3", new(2, 6, 5, 1, 1, 3, Padding: 1, Groups: 19)),
        ("depthwise 5x5 stride 2", new(1, 9, 9, 1, 2, 5, Stride: 2, Padding: 2, Groups: 6)),
        ("3x3 wide", new(1, 10, 9, 20, 70, 3, Padding: 1)),
        ("2x2 wide blocks", new(16, 23, 24, 3, 130, 2, Stride: 1)),
        ("3x3 of many channels", new(1, 5, 6, 70, 9, 3, Padding: 1)),
        ("3x3 stride 2 of many pixels", new(2, 40, 31, 3, 5, 3, Stride: 2, Padding: 1)),
        ("depthwise 3x3 of many pixels", new(1, 20, 31, 1, 1, 3, Padding: 1, Groups: 19)),
        ("4x4 stride 4", new(3, 8, 8, 3, 12, 4, Stride: 4, Slices: 1)),
    ];

    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var (name, g) in Shapes)
        {
            yield return ($"Convolve {name}", seed => Forward(seed, g));
            yield return ($"Convolve {name}, input gradient", seed => InputGradient(seed, g));
            yield return ($"Convolve {name}, weight gradient", seed => WeightGradient(seed, g));
        }
    }

    // As much halo as any tap can reach, and one pixel more where nothing reaches.
    private static PixelBuffer Source(Geometry g) => new(
        g.Images, g.Height, g.Width, g.Groups * g.In,
        g.Padding, g.Padding + 1, g.Padding, g.Padding);

    private static PixelBuffer Result(Geometry g)
    {
        int reach = g.Dilation * (Math.Max(g.Kernel, g.Across) - 1);
        return new(g.Images, g.OutHeight, g.OutWidth, g.Groups * g.Out, reach, reach + 1, reach, reach + 1);
    }

    private static ConvolveShape Shape(Geometry g, PixelBuffer domain, PixelBuffer source, bool transposed) => new()
    {
        Images = g.Images,
        Height = domain.Height,
        Width = domain.Width,
        Groups = g.Groups,
        InChannels = transposed ? g.Out : g.In,
        OutChannels = transposed ? g.In : g.Out,
        KernelHeight = g.Kernel,
        KernelWidth = g.Across,
        StrideY = g.Stride,
        StrideX = g.StepX,
        PaddingY = g.Padding,
        PaddingX = g.Padding,
        DilationY = g.Dilation,
        DilationX = g.Dilation,
        Transposed = transposed,
        ImagePitch = source.ImagePitch,
        RowPitch = source.RowPitch,
    };

    // Every product the convolution adds up: pixels of the input and of the output, tap, channels in and out, group.
    private static void Products(Geometry g, Action<int, (int Y, int X), (int Y, int X), int, int, int, int> visit)
    {
        for (int n = 0; n < g.Images; n++)
        {
            for (int p = 0; p < g.OutHeight * g.OutWidth * g.Kernel * g.Across; p++)
            {
                int v = p % g.Across, u = p / g.Across % g.Kernel, x = p / (g.Across * g.Kernel) % g.OutWidth;
                int y = p / (g.Across * g.Kernel * g.OutWidth);
                int inY = (y * g.Stride) - g.Padding + (u * g.Dilation);
                int inX = (x * g.StepX) - g.Padding + (v * g.Dilation);
                if (inY < 0 || inY >= g.Height || inX < 0 || inX >= g.Width)
                {
                    continue;
                }

                for (int i = 0; i < g.Groups * g.In * g.Out; i++)
                {
                    visit(n, (inY, inX), (y, x), (u * g.Across) + v, i / g.Out % g.In, i % g.Out, i / (g.In * g.Out));
                }
            }
        }
    }

    private static GpuCase Forward(int seed, Geometry g)
    {
        var c = new GpuCase(seed);
        PixelBuffer from = Source(g), to = Result(g);
        int taps = g.Kernel * g.Across;
        int x = c.Image(from), w = c.Input(g.Groups * taps * g.In * g.Out), bias = c.Input(to.Channels);
        int y = c.Output(to.Images * to.ImagePitch) + to.First;
        return c.Runs(
            new ConvolveKernel<NoTile, NoTile, PixelBody>(
                "Convolve", ["x", "w", "bias", "y"], Shape(g, to, from, false)),
            [x, w, bias, y],
            [to.ImagePitch, to.RowPitch, to.Channels],
            m =>
            {
                Start(m, to, y, bias);
                Products(g, (n, input, output, tap, i, o, group) =>
                    m[y + to.At(n, output.Y, output.X) + (group * g.Out) + o] +=
                        m[x + from.At(n, input.Y, input.X) + (group * g.In) + i]
                        * m[w + (((((group * taps) + tap) * g.In) + i) * g.Out) + o]);
            });
    }

    private static GpuCase InputGradient(int seed, Geometry g)
    {
        var c = new GpuCase(seed);
        PixelBuffer from = Result(g), to = Source(g);
        int taps = g.Kernel * g.Across;
        int dy = c.Image(from), w = c.Input(g.Groups * taps * g.In * g.Out), bias = c.Input(to.Channels);
        int dx = c.Output(to.Images * to.ImagePitch) + to.First;
        return c.Runs(
            new ConvolveKernel<NoTile, NoTile, PixelBody>(
                "Gradient", ["dy", "w", "bias", "dx"], Shape(g, to, from, true)),
            [dy, w, bias, dx],
            [to.ImagePitch, to.RowPitch, to.Channels],
            m =>
            {
                Start(m, to, dx, bias);
                Products(g, (n, input, output, tap, i, o, group) =>
                    m[dx + to.At(n, input.Y, input.X) + (group * g.In) + i] +=
                        m[dy + from.At(n, output.Y, output.X) + (group * g.Out) + o]
                        * m[w + (((((group * taps) + tap) * g.Out) + o) * g.In) + i]);
            });
    }

    private static GpuCase WeightGradient(int seed, Geometry g)
    {
        var c = new GpuCase(seed);
        PixelBuffer source = Source(g), result = Result(g);
        int rows = g.Kernel * g.Across * g.In, weights = g.Groups * rows * g.Out;
        int x = c.Image(source), dy = c.Image(result), bias = c.Input(g.Out), dw = c.Output(weights);
        int scratch = c.Scratch(g.Slices * weights);
        return c.Runs(
            new ConvolveWeightsKernel<NoTile, NoTile, BiasBody>(
                "Weights", ["x", "dy", "bias", "dw", "scratch"], Shape(g, result, source, false), result.ImagePitch,
                result.RowPitch, g.Slices),
            [x, dy, bias, dw, scratch],
            [g.Out, rows],
            m =>
            {
                for (int i = 0; i < weights; i++)
                {
                    m[dw + i] = m[bias + (i % g.Out)];
                }

                Products(g, (n, input, output, tap, i, o, group) =>
                    m[dw + (((group * rows) + (tap * g.In) + i) * g.Out) + o] +=
                        m[x + source.At(n, input.Y, input.X) + (group * g.In) + i]
                        * m[dy + result.At(n, output.Y, output.X) + (group * g.Out) + o]);
            });
    }

    private static void Start(double[] m, PixelBuffer p, int at, int bias)
    {
        for (int i = 0; i < p.Images * p.Height * p.Width * p.Channels; i++)
        {
            int channel = i % p.Channels, x = i / p.Channels % p.Width, y = i / (p.Channels * p.Width) % p.Height;
            m[at + p.At(i / (p.Channels * p.Width * p.Height), y, x) + channel] = m[bias + channel];
        }
    }
}
