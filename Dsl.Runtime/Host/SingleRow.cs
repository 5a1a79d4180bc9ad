using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The product of one row: bound by reading B, so B is read along its rows, four at a time, and the sums stay
/// in the first
/// cache level. Each sum is the same chain of fused products as in a tile.</summary>
internal static unsafe class SingleRow
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sum<F, I, M>(in TileOperands t, int columns, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int c = 0; c < columns; c += F.Lanes)
        {
            F.Store(sums + c, F.Splat(0f));
        }

        float* a = t.A;
        float* b = t.B;
        nint step = t.ADepth;
        nint row = t.BDepth;
        int k = t.Depth;
        for (; k >= 4; k -= 4)
        {
            F a0 = F.Splat(*a);
            F a1 = F.Splat(a[step]);
            F a2 = F.Splat(a[2 * step]);
            F a3 = F.Splat(a[3 * step]);
            float* b1 = b + row;
            float* b2 = b1 + row;
            float* b3 = b2 + row;
            for (nint c = 0; c < columns; c += F.Lanes)
            {
                F sum = F.Fma(a0, F.Load(b + c), F.Load(sums + c));
                sum = F.Fma(a1, F.Load(b1 + c), sum);
                sum = F.Fma(a2, F.Load(b2 + c), sum);
                F.Store(sums + c, F.Fma(a3, F.Load(b3 + c), sum));
            }

            a += 4 * step;
            b += 4 * row;
        }

        for (; k > 0; k--)
        {
            F a0 = F.Splat(*a);
            for (nint c = 0; c < columns; c += F.Lanes)
            {
                F.Store(sums + c, F.Fma(a0, F.Load(b + c), F.Load(sums + c)));
            }

            a += step;
            b += row;
        }
    }
}
