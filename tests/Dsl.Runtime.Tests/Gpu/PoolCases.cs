using System;
using System.Collections.Generic;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Windows, and the windows that contain a pixel.</summary>
internal static class PoolCases
{
    private sealed record Geometry(
        int Images, int Height, int Width, int Channels, int Kernel, int Stride, int Padding, int Dilation)
    {
        internal int OutHeight => ((Height + (2 * Padding) - (Dilation * (Kernel - 1)) - 1) / Stride) + 1;

        internal int OutWidth => ((Width + (2 * Padding) - (Dilation * (Kernel - 1)) - 1) / Stride) + 1;
    }

    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var g in new Geometry[]
        {
            new(2, 6, 5, 3, 2, 2, 0, 1), new(1, 9, 8, 17, 3, 2, 1, 1), new(1, 7, 7, 4, 3, 1, 1, 1),
            new(2, 9, 9, 2, 3, 2, 2, 2),
        })
        {
            string name = $"{g.Kernel} stride {g.Stride} padding {g.Padding} dilation {g.Dilation}";
            yield return ($"Pool {name}", seed => Case(seed, g, false));
            yield return ($"Pool {name}, transposed", seed => Case(seed, g, true));
        }
    }

    private static GpuCase Case(int seed, Geometry g, bool transposed)
    {
        var c = new GpuCase(seed);
        int height = transposed ? g.Height : g.OutHeight, width = transposed ? g.Width : g.OutWidth;
        var source = new PixelBuffer(
            g.Images, transposed ? g.OutHeight : g.Height, transposed ? g.OutWidth : g.Width, g.Channels, 1, 0, 0, 2);
        int count = g.Images * height * width * g.Channels;
        int x = c.Image(source), largest = c.Output(count), sums = c.Output(count);
        var shape = new PoolShape
        {
            Images = g.Images,
            Height = height,
            Width = width,
            Channels = g.Channels,
            SourceHeight = source.Height,
            SourceWidth = source.Width,
            KernelHeight = g.Kernel,
            KernelWidth = g.Kernel,
            StrideY = g.Stride,
            StrideX = g.Stride,
            PaddingY = g.Padding,
            PaddingX = g.Padding,
            DilationY = g.Dilation,
            DilationX = g.Dilation,
            Transposed = transposed,
        };
        return c.Runs(
            new PoolKernel<WindowBody>("Pool", ["x", "largest", "sums"], shape),
            [x, largest, sums],
            [source.ImagePitch, source.RowPitch, g.Channels, (height << 16) | width],
            m =>
            {
                for (int i = 0; i < count; i++)
                {
                    int q = i % g.Channels, dx = i / g.Channels % width, dy = i / (g.Channels * width) % height;
                    int n = i / (g.Channels * width * height);
                    (m[largest + i], m[sums + i]) = (double.NegativeInfinity, 0);
                    for (int sy = 0; sy < source.Height; sy++)
                    {
                        for (int sx = 0; sx < source.Width; sx++)
                        {
                            int u = Tap(g, transposed, dy, sy), v = Tap(g, transposed, dx, sx);
                            if (u >= 0 && v >= 0)
                            {
                                double value = m[x + source.At(n, sy, sx) + q];
                                m[largest + i] = Math.Max(m[largest + i], value);
                                m[sums + i] += value * ((u * g.Kernel) + v + 1);
                            }
                        }
                    }
                }
            });
    }

    // The tap through which the output pixel of the forward pool sees the input pixel, or -1.
    private static int Tap(Geometry g, bool transposed, int domain, int source)
    {
        var (input, output) = transposed ? (domain, source) : (source, domain);
        int distance = input - ((output * g.Stride) - g.Padding);
        bool inside = distance >= 0 && distance % g.Dilation == 0 && distance / g.Dilation < g.Kernel;
        return inside ? distance / g.Dilation : -1;
    }
}
