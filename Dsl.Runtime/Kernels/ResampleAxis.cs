using System;
#if DSL_GENERATOR
using Real = System.Double;
#else
using Real = System.Single;
#endif

namespace Dsl.Kernels;

/// <summary>Which source pixels make a resampled pixel.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
enum ResampleMode
{
    /// <summary>The one at ⌊r·source/result⌋.</summary>
    Nearest,

    /// <summary>The one whose middle is nearest: at ⌊(r + ½)·source/result⌋.</summary>
    NearestExact,

    /// <summary>Two, by their distances.</summary>
    Linear,

    /// <summary>Four, by Keys' cubic kernel with a = -0.75.</summary>
    Cubic,

    /// <summary>The mean of all from ⌊r·source/result⌋ to ⌈(r + 1)·source/result⌉ - 1.</summary>
    Area,
}

/// <summary>
/// Resampling along one axis: which source pixels a result pixel reads and with what weights, and the other way round.
/// This is the one place that knows; the interpreter (in doubles), eager code, the host and the GPU all ask it.
/// Positions are fractions of ints, so a pixel is chosen alike everywhere.
/// </summary>
/// <remarks>
/// Result pixel r is at (Multiplier·r + Offset)/Divisor of the source: r·n/d, (r + ½)·n/d or (r + ½)·n/d - ½, where
/// n/d is source/result or the inverse of a given scale; with aligned corners r·(source - 1)/(result - 1).
/// </remarks>
internal struct ResampleAxis
{
    internal int Source;
    internal int Result;
    internal int Multiplier;
    internal int Offset;
    internal int Divisor;
    internal int Mode;

    /// <summary>The rule for extents.</summary>
    /// <param name="mode">Which source pixels are read.</param>
    /// <param name="alignCorners">Linear and cubic: whether the middles of the corner pixels stay in place, not their
    /// edges.</param>
    /// <param name="source">Source pixels.</param>
    /// <param name="result">Result pixels.</param>
    /// <param name="scale">The scale that positions are computed with; <c>default</c>: result/source.</param>
    /// <exception cref="OverflowException">Positions do not fit 32-bit ints.</exception>
    public static ResampleAxis Of(ResampleMode mode, bool alignCorners, int source, int result, Ratio scale)
    {
        int n = scale.Numerator == 0 ? source : scale.Denominator;
        int d = scale.Numerator == 0 ? result : scale.Numerator;
        if (alignCorners)
        {
            n = result == 1 ? 0 : source - 1;
            d = Math.Max(result - 1, 1);
        }

        int common = Math.Max(Ratio.Divisor(n, d), 1);
        n /= common;
        d /= common;
        bool halves = !alignCorners && mode is not (ResampleMode.Nearest or ResampleMode.Area);
        bool edges = halves && mode != ResampleMode.NearestExact;
        int unit = halves ? 2 : 1;
        long farthest = Math.Max((long)unit * n * (result + 1L), (long)unit * d * (source + 3L)) + n + d;
        if (farthest > int.MaxValue)
        {
            throw new OverflowException(
                $"Resampling {source} pixels to {result} needs positions in steps of 1/{d}, beyond 32-bit ints: take "
                + "sizes with a common divisor, or a scale with fewer decimals.");
        }

        return new ResampleAxis
        {
            Source = source,
            Result = result,
            Multiplier = unit * n,
            Offset = edges ? n - d : halves ? n : 0,
            Divisor = unit * d,
            Mode = (int)mode,
        };
    }

    /// <summary>The first source pixel that a result pixel reads.</summary>
    public readonly int First(int result) => Mode == (int)ResampleMode.Area
        ? Floor(result * Multiplier, Divisor)
        : Math.Max(Base(result) - Before, 0);

    /// <summary>Behind the last source pixel that a result pixel reads.</summary>
    public readonly int End(int result) => Mode == (int)ResampleMode.Area
        ? Ceiling((result + 1) * Multiplier, Divisor)
        : Math.Min(Base(result) + After, Source - 1) + 1;

    /// <summary>The first result pixel that reads a source pixel.</summary>
    public readonly int FirstReader(int source)
    {
        if (Multiplier == 0)
        {
            return 0;
        }

        int first = Mode == (int)ResampleMode.Area
            ? Floor(source * Divisor, Multiplier)
            : Ceiling(((source - After) * Divisor) - Offset, Multiplier);
        return Math.Max(first, 0);
    }

    /// <summary>Behind the last result pixel that reads a source pixel.</summary>
    public readonly int EndReader(int source)
    {
        if (Multiplier == 0 || source == Source - 1)
        {
            return Result;
        }

        int end = Mode == (int)ResampleMode.Area
            ? Ceiling((source + 1) * Divisor, Multiplier)
            : Ceiling(((source + Before + 1) * Divisor) - Offset, Multiplier);
        return Math.Min(end, Result);
    }

    /// <summary>The weight with which a result pixel reads one of its source pixels; pixels beyond the border are the one
    /// at the border.</summary>
    public readonly Real Weight(int result, int source)
    {
        if (Mode == (int)ResampleMode.Area)
        {
            return (Real)1 / (End(result) - First(result));
        }

        if (Mode != (int)ResampleMode.Linear && Mode != (int)ResampleMode.Cubic)
        {
            return 1;
        }

        int position = (result * Multiplier) + Offset;
        int at = Base(result);
        bool cubic = Mode == (int)ResampleMode.Cubic;
        Real t = position < 0 & !cubic ? 0 : (Real)(position - (at * Divisor)) / Divisor;
        if (!cubic)
        {
            return (at == source ? 1 - t : 0) + (Inside(at + 1) == source ? t : 0);
        }

        return (Inside(at - 1) == source ? Far(t + 1) : 0) + (Inside(at) == source ? Near(t) : 0)
            + (Inside(at + 1) == source ? Near(1 - t) : 0) + (Inside(at + 2) == source ? Far(2 - t) : 0);
    }

    private readonly int Before => Mode == (int)ResampleMode.Cubic ? 1 : 0;

    private readonly int After => Mode == (int)ResampleMode.Cubic ? 2 : Mode == (int)ResampleMode.Linear ? 1 : 0;

    /// <summary>The source pixel at or before a result pixel's position. Only a cubic one may lie before the
    /// image.</summary>
    private readonly int Base(int result)
    {
        int at = Math.Min(Floor((result * Multiplier) + Offset, Divisor), Source - 1);
        return Mode == (int)ResampleMode.Cubic ? at : Math.Max(at, 0);
    }

    private readonly int Inside(int pixel) => Math.Max(0, Math.Min(pixel, Source - 1));

    private static Real Near(Real x) => (((((Real)1.25 * x) - (Real)2.25) * x) * x) + 1;

    private static Real Far(Real x) => ((((((Real)(-0.75) * x) + (Real)3.75) * x) - 6) * x) + 3;

    private static int Floor(int a, int b)
    {
        int quotient = a / b;
        return quotient * b > a ? quotient - 1 : quotient;
    }

    private static int Ceiling(int a, int b)
    {
        int quotient = a / b;
        return quotient * b < a ? quotient + 1 : quotient;
    }
}
