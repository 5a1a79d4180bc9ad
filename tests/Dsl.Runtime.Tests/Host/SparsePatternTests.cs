using System;
using System.Linq;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Patterns of attention: everything that follows from which pairs they show.</summary>
public sealed class SparsePatternTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 5, 0)]
    [InlineData(1, 90, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 6, 2)]
    [InlineData(2, 70, 3)]
    [InlineData(2, 70, 70)]
    [InlineData(0, 0, 0)]
    public void Counts_bits_and_blocks_are_those_of_the_pairs(int kind, int stride, int summary)
    {
        const int N = 257;
        var pattern = new SparsePattern(kind, stride, summary);
        for (int query = 0; query < N; query++)
        {
            for (int key = 0; key < N; key += 64)
            {
                ulong bits = pattern.Bits(query, key);
                for (int i = 0; i < 64; i++)
                {
                    Assert.Equal(pattern.Shows(query, key + i), ((bits >> i) & 1) != 0);
                }
            }

            (int, int)[] ranges = [(0, N), (0, query + 1), (query / 3, Math.Min(N, query + 40)), (9, 5)];
            foreach ((int first, int end) in ranges)
            {
                int shown = Enumerable.Range(first, Math.Max(0, end - first)).Count(key => pattern.Shows(query, key));
                Assert.Equal(shown, pattern.Count(query, first, end));
            }
        }

        foreach ((int rows, int keys) in new[] { (1, 1), (13, 7), (64, 64) })
        {
            for (int query = 0; query < N; query += rows)
            {
                for (int key = 0; key < N; key += keys)
                {
                    bool any = Enumerable.Range(query, rows).Any(i =>
                        Enumerable.Range(key, keys).Any(j => pattern.Shows(i, j)));
                    Assert.Equal(any, pattern.Meets(query, rows, key, keys));
                }
            }
        }
    }

    /// <summary>Pairs grow as n√n where the stride is √n.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Pairs_grow_as_n_times_the_root_of_n(int kind)
    {
        long Pairs(int n)
        {
            var pattern = new SparsePattern(kind, (int)Math.Sqrt(n), 1);
            return Enumerable.Range(0, n).Sum(i => (long)pattern.Count(i, 0, i + 1));
        }

        double slope = Math.Log((double)Pairs(65536) / Pairs(1024)) / Math.Log(64);
        Assert.InRange(slope, 1.47, 1.53);
    }
}
