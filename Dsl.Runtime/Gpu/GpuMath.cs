using System;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>
/// e^x and ln x of a GPU thread, from + - * and integer operations alone, so that PTX and OpenCL compute the same thing
/// (up to contraction). The polynomials are Cephes' expf and logf (S. Moshier).
/// </summary>
internal static class GpuMath
{
    private const float Log2E = 1.44269504088896341f;

    // ln 2 in two parts; the high one has few bits, so that its product with an exponent is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    public static int Bits(float x) => (int)Interop.FloatAsInt(x);

    public static float FromBits(int x) => Interop.IntAsFloat((uint)x);

    /// <summary>e^x: x = n·ln 2 + r with |r| at most ln 2 / 2, then a polynomial in r, then 2^n in two halves (2^128 is no
    /// float); 0 below 2^-126, as on the host.</summary>
    public static float Exp(float x)
    {
        // Beyond these the result is ∞ or 0 (e^-105 rounds to it) whatever x is; NaN passes through both.
        float c = x > 89f ? 89f : x;
        c = c < -87.33654f ? -105f : c;

        float n = MathF.Floor((c * Log2E) + 0.5f);
        float r = c - (n * Ln2High);
        r -= n * Ln2Low;

        float p = 1.9875691500e-4f;
        p = (p * r) + 1.3981999507e-3f;
        p = (p * r) + 8.3334519073e-3f;
        p = (p * r) + 4.1665795894e-2f;
        p = (p * r) + 1.6666665459e-1f;
        p = (p * r) + 5.0000001201e-1f;
        p = (p * r * r) + r + 1f;

        int exponent = (int)n;
        int half = exponent >> 1;
        return p * FromBits((half + 127) << 23) * FromBits((exponent - half + 127) << 23);
    }

    /// <summary>ln x: x = m·2^n with m between √½ and √2, then a polynomial in m - 1.</summary>
    public static float Log(float x)
    {
        // Subnormals: scaled up by 2^23, which the exponent gives back.
        bool tiny = x < 1.17549435e-38f;
        float scaled = tiny ? x * 8388608f : x;

        int bits = Bits(scaled);
        int n = ((bits >> 23) & 0xFF) - 126 - (tiny ? 23 : 0);
        float m = FromBits((bits & 0x007FFFFF) | 0x3F000000);
        bool low = m < 0.707106781186547524f;
        n = low ? n - 1 : n;
        float f = (low ? m + m : m) - 1f;

        float z = f * f;
        float p = 7.0376836292e-2f;
        p = (p * f) - 1.1514610310e-1f;
        p = (p * f) + 1.1676998740e-1f;
        p = (p * f) - 1.2420140846e-1f;
        p = (p * f) + 1.4249322787e-1f;
        p = (p * f) - 1.6668057665e-1f;
        p = (p * f) + 2.0000714765e-1f;
        p = (p * f) - 2.4999993993e-1f;
        p = (p * f) + 3.3333331174e-1f;
        float e = n;
        float y = (p * f * z) + (e * Ln2Low);
        y -= 0.5f * z;
        float result = f + y + (e * Ln2High);

        // ∞ and NaN of either sign answer for themselves; 0 gives -∞ and what is below it NaN.
        int magnitude = bits & 0x7FFFFFFF;
        result = magnitude >= 0x7F800000 ? x : result;
        result = bits < 0 & magnitude != 0 ? FromBits(0x7FC00000) : result;
        return magnitude == 0 ? FromBits(unchecked((int)0xFF800000)) : result;
    }
}
