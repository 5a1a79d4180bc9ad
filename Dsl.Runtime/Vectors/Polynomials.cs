using System.Runtime.CompilerServices;

namespace Dsl.Vectors;

/// <summary>
/// Exponential and logarithm, written once for every vector type: the same operations in the same order, so that a
/// lane has
/// the same bits whatever the width. The coefficients are those of Cephes (S. Moshier), evaluated with fused products.
/// </summary>
internal static class Polynomials
{
    /// <summary>The least x whose eˣ is a normal number, rounded up: -126·ln 2.</summary>
    private const float LeastExponent = -87.33654f;

    /// <summary>eˣ = p·2ⁿ with p in [0.70, 1.42], or p = 0 where eˣ is below 2⁻¹²⁶: a masked score, say. A processor that has to
    /// round towards such numbers takes a hundred times as long. NaN stays in p; x is clamped to where the result is ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F ExpReduced<F, I, M>(F x, out F n)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F least = F.Splat(LeastExponent);
        F clamped = F.Clamp(x, least, F.Splat(89f));
        n = F.Floor(F.Fma(clamped, F.Splat(1.44269504f), F.Splat(0.5f)));
        F r = F.Fma(n, F.Splat(-0.693359375f), clamped);
        r = F.Fma(n, F.Splat(2.12194440e-4f), r);
        F p = F.Splat(1.9875691500e-4f);
        p = F.Fma(p, r, F.Splat(1.3981999507e-3f));
        p = F.Fma(p, r, F.Splat(8.3334519073e-3f));
        p = F.Fma(p, r, F.Splat(4.1665795894e-2f));
        p = F.Fma(p, r, F.Splat(1.6666665459e-1f));
        p = F.Fma(p, r, F.Splat(5.0000001201e-1f));
        return F.SelectLess(x, least, F.Splat(0f), F.Fma(p, r * r, r) + F.Splat(1f));
    }

    /// <summary>eˣ, at most 2 ulp; 0 below 2⁻¹²⁶, the least normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Exp<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F p = ExpReduced<F, I, M>(x, out F n);
        return Scale<F, I, M>(p, F.ToInts(n));
    }

    /// <summary>p·2ⁿ for n in [-200, 200] in two steps, because 2¹²⁸ is no float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Scale<F, I, M>(F p, I n)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // 2·127 is split over two exponents; only positive numbers are shifted right, for the shift is logical.
        I sum = n + I.Splat(254);
        I half = I.ShiftRight(sum, 1);
        return p * F.FromBits(I.ShiftLeft(half, 23)) * F.FromBits(I.ShiftLeft(sum - half, 23));
    }

    /// <summary>ln x, at most 2 ulp; -∞ at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Log<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F least = F.Splat(1.17549435e-38f);
        F normal = F.SelectLess(x, least, x * F.Splat(8388608f), x);

        // m in [√½, √2): adding the distance from √½ to 1 carries into the exponent exactly when the mantissa is above
        // √2.
        I bits = F.Bits(normal) + I.Splat(0x3f800000 - 0x3f3504f3);
        F e = F.FromInts(I.ShiftRight(bits, 23) - I.Splat(127)) - F.SelectLess(x, least, F.Splat(23f), F.Splat(0f));
        F f = F.FromBits((bits & I.Splat(0x007fffff)) + I.Splat(0x3f3504f3)) - F.Splat(1f);
        F z = f * f;
        F p = F.Splat(7.0376836292e-2f);
        p = F.Fma(p, f, F.Splat(-1.1514610310e-1f));
        p = F.Fma(p, f, F.Splat(1.1676998740e-1f));
        p = F.Fma(p, f, F.Splat(-1.2420140846e-1f));
        p = F.Fma(p, f, F.Splat(1.4249322787e-1f));
        p = F.Fma(p, f, F.Splat(-1.6668057665e-1f));
        p = F.Fma(p, f, F.Splat(2.0000714765e-1f));
        p = F.Fma(p, f, F.Splat(-2.4999993993e-1f));
        p = F.Fma(p, f, F.Splat(3.3333331174e-1f));
        F y = p * f * z;
        y = F.Fma(e, F.Splat(-2.12194440e-4f), y);
        y = F.Fma(z, F.Splat(-0.5f), y);
        F log = F.Fma(e, F.Splat(0.693359375f), f + y);

        // 0 - ∞ is -∞; NaN stays.
        F zero = F.Splat(0f);
        F infinity = F.Splat(float.PositiveInfinity);
        F edge = F.SelectLess(x, zero, F.Splat(float.NaN), x - infinity);
        return F.SelectLess(zero, x, F.SelectLess(x, infinity, log, x), edge);
    }
}
