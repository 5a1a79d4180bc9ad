using System.Collections.Generic;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

[Collection(HostTests.Name)]
public sealed class ContractTests
{
    public static TheoryData<int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 1 }, { 1, 1, 17, 5 }, { 1, 17, 1, 5 }, { 1, 13, 31, 0 }, { 2, 1, 130, 300 }, { 1, 2, 96, 64 },
        { 3, 7, 11, 13 }, { 5, 8, 16, 4 }, { 1, 128, 10, 784 }, { 1, 61, 67, 71 }, { 1, 100, 100, 100 },
        { 1, 130, 258, 520 }, { 1, 300, 70, 1030 }, { 2, 64, 257, 385 }, { 1, 257, 64, 129 }, { 1, 64, 512, 512 },
        { 1, 64, 96, 8192 }, { 1, 57, 33, 9001 }, { 1, 256, 40, 20000 },
        { 1, 128, 160, 1300 }, { 1, 66, 700, 1024 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Product_EqualsReference(int batch, int rows, int columns, int depth) =>
        Check(batch, rows, columns, 1, 1, depth, transposedA: false);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ProductOfTransposedA_EqualsReference(int batch, int rows, int columns, int depth) =>
        Check(batch, rows, columns, 1, 1, depth, transposedA: true);

    [Theory]
    [InlineData(1, 5, 9, 2, 3, 4)]
    [InlineData(2, 40, 33, 3, 2, 7)]
    [InlineData(1, 100, 64, 5, 3, 31)]
    public void SegmentedDepth_EqualsReference(int batch, int rows, int columns, int outer, int middle, int depth) =>
        Check(batch, rows, columns, outer, middle, depth, transposedA: false);

    [Fact]
    public void Row_DoesNotDependOnTheRowsBesideIt()
    {
        // A product of many rows is blocked and packed, one of few is not: the bits are the same.
        const int Columns = 96, Depth = 700;
        float[] b = HostRun.Random(2, Depth * Columns);
        float[] bias = HostRun.Random(3, Columns);
        float[] a = HostRun.Random(1, 200 * Depth);
        float[]? first = null;
        foreach (int rows in new[] { 200, 1, 5, 31 })
        {
            HostRun.All(
                Kernel(1, rows, Columns, 1, 1, Depth, false), [Columns, rows],
                [a[..(rows * Depth)], b, HostRun.Missing(rows * Columns), bias], [2],
                result =>
                {
                    first ??= result[..Columns];
                    Assert.Equal(first, result[..Columns]);
                });
        }
    }

    [Theory]
    [InlineData(1, 8200, 64, 40)]
    [InlineData(1, 11000, 48, 3)]
    [InlineData(3, 2800, 64, 70)]
    [InlineData(1, 600, 900, 500)]
    public void What_is_asked_for_ahead_does_not_show(int batch, int rows, int columns, int depth)
    {
        // The bias, too, as though it were a matrix: most of what is asked for is elsewhere, or nowhere.
        float[] a = HostRun.Random(1, batch * rows * depth);
        float[] b = HostRun.Random(2, batch * depth * columns);
        float[] bias = HostRun.Random(3, columns);
        var results = new List<float[]>();
        foreach (int beside in new[] { 0, 1 << 2, 1 << 2 | 1 << 3 })
        {
            int width = 0;
            HostRun.All(
                Kernel(batch, rows, columns, 1, 1, depth, false, beside), [columns, rows],
                [a, b, HostRun.Missing(batch * rows * columns), bias], [2],
                result =>
                {
                    if (beside == 0)
                    {
                        results.Add(result);
                    }

                    Assert.Equal(results[width++], result);
                });
        }

        Assert.All(results, static r => Assert.DoesNotContain(float.NaN, r));
    }

    private static ContractKernel<Tile14x2, Tile6x2, BiasBody> Kernel(
        int batch, int rows, int columns, int outer, int middle, int depth, bool transposedA, int beside = 0)
    {
        // Segments of A and B lie in opposite orders, so nothing merges by chance.
        int all = outer * middle * depth;
        return new ContractKernel<Tile14x2, Tile6x2, BiasBody>(
            "Product", ["a", "b", "c", "bias"], new ContractShape
            {
                Batch = batch,
                Rows = rows,
                Columns = columns,
                Depth = depth,
                Middle = middle,
                Outer = outer,
                ABatch = rows * all,
                ARow = transposedA ? 1 : all,
                ADepth = transposedA ? rows : 1,
                AMiddle = depth * outer,
                AOuter = depth,
                BBatch = all * columns,
                BDepth = columns,
                BMiddle = columns * depth,
                BOuter = columns * depth * middle,
                Beside = beside,
            });
    }

    private static void Check(int batch, int rows, int columns, int outer, int middle, int depth, bool transposedA)
    {
        int all = outer * middle * depth;
        float[] a = HostRun.Random(rows, batch * rows * all);
        float[] b = HostRun.Random(columns, batch * all * columns);
        float[] bias = HostRun.Random(depth, columns);
        var expected = new double[batch * rows * columns];
        for (int n = 0; n < batch; n++)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    double sum = bias[c];
                    for (int k = 0; k < all; k++)
                    {
                        int d = k % depth;
                        int m = k / depth % middle;
                        int o = k / depth / middle;
                        int atA = transposedA
                            ? (n * rows * all) + (d * rows) + r
                            : (n * rows * all) + (r * all) + (m * depth * outer) + (o * depth) + d;
                        sum += (double)a[atA] * b[(((n * all) + k) * columns) + c];
                    }

                    expected[(((n * rows) + r) * columns) + c] = sum;
                }
            }
        }

        HostRun.All(
            Kernel(batch, rows, columns, outer, middle, depth, transposedA), [columns, rows],
            [a, b, HostRun.Missing(expected.Length), bias], [2], result => HostRun.AssertNear(expected, result));
    }
}
