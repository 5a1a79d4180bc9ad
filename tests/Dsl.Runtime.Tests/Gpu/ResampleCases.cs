using System;
using System.Collections.Generic;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Images at another size, and the gradients of that, for every mode.</summary>
internal static class ResampleCases
{
    private sealed record Geometry(
        int Images, int Height, int Width, int Channels, int OutHeight, int OutWidth, ResampleMode Mode,
        bool AlignCorners = false, int Numerator = 0, int Denominator = 1)
    {
        internal double[,] Matrix(int source, int result)
        {
            var axis = ResampleAxis.Of(Mode, AlignCorners, source, result, new Ratio(Numerator, Denominator));
            var matrix = new double[result, source];
            for (int r = 0; r < result; r++)
            {
                for (int s = axis.First(r); s < axis.End(r); s++)
                {
                    matrix[r, s] = axis.Weight(r, s);
                }
            }

            return matrix;
        }
    }

    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var (name, g) in new (string, Geometry)[]
        {
            ("nearest", new(2, 3, 4, 5, 6, 8, ResampleMode.Nearest)),
            ("nearest exact", new(1, 5, 6, 3, 8, 10, ResampleMode.NearestExact, Numerator: 17, Denominator: 10)),
            ("linear", new(2, 4, 5, 17, 8, 10, ResampleMode.Linear)),
            ("linear down", new(1, 9, 80, 4, 2, 1, ResampleMode.Linear)),
            ("linear aligned", new(1, 5, 4, 16, 11, 1, ResampleMode.Linear, true)),
            ("cubic", new(2, 5, 6, 9, 8, 10, ResampleMode.Cubic, Numerator: 17, Denominator: 10)),
            ("cubic of one pixel", new(1, 1, 1, 33, 3, 90, ResampleMode.Cubic)),
            ("area", new(2, 7, 130, 6, 3, 1, ResampleMode.Area)),
        })
        {
            yield return ($"Resample {name}", seed => Case(seed, g, false));
            yield return ($"Resample {name}, gradient", seed => Case(seed, g, true));
        }
    }

    private static GpuCase Case(int seed, Geometry g, bool transposed)
    {
        var c = new GpuCase(seed);
        var image = new PixelBuffer(g.Images, g.Height, g.Width, g.Channels, 1, 0, 0, 2);
        var result = new PixelBuffer(g.Images, g.OutHeight, g.OutWidth, g.Channels, 0, 1, 1, 0);
        var (source, domain) = transposed ? (result, image) : (image, result);
        int x = c.Image(source), bias = c.Input(g.Channels);
        int y = c.Output(domain.Images * domain.Height * domain.Width * g.Channels);
        var shape = new ResampleShape
        {
            Images = g.Images,
            Height = domain.Height,
            Width = domain.Width,
            Channels = g.Channels,
            SourceHeight = source.Height,
            SourceWidth = source.Width,
            ImagePitch = source.ImagePitch,
            RowPitch = source.RowPitch,
            Mode = g.Mode,
            AlignCorners = g.AlignCorners,
            Numerator = g.Numerator,
            Denominator = g.Denominator,
            Transposed = transposed,
        };
        int pixel = g.Channels, row = domain.Width * pixel, plane = domain.Height * row;
        return c.Runs(
            new ResampleKernel<PixelBody>("Resample", ["x", "x", "bias", "y"], shape),
            [x, x, bias, y],
            [plane, row, pixel],
            m =>
            {
                double[,] down = g.Matrix(g.Height, g.OutHeight), across = g.Matrix(g.Width, g.OutWidth);
                for (int i = 0; i < g.Images * plane; i++)
                {
                    int q = i % pixel, dx = i % row / pixel, dy = i % plane / row, n = i / plane;
                    m[y + i] = m[bias + q];
                    for (int sy = 0; sy < source.Height; sy++)
                    {
                        for (int sx = 0; sx < source.Width; sx++)
                        {
                            double weight = transposed ? down[sy, dy] * across[sx, dx] : down[dy, sy] * across[dx, sx];
                            m[y + i] += weight * m[x + source.At(n, sy, sx) + q];
                        }
                    }
                }
            });
    }
}
