using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// States that have faded. One that nothing feeds any more becomes smaller at every position, and processors take tens of times as long for
/// numbers below 10⁻³⁸, which come before 0. So between chunks of positions what is below 10⁻³⁰ becomes 0.
/// </summary>
internal static unsafe class FadedStates<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    private const float Least = 1e-30f;

    /// <summary>0 where a state has faded, else the state; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Cleared(F x) => F.Select(F.Less(F.Abs(x), F.Splat(Least)), F.Splat(0f), x);

    /// <summary>Clears those in memory.</summary>
    /// <param name="states">The states.</param>
    /// <param name="count">How many: whole vectors.</param>
    public static void Clear(float* states, int count)
    {
        for (int i = 0; i < count; i += F.Lanes)
        {
            F.Store(states + i, Cleared(F.Load(states + i)));
        }
    }
}
