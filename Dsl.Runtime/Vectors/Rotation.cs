using System.Runtime.CompilerServices;

namespace Dsl.Vectors;

/// <summary>
/// Angles of rotary embeddings without loss at far positions. A frequency is a fraction of a turn in units of 2⁻⁶²: a
/// word of 32 bits and one of 30. A position times it, in integers that wrap, is a fraction of a turn again, because
/// what overflows are whole turns. The same integers on every target.
/// </summary>
public static class Rotation
{
    private const int LowBits = 30;

    /// <summary>Multiplies a frequency by a factor below 1 where a binary digit of a pair's number is set; at most
    /// 3·2⁻⁶² too small.</summary>
    /// <param name="high">The frequency, its first 32 bits.</param>
    /// <param name="low">The frequency, 30 bits more.</param>
    /// <param name="pair">The number of each lane's pair.</param>
    /// <param name="digit">The digit.</param>
    /// <param name="factorHigh">The factor, its first 32 bits.</param>
    /// <param name="factorLow">The factor, 30 bits more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Slow<F, I, M>(ref I high, ref I low, I pair, int digit, int factorHigh, int factorLow)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // Three products of the second rank, 30 bits of each: their sum is below 2³², so the carry is its top bits.
        I factor = I.Splat(factorHigh);
        I rest = I.ShiftRight(high * factor, 2)
            + I.ShiftRight(I.MultiplyHigh(high, I.Splat(factorLow << 2)), 2)
            + I.ShiftRight(I.MultiplyHigh(I.ShiftLeft(low, 2), factor), 2);
        I product = I.MultiplyHigh(high, factor) + I.ShiftRight(rest, LowBits);
        M isSet = I.Equal(I.ShiftRight(pair, digit) & I.Splat(1), I.Splat(1));
        high = I.Select(isSet, product, high);
        low = I.Select(isSet, rest & I.Splat((1 << LowBits) - 1), low);
    }

    /// <summary>A position times a frequency, in radians from -π to π; from the exact angle at most 1.3·10⁻⁷ away for
    /// positions below 2²⁴, of which 1.2·10⁻⁷ is the last rounding near π.</summary>
    /// <param name="position">The position.</param>
    /// <param name="high">The frequency, its first 32 bits.</param>
    /// <param name="low">The frequency, 30 bits more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Angle<F, I, M>(I position, I high, I low)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        I turns = (position * high) + I.MultiplyHigh(position, I.ShiftLeft(low, 2));

        // 2π in two parts, the first with 8 bits: its product with the upper 16 bits is exact, fused or not.
        F upper = F.FromInts(turns & I.Splat(-65536));
        F lower = F.FromInts(turns & I.Splat(65535));
        F rest = (upper * F.Splat(0.00193530718f / 4294967296f)) + (lower * F.Splat(6.28318531f / 4294967296f));
        return (upper * F.Splat(6.28125f / 4294967296f)) + rest;
    }
}
