using System.Runtime.CompilerServices;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl;

/// <summary>The gradient that an optimiser's body works with.</summary>
internal static class Gradients
{
    // The square of a smaller one, times 1 - β₂, is no normal number, and a mean of squares does not keep it.
    private const float LeastSquarable = 1e-17f;

    /// <summary>The stored gradient, clipped, and λ·p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Decayed<F, I, M, TMem>(TMem m, in Slots s, int column, F p)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        F.Fma(m.Scalar(s.A3 + Hyper.Lambda), p, m.Load(s.A1 + column) * m.Scalar(s.A2 + Hyper.Clip));

    /// <summary>The same for optimisers that keep its square: 0 where |g| is below 10⁻¹⁷.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Squarable<F, I, M, TMem>(TMem m, in Slots s, int column, F p)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I> =>
        FadedStates<F, I, M>.Cleared(Decayed<F, I, M, TMem>(m, in s, column, p), LeastSquarable);
}
