namespace Dsl.Vectors;

/// <summary>
/// A vector of floats: 16 lanes of AVX-512, 8 of AVX2, 4 of SSE or NEON, or 1 (a plain float, and the float of a GPU
/// thread).
/// Bodies are written once against this interface and instantiated with the vector type of the target.
/// </summary>
/// <typeparam name="F">The vector of floats itself.</typeparam>
/// <typeparam name="I">The vector of 32-bit ints with as many lanes.</typeparam>
/// <typeparam name="M">The mask with as many lanes.</typeparam>
public unsafe interface IFloats<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>The number of lanes.</summary>
    static abstract int Lanes { get; }

    /// <summary>Every lane holds <paramref name="value"/>.</summary>
    static abstract F Splat(float value);

    /// <summary>Sum.</summary>
    static abstract F operator +(F a, F b);

    /// <summary>Difference.</summary>
    static abstract F operator -(F a, F b);

    /// <summary>Product.</summary>
    static abstract F operator *(F a, F b);

    /// <summary>Quotient.</summary>
    static abstract F operator /(F a, F b);

    /// <summary>Negation (flips the sign bit).</summary>
    static abstract F operator -(F a);

    /// <summary>a·b + c, rounded once on the host.</summary>
    static abstract F Fma(F a, F b, F c);

    /// <summary>a·b + c with one number of memory in all lanes of a: where nothing else needs it, one instruction less on the
    /// host than <see cref="Splat"/> and <see cref="Fma(F, F, F)"/>.</summary>
    static abstract unsafe F Fma(float* a, F b, F c);

    /// <summary>At least <paramref name="low"/> and at most <paramref name="high"/>, two numbers; NaN when
    /// <paramref name="a"/> is. One instruction a side, where <see cref="Max"/> and <see cref="Min"/> must look for NaN in
    /// both operands.</summary>
    static abstract F Clamp(F a, F low, F high);

    /// <summary>The larger; NaN when either is NaN.</summary>
    static abstract F Max(F a, F b);

    /// <summary>The smaller; NaN when either is NaN.</summary>
    static abstract F Min(F a, F b);

    /// <summary>Absolute value.</summary>
    static abstract F Abs(F a);

    /// <summary>Square root.</summary>
    static abstract F Sqrt(F a);

    /// <summary>Rounds down.</summary>
    static abstract F Floor(F a);

    /// <summary>eˣ by the project's own polynomial, at most 2 ulp; 0 below 2⁻¹²⁶, the least normal number.</summary>
    static abstract F Exp(F a);

    /// <summary>ln x by the project's own polynomial, at most 2 ulp; -∞ at 0, NaN below.</summary>
    static abstract F Log(F a);

    /// <summary>a &lt; b; false when either is NaN.</summary>
    static abstract M Less(F a, F b);

    /// <summary>a ≤ b; false when either is NaN.</summary>
    static abstract M LessOrEqual(F a, F b);

    /// <summary>a = b; false when either is NaN.</summary>
    static abstract M Equal(F a, F b);

    /// <summary>Where the mask is set <paramref name="a"/>, else <paramref name="b"/>.</summary>
    static abstract F Select(M mask, F a, F b);

    /// <summary>Where <paramref name="a"/> is less than <paramref name="b"/> <paramref name="yes"/>, else <paramref name="no"/>:
    /// what <see cref="Select"/> does with <see cref="Less"/>, but with AVX-512 the mask never leaves the mask registers, which
    /// takes as long as ten products.</summary>
    static abstract F SelectLess(F a, F b, F yes, F no);

    /// <summary>Rounds each int to the nearest float.</summary>
    static abstract F FromInts(I a);

    /// <summary>Rounds towards zero.</summary>
    static abstract I ToInts(F a);

    /// <summary>Reinterprets the bits.</summary>
    static abstract I Bits(F a);

    /// <summary>Reinterprets the bits.</summary>
    static abstract F FromBits(I a);

    /// <summary>Host only: consecutive floats from <paramref name="at"/>.</summary>
    static abstract F Load(float* at);

    /// <summary>Host only: the first <paramref name="count"/> lanes from memory (nothing beyond is read), the others
    /// 0.</summary>
    static abstract F Load(float* at, int count);

    /// <summary>Host only: consecutive floats to <paramref name="at"/>.</summary>
    static abstract void Store(float* at, F value);

    /// <summary>Host only: writes the first <paramref name="count"/> lanes and nothing beyond.</summary>
    static abstract void Store(float* at, F value, int count);

    /// <summary>Host only: every second float from <paramref name="at"/>; nothing behind the last of them is read.</summary>
    static abstract F LoadAlternate(float* at);

    /// <summary>Host only: to every second float from <paramref name="at"/>; those between stay as they are.</summary>
    static abstract void StoreAlternate(float* at, F value);

    /// <summary>Lane i of the result is lane (i + <paramref name="by"/>) mod Lanes: the step of every lane reduction.
    /// <paramref name="by"/> is a power of two below Lanes.</summary>
    static abstract F Rotate(F a, int by);

    /// <summary>Lane 0.</summary>
    static abstract float First(F a);

    /// <summary>Host only: the sum of all lanes, each with the one half of them further on, until one is left.</summary>
    static abstract float Sum(F a);
}
