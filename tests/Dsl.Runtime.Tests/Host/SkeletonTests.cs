using System;
using System.Linq;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class SkeletonTests
{
    public static TheoryData<int, int> Domains => new()
    {
        { 1, 1 }, { 1, 3 }, { 5, 7 }, { 6, 10 }, { 3, 16 }, { 2, 33 }, { 31, 65 }, { 1, 5000 }, { 4099, 3 }, { 7, 2049 }, { 3, 6151 },
    };

    [Theory]
    [MemberData(nameof(Domains))]
    public void Map_EqualsReference(int rows, int columns)
    {
        float[] x = HostRun.Random(1, rows * columns, -8, 8);
        float[] bias = HostRun.Random(2, rows);
        double[] expected = x.Select((v, i) => (v / (1 + Math.Exp(-(double)v))) + bias[i / columns]).ToArray();
        HostRun.All(
            new MapKernel<SwishBody>("Swish", ["x", "b", "y"], rows, columns), [columns],
            [x, bias, HostRun.Missing(x.Length)], [2], result => HostRun.AssertNear(expected, result, 1e-6));
    }

    [Theory]
    [MemberData(nameof(Domains))]
    public void Map_ReadsAndWritesStridedGatheredAndInts(int rows, int columns)
    {
        float[] x = HostRun.Random(1, rows * columns);
        float[] index = Enumerable.Range(0, columns)
            .Select(c => BitConverter.Int32BitsToSingle((c * 7 + 3) % columns)).ToArray();
        double[] expected = Enumerable.Range(0, rows * columns)
            .Select(i => (double)(x[i] + x[(i % rows * columns) + (((i / rows * 7) + 3) % columns)])).ToArray();
        HostRun.All(
            new MapKernel<AccessBody>("Access", ["x", "i", "y", "j"], rows, columns), [columns, rows],
            [x, index, HostRun.Missing(x.Length), HostRun.Missing(x.Length)], [2, 3],
            result => HostRun.AssertNear(expected, result, 0));
    }

    [Theory]
    [MemberData(nameof(Domains))]
    public void Row_EqualsReference(int rows, int columns)
    {
        float[] x = HostRun.Random(1, rows * columns, -20, 20);
        double[] expected = new double[x.Length];
        double[] logs = new double[rows];
        for (int r = 0; r < rows; r++)
        {
            double sum = Enumerable.Range(r * columns, columns).Sum(i => Math.Exp(x[i]));
            logs[r] = Math.Log(sum);
            for (int c = 0; c < columns; c++)
            {
                expected[(r * columns) + c] = Math.Exp(x[(r * columns) + c]) / sum;
            }
        }

        var kernel = new RowKernel<SoftmaxBody>("Softmax", ["x", "y", "log"], rows, columns);
        float[][] buffers = [x, HostRun.Missing(x.Length), HostRun.Missing(rows)];
        HostRun.All(kernel, [columns], buffers, [1, 2], result => HostRun.AssertNear(expected, result, 2e-6));
        HostRun.All(kernel, [columns], buffers, [2, 1], result => HostRun.AssertNear(logs, result, 2e-6));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 5)]
    [InlineData(3, 17, 5)]
    [InlineData(2, 100, 33)]
    [InlineData(1, 1000, 70)]
    [InlineData(1, 301, 1100)]
    public void Reduce_EqualsReference(int outer, int rows, int columns)
    {
        float[] x = HostRun.Random(1, outer * rows * columns);
        double[] expected = new double[outer * 2 * columns];
        for (int i = 0; i < expected.Length; i++)
        {
            int first = (i / (2 * columns) * rows * columns) + (i % columns);
            var column = Enumerable.Range(0, rows).Select(r => (double)x[first + (r * columns)]).ToArray();
            expected[i] = i / columns % 2 == 0 ? column.Sum() : column.DefaultIfEmpty(double.NegativeInfinity).Max();
        }

        foreach (int slices in new[] { 1, 4 })
        {
            int pitch = (columns + 15) / 16 * 16;
            var kernel = new ReduceKernel<SumAndMaxBody>("Sums", ["x", "y", "partial"], outer, rows, columns, slices);
            HostRun.All(
                kernel, [columns, rows],
                [x, HostRun.Missing(expected.Length), HostRun.Missing(slices > 1 ? outer * slices * 2 * pitch : 1)], [1, 2],
                result =>
                {
                    if (rows > 0)
                    {
                        HostRun.AssertNear(expected, result, 1e-5);
                    }
                    else
                    {
                        Assert.Equal(expected, result.Select(v => (double)v));
                    }
                });
        }
    }

    [Theory]
    [InlineData(5, 3, 4)]
    [InlineData(40, 7, 5)]
    [InlineData(9, 50, 16)]
    [InlineData(3, 70, 24)]
    [InlineData(2, 11, 60)]
    public void Reduce_LetsNoVectorReachOverASegment(int rows, int segments, int segment)
    {
        float[] a = HostRun.Random(1, rows * segments);
        float[] b = HostRun.Random(2, rows * segment);
        double[] expected = new double[segments * segment];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = Enumerable.Range(0, rows)
                .Sum(r => (double)a[(r * segments) + (i / segment)] * b[(r * segment) + (i % segment)]);
        }

        foreach (int slices in new[] { 1, 3 })
        {
            int pitch = (expected.Length + 15) / 16 * 16;
            HostRun.All(
                new ReduceKernel<OuterProductBody>(
                    "Products", ["a", "b", "c", "partial"], 1, rows, expected.Length, slices, segment),
                [segments, segment],
                [a, b, HostRun.Missing(expected.Length), HostRun.Missing(slices > 1 ? slices * pitch : 1)], [2, 3],
                result => HostRun.AssertNear(expected, result, 1e-5));
        }
    }

    public static TheoryData<PoolCase> Pools => new()
    {
        new PoolCase(1, 1, 1, 1, 1, 1),
        new PoolCase(2, 8, 8, 32, 2, 2, 2, 2),
        new PoolCase(2, 9, 7, 5, 3, 2, 2, 3, 1, 0),
        new PoolCase(1, 11, 13, 17, 3, 3, 1, 1, 1, 1),
        new PoolCase(1, 12, 12, 9, 3, 3, 2, 2, 2, 2, 2, 2),
        new PoolCase(1, 12, 12, 9, 3, 2, 3, 2, 1, 0, 2, 3),
        new PoolCase(3, 7, 7, 64, 7, 7),
    };

    [Theory]
    [MemberData(nameof(Pools))]
    public void Pool_EqualsReference(PoolCase p)
    {
        float[] x = HostRun.Random(1, p.Images * p.Height * p.Width * p.Channels);
        double[] expected = new double[p.Images * p.OutHeight * p.OutWidth * p.Channels];
        p.ForEach((image, y, x0, sy, sx, tap, c) => expected[p.At(image, y, x0, c, p.OutHeight, p.OutWidth)] +=
            (tap + 1) * x[p.At(image, sy, sx, c, p.Height, p.Width)]);
        HostRun.All(
            new PoolKernel<TapBody>("Pool", ["x", "y"], p.Shape(false)),
            [p.Channels, p.OutWidth, p.OutHeight, (p.Height << 16) | p.Width],
            [x, HostRun.Missing(expected.Length)], [1], result => HostRun.AssertNear(expected, result, 1e-6));
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void TransposedPool_EqualsReference(PoolCase p)
    {
        float[] g = HostRun.Random(1, p.Images * p.OutHeight * p.OutWidth * p.Channels);
        double[] expected = new double[p.Images * p.Height * p.Width * p.Channels];
        p.ForEach((image, y, x, sy, sx, tap, c) => expected[p.At(image, sy, sx, c, p.Height, p.Width)] +=
            (tap + 1) * g[p.At(image, y, x, c, p.OutHeight, p.OutWidth)]);
        HostRun.All(
            new PoolKernel<TapBody>("PoolGradient", ["g", "dx"], p.Shape(true)),
            [p.Channels, p.Width, p.Height, (p.OutHeight << 16) | p.OutWidth],
            [g, HostRun.Missing(expected.Length)], [1], result => HostRun.AssertNear(expected, result, 1e-6));
    }

    [Theory]
    [InlineData(ResampleMode.Nearest, 2, 8, 7, 5, 16, 21)]
    [InlineData(ResampleMode.Linear, 1, 9, 7, 33, 18, 3)]
    [InlineData(ResampleMode.Linear, 3, 20, 20, 16, 40, 40)]
    [InlineData(ResampleMode.Cubic, 2, 5, 6, 17, 9, 100)]
    [InlineData(ResampleMode.Area, 1, 5, 200, 4, 2, 1)]
    public void Resample_AndItsGradientEqualMatrices(
        ResampleMode mode, int images, int height, int width, int channels, int outHeight, int outWidth)
    {
        float[] bias = HostRun.Random(3, channels);
        ResampleAxis down = ResampleAxis.Of(mode, false, height, outHeight, default);
        ResampleAxis across = ResampleAxis.Of(mode, false, width, outWidth, default);
        foreach (bool transposed in new[] { false, true })
        {
            var (sourceY, sourceX, y, x) = transposed ? (outHeight, outWidth, height, width) : (height, width, outHeight, outWidth);
            float[] source = HostRun.Random(1, images * sourceY * sourceX * channels);
            double[] expected = [.. Enumerable.Range(0, images * y * x * channels).Select(i => (double)bias[i % channels])];
            for (int i = 0; i < images * outHeight * outWidth; i++)
            {
                (int r, int c, int n) = (i / outWidth % outHeight, i % outWidth, i / (outWidth * outHeight));
                for (int row = down.First(r); row < down.End(r); row++)
                {
                    for (int column = across.First(c); column < across.End(c); column++)
                    {
                        int pixel = (((n * height) + row) * width) + column;
                        (int to, int from) = transposed ? (pixel, i) : (i, pixel);
                        for (int k = 0; k < channels; k++)
                        {
                            expected[(to * channels) + k] +=
                                (double)down.Weight(r, row) * across.Weight(c, column) * source[(from * channels) + k];
                        }
                    }
                }
            }

            var shape = new ResampleShape
            {
                Images = images, Height = y, Width = x, Channels = channels, SourceHeight = sourceY, SourceWidth = sourceX,
                ImagePitch = sourceY * sourceX * channels, RowPitch = sourceX * channels, Mode = mode, Transposed = transposed,
            };
            HostRun.All(
                new ResampleKernel<PixelBody>("Resample", ["x", "x", "y", "b"], shape), [channels, x, y],
                [source, source, HostRun.Missing(expected.Length), bias], [2],
                result => HostRun.AssertNear(expected, result, 2e-6));
        }
    }

    [Fact]
    public void Resample_RefusesPositionsBeyondInts() =>
        Assert.Throws<OverflowException>(() => ResampleAxis.Of(ResampleMode.Linear, false, 100_003, 200_003, default));

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 7, 9)]
    [InlineData(3, 8, 16)]
    [InlineData(1, 33, 70)]
    [InlineData(2, 130, 67)]
    public void Transpose_EqualsReference(int batch, int rows, int columns)
    {
        float[] x = HostRun.Random(1, batch * rows * columns);
        double[] expected = Enumerable.Range(0, x.Length)
            .Select(i => (double)x[(i / (rows * columns) * rows * columns) + (i % rows * columns) + (i / rows % columns)])
            .ToArray();
        HostRun.All(
            new TransposeKernel("Transpose", ["x", "y"], batch, rows, columns), [],
            [x, HostRun.Missing(x.Length)], [1], result => HostRun.AssertNear(expected, result, 0));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 0, 0, 0, 0)]
    [InlineData(2, 5, 4, 3, 1, 1, 1, 1)]
    [InlineData(3, 2, 6, 5, 2, 0, 0, 3)]
    [InlineData(2, 6, 3, 16, 0, 1, 2, 0)]
    [InlineData(40, 20, 20, 8, 1, 1, 1, 1)]
    public void Halo_IsZeroAndTheImageStays(
        int images, int height, int width, int channels, int top, int bottom, int left, int right)
    {
        int row = (left + width + right) * channels;
        int image = row * (top + height + bottom);
        float[] x = HostRun.Random(1, images * image);
        double[] expected = Enumerable.Range(0, x.Length).Select(i =>
        {
            int y = (i % image / row) - top;
            int column = (i % row / channels) - left;
            return y >= 0 && y < height && column >= 0 && column < width ? x[i] : 0.0;
        }).ToArray();
        var shape = new HaloShape
        {
            Images = images, Height = height, Width = width, Channels = channels,
            Top = top, Bottom = bottom, Left = left, Right = right,
        };
        HostRun.All(
            new HaloKernel("Halo", ["x"], shape), [], [x], [0],
            result => HostRun.AssertNear(expected, result, 0), [(top * row) + (left * channels)]);
    }
}
