using System;
using System.Linq;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class ChunkTests
{
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 0, 4)]
    [InlineData(0, 4, 4)]
    [InlineData(7, 90, 3)]
    [InlineData(30, 400, 64)]
    public void Order_IsStable(int rows, int length, int keys)
    {
        float[] from = ChunkReference.Keys(new Random(1), rows * length, keys);
        double[] expected =
        [
            .. Enumerable.Range(0, rows).SelectMany(row =>
                Enumerable.Range(0, length).OrderBy(i => from[(row * length) + i])).Select(static i => (double)i),
        ];
        HostRun.All(
            new OrderKernel("order", ["keys", "order"], rows, length, keys),
            [],
            [from, HostRun.Missing(expected.Length)],
            [1],
            result => HostRun.AssertNear(expected, result));
        HostRun.All(
            new OrderKernel("inverse", ["order", "places"], rows, length, 0),
            [],
            [Array.ConvertAll(expected, static i => (float)i), HostRun.Missing(expected.Length)],
            [1],
            result => Assert.All(Enumerable.Range(0, expected.Length), i =>
                Assert.Equal(i % length, result[(i / length * length) + (int)expected[i]])));
    }

    [Theory]
    [InlineData(2, 37, 3, 5, 8, 2)]
    [InlineData(1, 8, 1, 1, 4, 1)]
    [InlineData(2, 5, 2, 19, 16, 3)]
    [InlineData(1, 0, 2, 3, 4, 1)]
    [InlineData(4, 23, 2, 3, 4, 2)]
    [InlineData(2, 130, 4, 33, 16, 4)]
    public void Rows_GoToChunksAndComeBack(int rows, int positions, int heads, int width, int size, int rounds)
    {
        foreach (var (lookBack, lengths) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var r = new ChunkReference(rows, positions, heads, width, size, rounds, lookBack);
            r = lengths ? r.WithLengths(new Random(5)) : r;
            string[] more = lengths ? ["lengths"] : [];
            float[][] numbers = lengths ? [r.Lengths] : [];
            float[] orders = ChunkReference.Orders(new Random(2), r.OrderRows, positions);
            float[] plain = HostRun.Random(3, r.PlainLength);
            float[] chunks = HostRun.Random(4, r.ChunkLength);
            double[] forth = new double[r.ChunkLength], back = new double[r.PlainLength];
            r.Walk(orders, (at, of) =>
            {
                forth[of] = plain[at];
                back[at] += chunks[of];
            });
            HostRun.All(
                new ChunkKernel("chunk", ["x", "order", "y", .. more], r.Shape(back: false)),
                [],
                [plain, orders, HostRun.Missing(forth.Length), .. numbers],
                [2],
                result => HostRun.AssertNear(forth, result));
            HostRun.All(
                new ChunkKernel("unchunk", ["y", "places", "x", .. more], r.Shape(back: true)),
                [],
                [chunks, r.Inverse(orders), HostRun.Missing(back.Length), .. numbers],
                [2],
                result => HostRun.AssertNear(back, result));
        }
    }
}
