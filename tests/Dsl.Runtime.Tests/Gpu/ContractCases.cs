using System;
using System.Collections.Generic;
using Dsl.Kernels;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Products: plain, transposed on either side, batched, and with a summed index in segments.</summary>
internal static class ContractCases
{
    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var (batch, rows, columns, depth) in new[]
        {
            (1, 1, 1, 1), (1, 64, 64, 16), (1, 65, 63, 17), (1, 130, 10, 200), (3, 5, 70, 33), (2, 64, 128, 64),
            (1, 2, 3, 0), (40, 200, 130, 19), (1, 65, 63, 1000), (2, 3, 70, 300),
        })
        {
            string shape = $"{batch}x{rows}x{columns}x{depth}";
            yield return ($"Contract {shape}", seed => Product(seed, batch, rows, columns, depth, false));
            yield return ($"Contract {shape}, A transposed", seed => Product(seed, batch, rows, columns, depth, true));
        }

        foreach (var (depth, middle, outer) in new[] { (3, 4, 5), (1, 7, 3), (40, 1, 2), (16, 3, 1), (2, 2, 2), (7, 30, 5) })
        {
            string shape = $"{outer}x{middle}x{depth}";
            yield return ($"Contract in segments {shape}", seed => Segments(seed, depth, middle, outer));
        }
    }

    private static GpuCase Product(int seed, int batch, int rows, int columns, int depth, bool transposed)
    {
        // Rows further apart than they are long.
        int aRow = transposed ? 1 : depth + 3, aDepth = transposed ? rows + 1 : 1, bDepth = columns + 2;
        int aBatch = transposed ? depth * aDepth : rows * aRow;
        var shape = new ContractShape
        {
            Batch = batch,
            Rows = rows,
            Columns = columns,
            Depth = depth,
            ABatch = aBatch,
            ARow = aRow,
            ADepth = aDepth,
            BBatch = depth * bDepth,
            BDepth = bDepth,
        };
        return Case(seed, shape, batch, rows, columns, batch * aBatch, batch * depth * bDepth, k =>
            (k * aDepth, k * bDepth), depth, (b, r) => (b * aBatch) + (r * aRow), b => b * depth * bDepth);
    }

    private static GpuCase Segments(int seed, int depth, int middle, int outer)
    {
        const int Rows = 20;
        const int Columns = 9;
        int aMiddle = depth + 2, aOuter = middle * aMiddle, aRow = outer * aOuter;
        int bMiddle = (depth * Columns) + 1, bOuter = middle * bMiddle;
        var shape = new ContractShape
        {
            Rows = Rows,
            Columns = Columns,
            Depth = depth,
            Middle = middle,
            Outer = outer,
            ARow = aRow,
            ADepth = 1,
            AMiddle = aMiddle,
            AOuter = aOuter,
            BDepth = Columns,
            BMiddle = bMiddle,
            BOuter = bOuter,
        };
        return Case(seed, shape, 1, Rows, Columns, Rows * aRow, outer * bOuter, k =>
        {
            int d = k % depth, mi = k / depth % middle, o = k / (depth * middle);
            return ((o * aOuter) + (mi * aMiddle) + d, (o * bOuter) + (mi * bMiddle) + (d * Columns));
        }, depth * middle * outer, (_, r) => r * aRow, _ => 0);
    }

    private static GpuCase Case(
        int seed,
        ContractShape shape,
        int batch,
        int rows,
        int columns,
        int aCount,
        int bCount,
        Func<int, (int A, int B)> at,
        int terms,
        Func<int, int, int> aStart,
        Func<int, int> bStart)
    {
        var c = new GpuCase(seed);
        int a = c.Input(aCount + 1), b = c.Input(bCount + 1), bias = c.Input(columns);
        int y = c.Output(batch * rows * columns);
        return c.Runs(
            new ContractKernel<NoTile, NoTile, BiasBody>("Product", ["a", "b", "bias", "y"], shape),
            [a, b, bias, y],
            [columns, rows],
            m =>
            {
                for (int i = 0; i < batch * rows * columns; i++)
                {
                    int q = i % columns, r = i / columns % rows, n = i / (columns * rows);
                    double sum = m[bias + q];
                    for (int k = 0; k < terms; k++)
                    {
                        var (ka, kb) = at(k);
                        sum += m[a + aStart(n, r) + ka] * m[b + bStart(n) + kb + q];
                    }

                    m[y + i] = sum;
                }
            });
    }
}
