using System;
using System.Linq;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Random numbers of bodies: the same bits at every width, and evenly spread.</summary>
public sealed unsafe class UniformTests
{
    private const int Count = 1 << 16;

    [Fact]
    public void Every_width_draws_the_bits_of_the_scalar_form()
    {
        foreach ((ulong seed, int site) in new[] { (0ul, 0), (7ul, 3), (ulong.MaxValue, 1_000_000) })
        {
            RandomKey key = RandomKey.Of(seed, 5, 1);
            float[] expected = [.. Enumerable.Range(0, Count).Select(i => key.Uniform(i, site))];
            foreach (int lanes in HostRun.Widths)
            {
                Assert.True(expected.AsSpan().SequenceEqual(Draw(lanes, key, site)), $"{lanes} lanes, seed {seed}, site {site}");
            }
        }
    }

    [Fact]
    public void Numbers_are_even_and_independent()
    {
        float[] a = Draw(1, RandomKey.Of(1, 0, 0), 0);
        Assert.All(a, static u => Assert.InRange(u, 0f, 0.99999994f));

        // 64 cells of 1024 on average: chi-square with 63 degrees of freedom is below 112 but for one seed in 10,000.
        double chi = Enumerable.Range(0, 64).Sum(cell => Math.Pow(a.Count(u => (int)(u * 64) == cell) - 1024, 2) / 1024);
        Assert.InRange(chi, 20, 112);
        foreach (float[] b in new[]
        {
            Draw(1, RandomKey.Of(1, 1, 0), 0), Draw(1, RandomKey.Of(1, 0, 1), 0), Draw(1, RandomKey.Of(2, 0, 0), 0),
            Draw(1, RandomKey.Of(1, 0, 0), 1), [.. a.Skip(1), a[0]],
        })
        {
            double correlation = a.Zip(b, static (x, y) => (x - 0.5) * (y - 0.5)).Sum() * 12 / Count;
            Assert.InRange(correlation, -0.02, 0.02);
        }
    }

    private static float[] Draw(int lanes, RandomKey key, int site) => lanes switch
    {
        16 => Draw<Floats16, Ints16, Mask16>(key, site),
        8 => Draw<Floats8, Ints8, Mask8>(key, site),
        4 => Draw<Floats4, Ints4, Mask4>(key, site),
        _ => Draw<Floats1, Ints1, Mask1>(key, site),
    };

    private static float[] Draw<F, I, M>(RandomKey key, int site)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var result = new float[Count];
        fixed (float* to = result)
        {
            for (int i = 0; i < Count; i += F.Lanes)
            {
                F.Store(to + i, Lanes.Uniform<F, I, M>(I.Iota(i), site, key.Word0, key.Word1));
            }
        }

        return result;
    }
}
