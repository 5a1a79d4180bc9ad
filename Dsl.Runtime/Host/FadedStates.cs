using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// States that have faded. One that nothing feeds any more becomes smaller at every position, and processors take tens of times as long for
/// numbers below 10⁻³⁸, which come before 0. So between chunks of positions what is below 10⁻²⁰ becomes 0.
/// </summary>
internal static unsafe class FadedStates<F, I, M>
    where F : struct, IFloats<F, I, M>
    where I : struct, IInts<F, I, M>
    where M : struct, IMask<M>
{
    /// <summary>For scans whose results may be divided by others: their quotients do not know how small both are.</summary>
    public const float LeastOfQuotients = 1e-30f;

    private const float Least = 1e-20f;
    private const float LeastNormal = 1.17549435e-38f;

    /// <summary>0 where a state has faded, else the state; NaN stays.</summary>
    /// <param name="x">The state.</param>
    /// <param name="least">What has faded is below.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Cleared(F x, float least = Least) => F.SelectLess(F.Abs(x), F.Splat(least), F.Splat(0f), x);

    /// <summary>0 where a state is no normal number, else the state: for squares, whose root may be divided by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Normal(F x) => Cleared(x, LeastNormal);

    /// <summary>eˣ, or 0 where it is below 10⁻³⁰: of many classes most have such a share once a sample is learned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Share(F log) => Cleared(F.Exp(log), LeastOfQuotients);

    /// <summary>Clears those in memory.</summary>
    /// <param name="states">The states.</param>
    /// <param name="count">How many.</param>
    public static void Clear(float* states, int count)
    {
        int i = 0;
        for (; i + F.Lanes <= count; i += F.Lanes)
        {
            F.Store(states + i, Cleared(F.Load(states + i)));
        }

        if (i < count)
        {
            F.Store(states + i, Cleared(F.Load(states + i, count - i)), count - i);
        }
    }
}
