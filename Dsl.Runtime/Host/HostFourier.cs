using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// Fourier transforms of complex numbers whose lanes are channels: number j is a vector of real and a vector of
/// imaginary parts. Forward from order to bit-reversed order, back from bit-reversed order to order, so that nothing is
/// ever reordered. Both are radix 4, in place, and depth first: parts that fit into a cache are finished before the
/// next ones are touched.
/// </summary>
internal static unsafe class HostFourier<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private static int Complex => 2 * F.Lanes;

    /// <summary>Forward.</summary>
    /// <param name="z">The numbers.</param>
    /// <param name="count">How many: a power of two.</param>
    /// <param name="roots">The roots of unity of a larger transform, or of this one.</param>
    /// <param name="step">How many of these are one root of this transform.</param>
    public static void Forward(float* z, int count, float* roots, int step)
    {
        if (count < 4)
        {
            Pair(z, count);
            return;
        }

        int quarter = count / 4;
        Split(z, quarter, roots, step);
        for (int part = 0; part < 4 && quarter > 1; part++)
        {
            Forward(z + ((nint)part * quarter * Complex), quarter, roots, step * 4);
        }
    }

    /// <summary>Back, times <paramref name="count"/>.</summary>
    public static void Back(float* z, int count, float* roots, int step)
    {
        if (count < 4)
        {
            Pair(z, count);
            return;
        }

        int quarter = count / 4;
        for (int part = 0; part < 4 && quarter > 1; part++)
        {
            Back(z + ((nint)part * quarter * Complex), quarter, roots, step * 4);
        }

        Join(z, quarter, roots, step);
    }

    /// <summary>A transform of two numbers, which is its own inverse but for the factor; of one, nothing.</summary>
    private static void Pair(float* z, int count)
    {
        if (count == 2)
        {
            float* other = z + Complex;
            (F a, F b) = (F.Load(z), F.Load(z + F.Lanes));
            (F c, F d) = (F.Load(other), F.Load(other + F.Lanes));
            F.Store(z, a + c);
            F.Store(z + F.Lanes, b + d);
            F.Store(other, a - c);
            F.Store(other + F.Lanes, b - d);
        }
    }

    /// <summary>Four quarters whose transforms are every fourth result each: those of remainder 0, 2, 1 and
    /// 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Split(float* z, int quarter, float* roots, int step)
    {
        nint far = (nint)quarter * Complex;
        float* b = z + far;
        float* c = b + far;
        float* d = c + far;
        int lanes = F.Lanes;
        for (int j = 0; j < quarter; j++)
        {
            (F aRe, F aIm, F bRe, F bIm) = (F.Load(z), F.Load(z + lanes), F.Load(b), F.Load(b + lanes));
            (F cRe, F cIm, F dRe, F dIm) = (F.Load(c), F.Load(c + lanes), F.Load(d), F.Load(d + lanes));
            (F evenRe, F evenIm, F oddRe, F oddIm) = (aRe + cRe, aIm + cIm, bRe + dRe, bIm + dIm);
            (F pastRe, F pastIm, F turnRe, F turnIm) = (aRe - cRe, aIm - cIm, bRe - dRe, bIm - dIm);
            F.Store(z, evenRe + oddRe);
            F.Store(z + lanes, evenIm + oddIm);
            Turn(b, evenRe - oddRe, evenIm - oddIm, roots + ((nint)j * step * 4));
            Turn(c, pastRe + turnIm, pastIm - turnRe, roots + ((nint)j * step * 2));
            Turn(d, pastRe - turnIm, pastIm + turnRe, roots + ((nint)j * step * 6));
            z += Complex;
            b += Complex;
            c += Complex;
            d += Complex;
        }
    }

    /// <summary>The way back of <see cref="Split"/>, times 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Join(float* z, int quarter, float* roots, int step)
    {
        nint far = (nint)quarter * Complex;
        float* b = z + far;
        float* c = b + far;
        float* d = c + far;
        int lanes = F.Lanes;
        for (int j = 0; j < quarter; j++)
        {
            (F aRe, F aIm) = (F.Load(z), F.Load(z + lanes));
            (F bRe, F bIm) = TurnBack(b, roots + ((nint)j * step * 4));
            (F cRe, F cIm) = TurnBack(c, roots + ((nint)j * step * 2));
            (F dRe, F dIm) = TurnBack(d, roots + ((nint)j * step * 6));
            (F evenRe, F evenIm, F pastRe, F pastIm) = (aRe + bRe, aIm + bIm, aRe - bRe, aIm - bIm);
            (F oddRe, F oddIm, F turnRe, F turnIm) = (cRe + dRe, cIm + dIm, cRe - dRe, cIm - dIm);
            F.Store(z, evenRe + oddRe);
            F.Store(z + lanes, evenIm + oddIm);
            F.Store(b, pastRe - turnIm);
            F.Store(b + lanes, pastIm + turnRe);
            F.Store(c, evenRe - oddRe);
            F.Store(c + lanes, evenIm - oddIm);
            F.Store(d, pastRe + turnIm);
            F.Store(d + lanes, pastIm - turnRe);
            z += Complex;
            b += Complex;
            c += Complex;
            d += Complex;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* to, F re, F im, float* root)
    {
        (F cos, F sin) = (F.Splat(root[0]), F.Splat(root[1]));
        F.Store(to, (re * cos) - (im * sin));
        F.Store(to + F.Lanes, F.Fma(re, sin, im * cos));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (F Re, F Im) TurnBack(float* from, float* root)
    {
        (F re, F im) = (F.Load(from), F.Load(from + F.Lanes));
        (F cos, F sin) = (F.Splat(root[0]), F.Splat(root[1]));
        return (F.Fma(re, cos, im * sin), (im * cos) - (re * sin));
    }
}
