using System;
using System.Linq;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class ScatterRowsTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(0, 3, 5, false)]
    [InlineData(7, 3, 5, false)]
    [InlineData(300, 40, 70, false)]
    [InlineData(900, 5, 33, true)]
    public void ScatterRows_EqualsReference(int positions, int rows, int width, bool byColumns)
    {
        float[] from = HostRun.Random(1, positions * width);
        var random = new Random(7);
        int[] numbers = [.. Enumerable.Range(0, positions).Select(_ => random.Next(rows))];
        (int rowStride, int columnStride) = byColumns ? (1, rows) : (width, 1);
        double[] expected = new double[rows * width];
        for (int i = 0; i < from.Length; i++)
        {
            expected[(numbers[i / width] * rowStride) + (i % width * columnStride)] += from[i];
        }

        HostRun.All(
            new ScatterRowsKernel("Scatter", ["from", "numbers", "to"], positions, rows, width, rowStride, columnStride),
            [],
            [from, [.. numbers.Select(BitConverter.Int32BitsToSingle)], HostRun.Missing(expected.Length)],
            [2],
            result => HostRun.AssertNear(expected, result));
    }
}
