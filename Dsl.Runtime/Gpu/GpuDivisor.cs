using System.Numerics;

namespace Dsl.Gpu;

/// <summary>
/// A divisor that every thread divides by, prepared on the host: a multiplication and a shift take the place of the
/// twenty instructions of an integer division (Granlund and Montgomery 1994, for dividends of 31 bits).
/// </summary>
internal struct GpuDivisor
{
    internal int Value;
    internal uint Multiplier;
    internal int Shift;

    internal GpuDivisor(int value)
    {
        int log = value <= 1 ? 0 : 32 - BitOperations.LeadingZeroCount((uint)(value - 1));
        Value = value;
        Shift = 31 + log;
        Multiplier = (uint)(((1UL << Shift) / (ulong)value) + 1);
    }

    /// <summary>The quotient of <paramref name="dividend"/>, which is not negative.</summary>
    internal readonly int Divide(int dividend) => (int)(((ulong)(uint)dividend * Multiplier) >> Shift);
}
