using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Runtime.Tests.Host;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Orders of keys with ties, and rows in chunks of them, there and back; last chunks that are not full.</summary>
internal static class ChunkCases
{
    internal static IEnumerable<(string Name, Func<int, GpuCase> Make)> Build()
    {
        foreach (var (rows, length, keys) in new[] { (5, 40, 7), (1, 1, 2), (3, 300, 64), (2, 0, 4) })
        {
            yield return ($"Order {rows}x{length} of {keys}", seed => Order(seed, rows, length, keys));
        }

        yield return ("Order 3x300 permuted", seed => Order(seed, 3, 300, 0));
        foreach (var (rows, positions, heads, width, size, rounds) in new[]
            { (2, 37, 3, 5, 8, 2), (1, 8, 1, 1, 4, 1), (4, 19, 2, 19, 8, 3), (1, 0, 2, 3, 4, 1) })
        {
            foreach (var (lookBack, lengths) in new[] { (false, false), (true, false), (true, true) })
            {
                string shape = $"{rows}x{positions}x{heads}x{width} by {size}, {rounds} rounds"
                    + (lookBack ? " looking back" : "") + (lengths ? " with lengths" : "");
                var reference = new ChunkReference(rows, positions, heads, width, size, rounds, lookBack);
                foreach (bool back in new[] { false, true })
                {
                    yield return (
                        $"Chunk {(back ? "back " : "")}{shape}", seed => Chunk(seed, reference, back, lengths));
                }
            }
        }
    }

    private static GpuCase Order(int seed, int rows, int length, int keys)
    {
        var c = new GpuCase(seed);
        int from = c.Contents(keys == 0
            ? ChunkReference.Orders(c.Random, rows, length) : ChunkReference.Keys(c.Random, rows * length, keys));
        int to = c.Output(rows * length);
        return c.Runs(
            new OrderKernel("order", ["keys", "order"], rows, length, keys),
            [from, to],
            [],
            m =>
            {
                for (int row = 0; row < rows; row++)
                {
                    int at = row * length;
                    int[] order = [.. Enumerable.Range(0, length).OrderBy(i => m[from + at + i])];
                    for (int i = 0; i < length; i++)
                    {
                        m[to + at + i] = order[i];
                    }
                }
            });
    }

    private static GpuCase Chunk(int seed, ChunkReference r, bool back, bool lengths)
    {
        var c = new GpuCase(seed);
        r = lengths ? r.WithLengths(c.Random) : r;
        int from = c.Input(back ? r.ChunkLength : r.PlainLength);
        float[] orders = ChunkReference.Orders(c.Random, r.OrderRows, r.Positions);
        int order = c.Contents(back ? r.Inverse(orders) : orders);
        int to = c.Output(back ? r.PlainLength : r.ChunkLength);
        return c.Runs(
            new ChunkKernel("chunk", ["from", "order", "to", .. lengths ? new[] { "lengths" } : []], r.Shape(back)),
            [from, order, to, .. lengths ? new[] { c.Contents(r.Lengths) } : []],
            [],
            m =>
            {
                for (int i = 0; !back && i < r.ChunkLength; i++)
                {
                    m[to + i] = 0;
                }

                for (int i = 0; back && i < r.PlainLength; i++)
                {
                    m[to + i] = 0;
                }

                r.Walk(orders, (plain, chunk) =>
                {
                    if (back)
                    {
                        m[to + plain] += m[from + chunk];
                    }
                    else
                    {
                        m[to + chunk] = m[from + plain];
                    }
                });
            });
    }
}
