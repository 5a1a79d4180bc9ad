using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl;

/// <summary>
/// RMSProp. g ← ∇ + λ·p; v ← α·v + (1 - α)·g²; u ← μ·u + g / (√v + ε); p ← p - η·u (Tieleman and Hinton 2012, lecture
/// 6e of
/// "Neural Networks for Machine Learning"; the place of ε and the momentum as in PyTorch). A g with |g| below 10⁻¹⁷ counts as
/// 0.
/// </summary>
public sealed class RmsProp : Optimizer
{
    /// <summary>Describes the optimiser.</summary>
    /// <param name="rate">η, a number or a schedule.</param>
    /// <exception cref="ArgumentNullException">No rate.</exception>
    public RmsProp(Schedule rate)
        : base(rate)
    {
    }

    /// <summary>α, in [0, 1).</summary>
    public float Alpha { get; init => field = Fraction(value, nameof(Alpha)); } = 0.99f;

    /// <summary>μ, in [0, 1). At 0 no velocity is stored.</summary>
    public float Momentum { get; init => field = Fraction(value, nameof(Momentum)); }

    /// <summary>ε, added to the root.</summary>
    public float Epsilon { get; init => field = NotNegative(value, nameof(Epsilon)); } = 1e-8f;

    private protected override IReadOnlyList<string> OwnStates => Momentum > 0f ? ["Square", "Velocity"] : ["Square"];

    private protected override IEnumerable<Launch> Launches(ITrainingMemory memory, long gradients) => Momentum > 0f
        ? GroupLaunches.Groups<MomentumBody>("RmsProp", this, memory, gradients, 2)
        : GroupLaunches.Groups<PlainBody>("RmsProp", this, memory, gradients, 1);

    internal override RowUpdate InPlace(ITrainingMemory memory) => Momentum > 0f
        ? GroupLaunches.InPlace<MomentumBody>(memory, 2)
        : GroupLaunches.InPlace<PlainBody>(memory, 1);

    private protected override void WriteHyper(Span<float> hyper, float rate, long step)
    {
        double alpha = Wide(Alpha);
        hyper[Hyper.Rate] = rate;
        hyper[Hyper.First] = Momentum;
        hyper[Hyper.Second] = (float)alpha;
        hyper[Hyper.SecondRest] = (float)(1 - alpha);
        hyper[Hyper.Epsilon] = Epsilon;
    }

    /// <summary>The gradient over its running root mean square, whose square is stored.</summary>
    private static F Scaled<F, I, M, TMem>(TMem m, in Slots s, int column, F p)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TMem : struct, IMemory<F, I>
    {
        F g = Gradients.Squarable<F, I, M, TMem>(m, in s, column, p);
        F square = m.Scalar(s.A2 + Hyper.Second) * m.Load(s.A4 + column);
        square = FadedStates<F, I, M>.Normal(F.Fma(m.Scalar(s.A2 + Hyper.SecondRest) * g, g, square));
        m.Store(s.A4 + column, square);
        return g / (F.Sqrt(square) + m.Scalar(s.A2 + Hyper.Epsilon));
    }

    private readonly struct PlainBody : IMapBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F p = m.Load(s.A0 + column);
            F step = Scaled<F, I, M, TMem>(m, in s, column, p);
            m.Store(s.A0 + column, p - (m.Scalar(s.A2 + Hyper.Rate) * m.Scalar(s.A3 + Hyper.RateFactor) * step));
        }
    }

    private readonly struct MomentumBody : IMapBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F p = m.Load(s.A0 + column);
            F step = Scaled<F, I, M, TMem>(m, in s, column, p);
            F velocity = FadedStates<F, I, M>.Cleared(
                F.Fma(m.Scalar(s.A2 + Hyper.First), m.Load(s.A5 + column), step), FadedStates<F, I, M>.LeastOfQuotients);
            m.Store(s.A5 + column, velocity);
            m.Store(s.A0 + column, p - (m.Scalar(s.A2 + Hyper.Rate) * m.Scalar(s.A3 + Hyper.RateFactor) * velocity));
        }
    }
}
