using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Runtime.Tests.Gpu;

/// <summary>Every primitive of a vector type, applied to A0 and A1; result k of N0 columns lies at A2 + k·N0.</summary>
internal readonly struct PrimitivesBody : IMapBody
{
    internal const int Results = 22;

    public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        var x = m.Load(s.A0 + column);
        var y = m.Load(s.A1 + column);
        F one = F.Splat(1f), zero = F.Splat(0f);
        int at = s.A2 + column;
        m.Store(at, F.Exp(x));
        m.Store(at + s.N0, F.Log(x));
        m.Store(at + (2 * s.N0), F.Sqrt(x));
        m.Store(at + (3 * s.N0), F.Floor(x));
        m.Store(at + (4 * s.N0), F.Abs(x));
        m.Store(at + (5 * s.N0), -x);
        m.Store(at + (6 * s.N0), F.Max(x, y));
        m.Store(at + (7 * s.N0), F.Min(x, y));
        m.Store(at + (8 * s.N0), F.Select(F.Less(x, y), one, zero));
        m.Store(at + (9 * s.N0), F.Select(!F.Less(x, y), one, zero));
        m.Store(at + (10 * s.N0), F.Select(F.LessOrEqual(x, y), one, zero));
        m.Store(at + (11 * s.N0), F.Select(!F.LessOrEqual(x, y), one, zero));
        m.Store(at + (12 * s.N0), F.Select(F.Equal(x, y), one, zero));
        m.Store(at + (13 * s.N0), F.Select(!F.Equal(x, y) & !F.Less(y, x), one, zero));
        m.Store(at + (14 * s.N0), F.FromInts(F.ToInts(F.Min(F.Max(x, F.Splat(-1e6f)), F.Splat(1e6f)))));
        m.Store(at + (15 * s.N0), F.FromBits((F.Bits(x) & I.Splat(0x7FFFFFFF)) | (F.Bits(y) & I.Splat(int.MinValue))));
        m.StoreInts(at + (16 * s.N0), I.MultiplyHigh(F.Bits(x), F.Bits(y) ^ I.Iota(column)));
        m.StoreInts(at + (17 * s.N0), I.ShiftRight(F.Bits(x), 7) + I.ShiftLeft(F.Bits(y), 3));
        I p = F.Bits(x), q = F.Bits(y);
        m.StoreInts(at + (18 * s.N0), I.Select(I.Less(p, q), p * q, p - q));
        m.Store(at + (19 * s.N0), F.Select(I.Equal(F.Bits(x), F.Bits(y)) | !M.Until(1), F.Fma(x, y, one), x / y));
        m.Store(at + (20 * s.N0), F.SelectLess(x, y, y, x));
        m.Store(at + (21 * s.N0), F.Clamp(x, F.Splat(-3f), F.Splat(50f)));
    }
}
