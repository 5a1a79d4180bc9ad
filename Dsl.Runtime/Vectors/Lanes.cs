using System.Runtime.CompilerServices;

namespace Dsl.Vectors;

/// <summary>
/// Functions over vectors, derived from the operations of <see cref="IFloats{F, I, M}"/> and
/// <see cref="IInts{F, I, M}"/>
/// alone, so that every target has them and a lane gives the same bits at every width. NaN in gives NaN out everywhere.
/// </summary>
public static class Lanes
{
    /// <summary>x². Half an ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Square<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => x * x;

    /// <summary>1/x. Half an ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Reciprocal<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => F.Splat(1f) / x;

    /// <summary>1/√x. At most 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Rsqrt<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => F.Splat(1f) / F.Sqrt(x);

    /// <summary>1 above 0, -1 below; 0, -0 and NaN stay. Exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sign<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F zero = F.Splat(0f);
        return F.SelectLess(zero, x, F.Splat(1f), F.SelectLess(x, zero, F.Splat(-1f), x));
    }

    /// <summary>|<paramref name="magnitude"/>| with the sign of <paramref name="sign"/>. Exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F CopySign<F, I, M>(F magnitude, F sign)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> =>
        F.FromBits((F.Bits(magnitude) & I.Splat(int.MaxValue)) | (F.Bits(sign) & I.Splat(int.MinValue)));

    /// <summary>eˣ - 1 without cancellation near 0. At most 3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Expm1<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // eˣ - 1 = 2ⁿ·q + (2ⁿ - 1) with q = eʳ - 1; halved until the end, because 2¹²⁸ is not a float.
        F y = F.Clamp(x, F.Splat(-40f), F.Splat(89f));
        F n = F.Floor(F.Fma(y, F.Splat(1.44269504f), F.Splat(0.5f)));
        F r = F.Fma(n, F.Splat(-0.693359375f), y);
        r = F.Fma(n, F.Splat(2.12194440e-4f), r);
        F p = F.Splat(1.9875691500e-4f);
        p = F.Fma(p, r, F.Splat(1.3981999507e-3f));
        p = F.Fma(p, r, F.Splat(8.3334519073e-3f));
        p = F.Fma(p, r, F.Splat(4.1665795894e-2f));
        p = F.Fma(p, r, F.Splat(1.6666665459e-1f));
        p = F.Fma(p, r, F.Splat(5.0000001201e-1f));
        F q = F.Fma(p, r * r, r);
        F half = F.FromBits(I.ShiftLeft(F.ToInts(n) + I.Splat(126), 23));
        F result = F.Fma(half, q, half - F.Splat(0.5f));
        return result + result;
    }

    /// <summary>ln(1 + x) without cancellation near 0; -∞ at -1, NaN below. At most 3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Log1p<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // What the rounding of 1 + x lost is put back to first order (Kahan); at the ends of the domain it is not a
        // number.
        F one = F.Splat(1f);
        F u = one + x;
        F lost = F.SelectLess(x, one, x - (u - one), one - (u - x));
        F log = F.Log(u);
        F corrected = log + (lost / u);
        return F.SelectLess(F.Splat(0f), u, F.SelectLess(u, F.Splat(float.PositiveInfinity), corrected, log), log);
    }

    /// <summary>tanh x, accurate relatively near 0. At most 4 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Tanh<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // tanh |x| = -e/(2 + e) with e = exp(-2|x|) - 1 in (-1, 0]: nothing cancels, no branch.
        F e = Expm1<F, I, M>(F.Splat(-2f) * F.Abs(x));
        return CopySign<F, I, M>(e / (F.Splat(2f) + e), x);
    }

    /// <summary>1/(1 + e⁻ˣ), accurate relatively on both sides. At most 4 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sigmoid<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F one = F.Splat(1f);
        F e = F.Exp(-F.Abs(x));
        return F.SelectLess(x, F.Splat(0f), e, one) / (one + e);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|). At most 4 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Softplus<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => F.Max(x, F.Splat(0f)) + Log1p<F, I, M>(F.Exp(-F.Abs(x)));

    /// <summary>x + 1 above 0, eˣ below: the error of <see cref="IFloats{F, I, M}.Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F EluPlusOne<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => F.SelectLess(F.Splat(0f), x, x + F.Splat(1f), F.Exp(x));

    /// <summary>The error function. At most 2·10⁻⁷ absolutely, 4 ulp relatively.</summary>
    /// <remarks>Two minimax polynomials (N. Juffa): x·P(x²) near 0, 1 - exp(Q(|x|)) beyond.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Erf<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F t = F.Abs(x);
        F s = x * x;
        F near = F.Splat(-5.99104969e-4f);
        near = F.Fma(near, s, F.Splat(4.99339588e-3f));
        near = F.Fma(near, s, F.Splat(-2.67667342e-2f));
        near = F.Fma(near, s, F.Splat(1.12818025e-1f));
        near = F.Fma(near, s, F.Splat(-3.76124859e-1f));
        near = F.Fma(near, s, F.Splat(1.28379151e-1f));
        near = F.Fma(near, x, x);

        // Beyond 4 the result is 1 anyway, and the polynomial must not overflow.
        t = F.Clamp(t, F.Splat(0f), F.Splat(4f));
        s = t * t;
        F far = F.Fma(F.Splat(1.72948930e-5f), t, F.Splat(-3.83208680e-4f));
        F middle = F.Fma(F.Splat(3.88393435e-3f), t, F.Splat(-2.42545605e-2f));
        far = F.Fma(far, s, middle);
        far = F.Fma(far, t, F.Splat(1.06777847e-1f));
        far = F.Fma(far, t, F.Splat(6.34846687e-1f));
        far = F.Fma(far, t, F.Splat(1.28717512e-1f));
        far = F.Fma(far, t, t);
        far = CopySign<F, I, M>(F.Splat(1f) - F.Exp(-far), x);
        return F.SelectLess(F.Splat(0.921875f), F.Abs(x), far, near);
    }

    /// <summary>sin x for |x| ≤ 2¹⁷: at most 2·10⁻⁷ absolutely; beyond, the error grows with x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sin<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => Circular<F, I, M>(x, 0);

    /// <summary>cos x for |x| ≤ 2¹⁷: at most 2·10⁻⁷ absolutely; beyond, the error grows with x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Cos<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => Circular<F, I, M>(x, 1);

    /// <summary>aᵖ for a constant p; 1, 2, ½, -1, -½ and 0 exactly as written out, else exp(p·ln a) with at most
    /// (4 + 2·|p·ln a|) ulp. A negative base needs a whole p, else NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Pow<F, I, M>(F a, float p)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        if (p == 0f)
        {
            return F.Splat(1f);
        }

        if (p == 1f)
        {
            return a;
        }

        if (p == 2f)
        {
            return a * a;
        }

        if (p == 3f)
        {
            return a * a * a;
        }

        if (p == 0.5f)
        {
            return F.Sqrt(a);
        }

        if (p == -1f)
        {
            return F.Splat(1f) / a;
        }

        if (p == -0.5f)
        {
            return F.Splat(1f) / F.Sqrt(a);
        }

        bool whole = p == (int)p;
        F power = F.Exp(F.Splat(p) * F.Log(whole ? F.Abs(a) : a));
        return whole && ((int)p & 1) != 0 ? CopySign<F, I, M>(power, a) : power;
    }

    /// <summary>aᵇ: exp(b·ln |a|) with at most (4 + 2·|b·ln a|) ulp, with the sign of a where b is odd. A negative base needs a whole
    /// b, else NaN; a⁰ and 1ᵇ are 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Power<F, I, M>(F a, F b)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F zero = F.Splat(0f);
        F one = F.Splat(1f);
        F half = b * F.Splat(0.5f);
        M isWhole = F.Equal(F.Floor(b), b);
        M isOdd = isWhole & !F.Equal(F.Floor(half), half);
        F size = F.Abs(a);
        F power = F.Exp(b * F.Log(size));
        power = F.Select(F.Equal(b, zero) | F.Equal(size, one), one, power);
        F signed = F.Select(isOdd, CopySign<F, I, M>(power, a), power);
        return F.Select(F.Less(a, zero) & !isWhole, F.Splat(float.NaN), signed);
    }

    /// <summary>sin(x + quarter·π/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Circular<F, I, M>(F x, int quarter)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        // x - n·π/2 with π/2 in three parts (Cody and Waite), then the polynomial of that quadrant. The first two have
        // 5 bits, so that their products with n, and what is left of x, are exact also where products are not fused.
        F n = F.Floor(F.Fma(x, F.Splat(0.636619772f), F.Splat(0.5f)));
        F r = F.Fma(n, F.Splat(-1.5625f), x);
        r = F.Fma(n, F.Splat(-0.00830078125f), r);
        r = F.Fma(n, F.Splat(4.45445511e-6f), r);
        F z = r * r;
        F sin = F.Fma(F.Splat(-1.9515295891e-4f), z, F.Splat(8.3321608736e-3f));
        sin = F.Fma(sin, z, F.Splat(-1.6666654611e-1f));
        sin = F.Fma(sin * z, r, r);
        F cos = F.Fma(F.Splat(2.443315711809948e-5f), z, F.Splat(-1.388731625493765e-3f));
        cos = F.Fma(cos, z, F.Splat(4.166664568298827e-2f));
        cos = F.Fma(cos, z, F.Splat(-0.5f));
        cos = F.Fma(cos, z, F.Splat(1f));
        I quadrant = F.ToInts(n) + I.Splat(quarter);
        F value = F.Select(I.Equal(quadrant & I.Splat(1), I.Splat(0)), sin, cos);

        // Of a very large x nothing is left but its error.
        value = F.Clamp(value, F.Splat(-1f), F.Splat(1f));
        return F.FromBits(F.Bits(value) ^ I.ShiftLeft(quadrant & I.Splat(2), 30));
    }

    /// <summary>Uniform random numbers in [0, 1), multiples of 2⁻²⁴: Philox2x32-10 of the counter (index, site) under a
    /// key of two words (Salmon et al. 2011, SC). Integer arithmetic, so every target draws the same bits.</summary>
    /// <param name="index">The position of each lane's element in its tensor.</param>
    /// <param name="site">Which draw of the program.</param>
    /// <param name="key0">The step's key, first word.</param>
    /// <param name="key1">The step's key, second word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Uniform<F, I, M>(I index, int site, int key0, int key1)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        I multiplier = I.Splat(unchecked((int)0xD256D193));
        I c0 = index;
        I c1 = I.Splat(site ^ key1);
        for (int round = 0; round < 10; round++)
        {
            I high = I.MultiplyHigh(multiplier, c0);
            I low = multiplier * c0;
            c0 = high ^ I.Splat(key0) ^ c1;
            c1 = low;
            key0 = unchecked(key0 + (int)0x9E3779B9);
        }

        return F.FromInts(I.ShiftRight(c0, 8)) * F.Splat(1f / 16777216f);
    }
}
