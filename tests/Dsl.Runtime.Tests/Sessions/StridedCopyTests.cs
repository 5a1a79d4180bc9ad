using System;
using System.Linq;
using Dsl.Sessions;
using Xunit;

namespace Dsl.Runtime.Tests.Sessions;

public sealed unsafe class StridedCopyTests
{
    /// <summary>Every order of the axes, also with gaps between elements, there and back.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_order_of_axes_is_copied_there_and_back(int rank)
    {
        int seed = 40 + rank;
        var random = new Random(seed);
        foreach (int[] order in Orders(rank))
        {
            long[] shape = [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(1, 24))];
            foreach (int gap in new[] { 1, 3 })
            {
                // order[^1] lies innermost, with a gap between its elements.
                long[] strides = new long[rank];
                long extent = gap;
                foreach (int axis in order.Reverse())
                {
                    strides[axis] = extent;
                    extent *= shape[axis];
                }

                float[] dense = [.. Enumerable.Range(1, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(static i => (float)i)];
                float[] strided = new float[extent];
                float[] back = new float[dense.Length];
                fixed (float* d = dense, s = strided, b = back)
                {
                    StridedCopy.Scatter(d, s, shape, strides);
                    StridedCopy.Gather(s, b, shape, strides);
                }

                string what = $"seed {seed}: [{string.Join(", ", shape)}] with strides [{string.Join(", ", strides)}]";
                Assert.True(dense.SequenceEqual(back), what);
                for (int i = 0; i < dense.Length; i++)
                {
                    Assert.True(dense[i] == strided[Offset(i, shape, strides)], $"{what}, element {i}");
                }

                Assert.True(dense.Length == strided.Count(static v => v != 0), what);
            }
        }
    }

    private static long Offset(long index, long[] shape, long[] strides)
    {
        long offset = 0;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            offset += index % shape[axis] * strides[axis];
            index /= shape[axis];
        }

        return offset;
    }

    private static int[][] Orders(int rank) => rank == 0 ? [[]]
        : [.. Orders(rank - 1).SelectMany(o => Enumerable.Range(0, rank).Select(i => (int[])[.. o[..i], rank - 1, .. o[i..]]))];
}
