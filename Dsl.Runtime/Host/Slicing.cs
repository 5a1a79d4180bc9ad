using System;

namespace Dsl.Host;

/// <summary>How domains are cut into slices: by shapes alone, so that results do not depend on the number of
/// threads.</summary>
internal static class Slicing
{
    /// <summary>The most slices of a launch: enough to balance many threads, few enough to cost nothing.</summary>
    public const int Most = 64;

    /// <summary>Below this many elements a pointwise launch takes about 2 µs or less: handing it out would cost as
    /// much.</summary>
    public const int Small = 4096;

    /// <summary>Part <paramref name="part"/> of 0 … <paramref name="count"/> cut into contiguous, nearly equal
    /// parts.</summary>
    public static (int First, int End) Range(int count, int parts, int part) =>
        ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));

    /// <summary>Slices for <paramref name="units"/> indivisible pieces that touch <paramref name="elements"/>
    /// elements.</summary>
    public static int Count(int units, long elements) => units == 0 ? 0
        : elements < Small ? 1
        : (int)Math.Min(Math.Min(units, Most), Math.Max(1, elements / (Small / 2)));

    /// <summary>a/b rounded up.</summary>
    public static int Ceiling(int a, int b) => (a + b - 1) / b;

    /// <summary>The next multiple of <paramref name="unit"/>.</summary>
    public static int RoundUp(int value, int unit) => Ceiling(value, unit) * unit;
}
