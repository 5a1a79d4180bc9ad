using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>The table of cases: each skeleton over shapes that are ragged, strided, dilated, grouped, padded,
/// transposed.</summary>
internal static class GpuCases
{
    private static readonly Dictionary<string, Func<int, GpuCase>> Table = Build().ToDictionary(
        entry => entry.Name, entry => entry.Make, StringComparer.Ordinal);

    internal static IEnumerable<object[]> Names => Table.Keys.Select(name => new object[] { name });

    internal static GpuCase Make(string name, int seed) => Table[name](seed);

    private static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var (rows, columns) in new[] { (1, 1), (3, 1000), (517, 3), (7, 257), (0, 5) })
        {
            yield return ($"Map {rows}x{columns}", seed => Map(seed, rows, columns));
        }

        foreach (var (rows, columns) in new[] { (1, 1), (5, 10), (33, 64), (4, 300), (2, 5000), (3, 20001) })
        {
            yield return ($"Row {rows}x{columns}", seed => Row(seed, rows, columns));
        }

        foreach (var (outer, rows, columns, slices) in new[]
            { (1, 1, 1, 1), (1, 100, 33, 1), (3, 17, 70, 1), (2, 1000, 5, 4), (1, 3, 40, 4), (2, 64, 64, 7), (1, 5000, 40, 4) })
        {
            string shape = $"{outer}x{rows}x{columns} in {slices}";
            yield return ($"Reduce {shape}", seed => Sum(seed, outer, rows, columns, slices));
            yield return ($"Reduce in order {shape}", seed => Last(seed, outer, rows, columns, slices));
        }

        foreach (var (rows, columns, channels) in new[] { (5, 7, 3), (8, 8, 1), (33, 2, 5) })
        {
            yield return ($"Transpose {rows}x{columns}", seed => Transpose(seed, channels, rows, columns));
        }

        yield return ("Transpose 70x100", seed => Transpose(seed, 2, 70, 100));
        foreach (var (positions, rows, width) in new[] { (1, 1, 1), (7, 3, 5), (300, 40, 70), (600, 33, 300) })
        {
            yield return ($"ScatterRows {positions}->{rows}x{width}", seed => ScatterRows(seed, positions, rows, width, false));
        }

        yield return ("ScatterRows 20->6x7 by columns", seed => ScatterRows(seed, 20, 6, 7, true));
        yield return ("Halo 2x3x4x5 all around", seed => Halo(seed, new PixelBuffer(2, 3, 4, 5, 1, 2, 3, 1)));
        yield return ("Halo 3x5x5x1 sides", seed => Halo(seed, new PixelBuffer(3, 5, 5, 1, 0, 0, 2, 0)));
        yield return ("Halo 1x16x16x8 above and below", seed => Halo(seed, new PixelBuffer(1, 16, 16, 8, 1, 1, 0, 0)));
        yield return ("Halo none", seed => Halo(seed, new PixelBuffer(1, 4, 4, 2, 0, 0, 0, 0)));
        foreach (var entry in ContractCases.Build().Concat(ConvolveCases.Build()).Concat(PoolCases.Build())
            .Concat(ResampleCases.Build()).Concat(ScanCases.Build()).Concat(ChunkCases.Build()).Concat(GpuAttendCases.Build()))
        {
            yield return entry;
        }
    }

    private static GpuCase Map(int seed, int rows, int columns)
    {
        var c = new GpuCase(seed);
        int n = rows * columns;
        int x = c.Input(n), bias = c.Input(columns), y = c.Output(n);
        int index = c.Ints(n, 20), table = c.Input(20), z = c.Output(n);
        return c.Runs(
            new MapKernel<BlendBody>("Blend", ["x", "bias", "y", "index", "table", "z"], rows, columns),
            [x, bias, y, index, table, z],
            [columns],
            m =>
            {
                for (int i = 0; i < n; i++)
                {
                    int id = BitConverter.SingleToInt32Bits((float)m[index + i]);
                    m[y + i] = m[x + i] < 0
                        ? m[x + i] * m[bias + (i % columns)]
                        : (m[x + i] / (1 + Math.Exp(-m[x + i]))) + m[table + id];
                    m[z + i] = BitConverter.Int32BitsToSingle((id * 3) + (i / columns));
                }
            });
    }

    private static GpuCase Row(int seed, int rows, int columns)
    {
        var c = new GpuCase(seed);
        int x = c.Input(rows * columns), y = c.Output(rows * columns), logs = c.Output(rows);
        return c.Runs(
            new RowKernel<SoftmaxBody>("Softmax", ["x", "y", "logs"], rows, columns),
            [x, y, logs],
            [columns],
            m =>
            {
                for (int r = 0; r < rows; r++)
                {
                    double sum = 0;
                    for (int i = 0; i < columns; i++)
                    {
                        sum += Math.Exp(m[x + (r * columns) + i]);
                    }

                    m[logs + r] = Math.Log(sum);
                    for (int i = 0; i < columns; i++)
                    {
                        m[y + (r * columns) + i] = Math.Exp(m[x + (r * columns) + i]) / sum;
                    }
                }
            });
    }

    private static GpuCase Sum(int seed, int outer, int rows, int columns, int slices)
    {
        var c = new GpuCase(seed);
        int x = c.Input(outer * rows * columns), y = c.Input(outer * columns);
        int scratch = c.Scratch(outer * slices * ((columns + 15) / 16 * 16));
        return c.Runs(
            new ReduceKernel<SumBody>("Sum", ["x", "y", "scratch"], outer, rows, columns, slices),
            [x, y, scratch],
            [columns, rows],
            m =>
            {
                for (int i = 0; i < outer * rows * columns; i++)
                {
                    m[y + (i / (rows * columns) * columns) + (i % columns)] += m[x + i];
                }
            });
    }

    private static GpuCase Last(int seed, int outer, int rows, int columns, int slices)
    {
        var c = new GpuCase(seed);
        int x = c.Input(outer * rows * columns);
        int largest = c.Output(outer * columns), count = c.Output(outer * columns), last = c.Output(outer * columns);
        int scratch = c.Scratch(outer * slices * 3 * ((columns + 15) / 16 * 16));
        return c.Runs(
            new ReduceKernel<LastBody>(
                "Last", ["x", "largest", "count", "last", "scratch"], outer, rows, columns, slices),
            [x, largest, count, last, scratch],
            [columns, rows],
            m =>
            {
                for (int i = 0; i < outer * rows * columns; i++)
                {
                    int to = (i / (rows * columns) * columns) + (i % columns);
                    m[largest + to] = double.IsNaN(m[largest + to]) ? m[x + i] : Math.Max(m[largest + to], m[x + i]);
                    m[count + to] = rows;
                    m[last + to] = m[x + i];
                }
            });
    }

    private static GpuCase Transpose(int seed, int batch, int rows, int columns)
    {
        var c = new GpuCase(seed);
        int x = c.Input(batch * rows * columns), y = c.Output(batch * rows * columns);
        return c.Runs(
            new TransposeKernel("Turn", ["x", "y"], batch, rows, columns),
            [x, y],
            [],
            m =>
            {
                for (int i = 0; i < batch * rows * columns; i++)
                {
                    int b = i / (rows * columns), r = i / columns % rows, q = i % columns;
                    m[y + (((b * columns) + q) * rows) + r] = m[x + i];
                }
            });
    }

    private static GpuCase ScatterRows(int seed, int positions, int rows, int width, bool byColumns)
    {
        var c = new GpuCase(seed);
        int from = c.Input(positions * width), numbers = c.Ints(positions, rows), to = c.Output(rows * width);
        (int rowStride, int columnStride) = byColumns ? (1, rows) : (width, 1);
        return c.Runs(
            new ScatterRowsKernel("Scatter", ["from", "numbers", "to"], positions, rows, width, rowStride, columnStride),
            [from, numbers, to],
            [],
            m =>
            {
                for (int i = 0; i < rows * width; i++)
                {
                    m[to + i] = 0;
                }

                for (int i = 0; i < positions * width; i++)
                {
                    int row = BitConverter.SingleToInt32Bits((float)m[numbers + (i / width)]);
                    m[to + (row * rowStride) + (i % width * columnStride)] += m[from + i];
                }
            });
    }

    private static GpuCase Halo(int seed, PixelBuffer p)
    {
        var c = new GpuCase(seed);
        int all = c.Output(p.Images * p.ImagePitch);
        var shape = new HaloShape
        {
            Images = p.Images,
            Height = p.Height,
            Width = p.Width,
            Channels = p.Channels,
            Top = p.Top,
            Bottom = p.Bottom,
            Left = p.Left,
            Right = p.Right,
        };
        return c.Runs(
            new HaloKernel("Halo", ["x"], shape),
            [all + p.First],
            [],
            m =>
            {
                for (int i = 0; i < p.Images * p.ImagePitch; i++)
                {
                    int y = (i % p.ImagePitch / p.RowPitch) - p.Top, x = (i % p.RowPitch / p.Channels) - p.Left;
                    m[all + i] = p.Holds(y, x) ? m[all + i] : 0;
                }
            });
    }
}
