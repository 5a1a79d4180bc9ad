using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Sessions;
using Dsl.Vectors;

namespace Dsl.Profiling;

/// <summary>
/// What a device can do at most, as measured: the two roofs under which every kernel runs (Williams, Waterman and
/// Patterson 2009, Communications of the ACM 52(4)).
/// </summary>
/// <param name="Gflops">Fused products in registers, in 10⁹ floating-point operations a second, two for each: no
/// kernel computes faster.</param>
/// <param name="GigabytesPerSecond">An array beyond the last cache level, read and written in place, in 10⁹ bytes a
/// second, both directions together. What lies in a cache moves faster.</param>
public sealed record Roofline(double Gflops, double GigabytesPerSecond)
{
    /// <summary>Measures a device in about a second, with as many threads as a session on it has. It takes 256 MiB
    /// of its memory meanwhile.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="NotSupportedException">There is no such device here.</exception>
    public static Roofline Measure(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using Engine engine = device.CreateEngine();
        var meter = new RooflineMeter(engine, RooflineMeter.MostElements);
        return new Roofline(meter.Gflops(), meter.GigabytesPerSecond());
    }

    /// <summary>Microseconds that work takes at least: at the peak or at the bandwidth, whichever is longer.</summary>
    /// <param name="flops">Floating-point operations.</param>
    /// <param name="bytes">Bytes read and written.</param>
    public double Microseconds(long flops, long bytes) =>
        Math.Max(flops / Gflops, bytes / GigabytesPerSecond) / 1e3;

    /// <summary>The higher of each of two measurements: a machine that others use too shows what it can do at times
    /// only.</summary>
    internal Roofline OrBetter(Roofline other) => new(
        Math.Max(Gflops, other.Gflops), Math.Max(GigabytesPerSecond, other.GigabytesPerSecond));
}

/// <summary>Times launches that do nothing but compute, or nothing but move memory. Each grows until it takes a while:
/// what is a moment for one device is a minute for another.</summary>
internal sealed class RooflineMeter
{
    /// <summary>The longest array: 256 MiB.</summary>
    public const int MostElements = 1 << 26;

    private const int Chains = 10;
    private const int FewestComputed = 1 << 14;
    private const int MostComputed = 1 << 22;
    private const int MostSteps = 1 << 14;
    private const double During = 0.25;

    private readonly Engine _engine;
    private (object Loaded, double Flops)? _computing;

    /// <param name="engine">What is measured; its memory is allocated here.</param>
    /// <param name="elements">Elements of the memory; the default serves only for the peak.</param>
    public RooflineMeter(Engine engine, int elements = MostComputed)
    {
        _engine = engine;
        engine.Allocate(elements);
    }

    /// <summary>10⁹ floating-point operations a second, the best of many rounds.</summary>
    /// <param name="during">For how long, in seconds: a machine that others use too is free at times only.</param>
    public double Gflops(double during = During)
    {
        (object loaded, double flops) = _computing ??= Computing();
        return flops / Seconds(loaded, during) / 1e9;
    }

    /// <summary>10⁹ bytes a second read and written, the best of many rounds.</summary>
    public double GigabytesPerSecond()
    {
        const double LongEnough = 0.02;
        for (int elements = 1 << 20; ; elements *= 4)
        {
            object loaded = Load(Increments(elements));
            if (elements == MostElements || Seconds(loaded, LongEnough) > LongEnough)
            {
                return 2.0 * sizeof(float) * elements / Seconds(loaded, During) / 1e9;
            }
        }
    }

    private (object Loaded, double Flops) Computing()
    {
        const double LongEnough = 0.001;
        int elements = FewestComputed;
        int steps = 64;
        while (true)
        {
            object loaded = Load(Products(elements, steps));
            bool isShort = Seconds(loaded, LongEnough) < LongEnough;
            if (isShort && elements < MostComputed)
            {
                elements *= 2;
            }
            else if (isShort && steps < MostSteps)
            {
                steps *= 2;
            }
            else
            {
                return (loaded, 2.0 * Chains * steps * elements);
            }
        }
    }

    /// <summary>Nothing but fused products in registers.</summary>
    /// <param name="elements">How many elements have chains of their own.</param>
    /// <param name="steps">How long each of their chains is.</param>
    internal static Launch Products(int elements, int steps) => Launch<FmaBody>(elements, steps);

    /// <summary>Reads and writes an array in place.</summary>
    internal static Launch Increments(int elements) => Launch<IncrementBody>(elements);

    private static Launch Launch<TBody>(int elements, params int[] numbers)
        where TBody : struct, IMapBody =>
        GroupLaunches.Fix(new MapKernel<TBody>("roof", new string[1], 1, elements) { Numbers = numbers }, 0, 0);

    private object Load(Launch launch)
    {
        object loaded = _engine.Load([launch]);
        _engine.Run(loaded);
        _engine.Synchronize();
        return loaded;
    }

    /// <summary>The best of at least three rounds.</summary>
    private double Seconds(object loaded, double during)
    {
        // A clock has a grain: no round takes less.
        double best = double.PositiveInfinity;
        long since = Stopwatch.GetTimestamp();
        for (int round = 0; round < 3 || Stopwatch.GetElapsedTime(since).TotalSeconds < during; round++)
        {
            double start = StepClock.Seconds(_engine.Threads);
            _engine.Run(loaded);
            _engine.Synchronize();
            best = Math.Min(best, Math.Max(StepClock.Seconds(_engine.Threads) - start, 1e-9));
        }

        return best;
    }

    /// <summary>Independent chains of fused products, enough to hide the latency of each. Compiled at once and in full,
    /// and calls nothing: what lives across a call lives on the stack.</summary>
    private readonly struct FmaBody : IMapBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
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
            int steps = s.P0;
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

            m.Store(s.A0 + column, s0 + s1 + s2 + s3 + s4 + (s5 + s6 + s7 + s8 + s9));
        }
    }

    /// <summary>a ← a + 1: every line is read and written once, and none is fetched in vain.</summary>
    private readonly struct IncrementBody : IMapBody
    {
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> =>
            m.Store(s.A0 + column, m.Load(s.A0 + column) + F.Splat(1f));
    }
}
