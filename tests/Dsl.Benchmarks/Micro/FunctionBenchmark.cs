using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Dsl.Vectors;

namespace Dsl.Benchmarks.Micro;

/// <summary>Functions over 4096 floats in the first cache level, by the polynomials of the lanes.</summary>
public unsafe class FunctionBenchmark : IDisposable
{
    private const int Count = 4096;
    private float* _from;
    private float* _to;

    /// <summary>Values in 0.01 … 4.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _from = (float*)NativeMemory.AlignedAlloc(Count * sizeof(float), 64);
        _to = (float*)NativeMemory.AlignedAlloc(Count * sizeof(float), 64);
        for (int i = 0; i < Count; i++)
        {
            _from[i] = 0.01f + (i * (4f / Count));
        }
    }

    /// <summary>Frees the values.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        NativeMemory.AlignedFree(_from);
        NativeMemory.AlignedFree(_to);
        _from = _to = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>e^x.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Exp() => Run<ExpOf>();

    /// <summary>ln x.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Log() => Run<LogOf>();

    /// <summary>tanh x.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Tanh() => Run<TanhOf>();

    private void Run<TFunction>()
        where TFunction : struct, IFunction
    {
        switch (HostVectors.Width)
        {
            case 16:
                Loop<Floats16, Ints16, Mask16, TFunction>(_from, _to);
                break;
            case 8:
                Loop<Floats8, Ints8, Mask8, TFunction>(_from, _to);
                break;
            case 4:
                Loop<Floats4, Ints4, Mask4, TFunction>(_from, _to);
                break;
            default:
                Loop<Floats1, Ints1, Mask1, TFunction>(_from, _to);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Loop<F, I, M, TFunction>(float* from, float* to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TFunction : struct, IFunction
    {
        for (int i = 0; i < Count; i += F.Lanes)
        {
            F.Store(to + i, TFunction.Of<F, I, M>(F.Load(from + i)));
        }
    }

    private interface IFunction
    {
        static abstract F Of<F, I, M>(F x)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>;
    }

    private readonly struct ExpOf : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Of<F, I, M>(F x)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => F.Exp(x);
    }

    private readonly struct LogOf : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Of<F, I, M>(F x)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => F.Log(x);
    }

    private readonly struct TanhOf : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Of<F, I, M>(F x)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M> => Lanes.Tanh<F, I, M>(x);
    }
}
