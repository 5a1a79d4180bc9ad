using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dsl.Vectors;

namespace Dsl.Benchmarks;

/// <summary>What one core can do: fused products in registers, which no kernel can exceed.</summary>
internal static class Peak
{
    /// <summary>GFLOP/s of one core, the best of many short rounds.</summary>
    public static double Best() => Enumerable.Range(0, 20).Max(static _ => Measure());

    /// <summary>GFLOP/s of one core now.</summary>
    public static double Measure() => HostVectors.Width switch
    {
        16 => Measure<Floats16, Ints16, Mask16>(),
        8 => Measure<Floats8, Ints8, Mask8>(),
        4 => Measure<Floats4, Ints4, Mask4>(),
        _ => Measure<Floats1, Ints1, Mask1>(),
    };

    /// <summary>One thread is timed by its own processor time, which a busy machine disturbs little; several by the
    /// clock.</summary>
    public static unsafe double Seconds(int threads)
    {
        const int ThreadClock = 3;
        long* time = stackalloc long[2];
        return threads == 1 && OperatingSystem.IsLinux() && ReadClock(ThreadClock, time) == 0
            ? time[0] + (time[1] * 1e-9)
            : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern unsafe int ReadClock(int clock, long* time);

    private static double Measure<F, I, M>()
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            const int Steps = 100_000;
            double start = Seconds(1);
            float sink = Chains<F, I, M>(Steps);
            double seconds = Seconds(1) - start;
            best = Math.Max(best, float.IsNaN(sink) ? 0 : 20.0 * F.Lanes * Steps / seconds / 1e9);
        }

        return best;
    }

    /// <summary>Ten independent chains of fused products: what the core can do and no kernel can exceed. Calls nothing:
    /// what lives across a call lives on the stack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains<F, I, M>(int steps)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F x = F.Splat(0.999f);
        F y = F.Splat(1e-3f);
        F s0 = F.Splat(0f);
        F s1 = F.Splat(1f);
        F s2 = F.Splat(2f);
        F s3 = F.Splat(3f);
        F s4 = F.Splat(4f);
        F s5 = F.Splat(5f);
        F s6 = F.Splat(6f);
        F s7 = F.Splat(7f);
        F s8 = F.Splat(8f);
        F s9 = F.Splat(9f);
        for (int i = 0; i < steps; i++)
        {
            s0 = F.Fma(s0, x, y);
            s1 = F.Fma(s1, x, y);
            s2 = F.Fma(s2, x, y);
            s3 = F.Fma(s3, x, y);
            s4 = F.Fma(s4, x, y);
            s5 = F.Fma(s5, x, y);
            s6 = F.Fma(s6, x, y);
            s7 = F.Fma(s7, x, y);
            s8 = F.Fma(s8, x, y);
            s9 = F.Fma(s9, x, y);
        }

        return F.First(s0 + s1 + s2 + s3 + s4 + (s5 + s6 + s7 + s8 + s9));
    }
}
