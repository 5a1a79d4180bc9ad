using System;
using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A sum over elements that lanes share, in sixteen parts whatever the lanes: its roundings do not depend on them.</summary>
internal static unsafe class LaneSums<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>Floats of a sum.</summary>
    public const int Parts = 16;

    /// <summary>a·x of some lanes, added to the sum.</summary>
    /// <param name="sum">The parts.</param>
    /// <param name="element">The first of the elements.</param>
    /// <param name="a">A factor.</param>
    /// <param name="x">The other one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* sum, int element, F a, F x)
    {
        float* part = sum + (element % Parts);
        F.Store(part, F.Fma(a, x, F.Load(part)));
    }

    /// <summary>a·x + b·y of some lanes, added to the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* sum, int element, F a, F x, F b, F y)
    {
        float* part = sum + (element % Parts);
        F.Store(part, F.Fma(b, y, F.Fma(a, x, F.Load(part))));
    }

    /// <summary>The sum, which then begins anew.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Take(float* sum)
    {
        for (int half = Parts / 2; half >= F.Lanes; half /= 2)
        {
            for (int k = 0; k < half; k += F.Lanes)
            {
                F.Store(sum + k, F.Load(sum + k) + F.Load(sum + half + k));
            }
        }

        float total = F.Sum(F.Load(sum));
        new Span<float>(sum, Parts).Clear();
        return total;
    }

    /// <summary>The first lanes of what is there; zeros in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Load(float* at, int there) => there >= F.Lanes ? F.Load(at) : F.Load(at, there);
}
