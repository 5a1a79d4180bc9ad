using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>Σ a·b of two rows, in two sums, so that one does not wait for the other.</summary>
internal static unsafe class DotProduct
{
    /// <summary>Of rows of any width; nothing behind them is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of<F, I, M>(float* a, float* b, int width)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F even = F.Splat(0f);
        F odd = even;
        int k = 0;
        for (; k <= width - (2 * F.Lanes); k += 2 * F.Lanes)
        {
            even = F.Fma(F.Load(a + k), F.Load(b + k), even);
            odd = F.Fma(F.Load(a + k + F.Lanes), F.Load(b + k + F.Lanes), odd);
        }

        for (; k < width; k += F.Lanes)
        {
            even = F.Fma(LaneSums<F, I, M>.Load(a + k, width - k), LaneSums<F, I, M>.Load(b + k, width - k), even);
        }

        return F.Sum(even + odd);
    }
}
