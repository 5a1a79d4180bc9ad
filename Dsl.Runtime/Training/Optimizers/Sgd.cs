using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl;

/// <summary>
/// Stochastic gradient descent. g ← ∇ + λ·p; v ← μ·v + g; p ← p - η·v, or with Nesterov's look-ahead p ← p - η·(g +
/// μ·v)
/// (Sutskever et al. 2013, ICML; the velocity is not scaled by 1 - μ, as in PyTorch without dampening).
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Describes the optimiser.</summary>
    /// <param name="rate">η, a number or a schedule.</param>
    /// <exception cref="ArgumentNullException">No rate.</exception>
    public Sgd(Schedule rate)
        : base(rate)
    {
    }

    /// <summary>μ, in [0, 1). At 0 no velocity is stored.</summary>
    public float Momentum { get; init => field = Fraction(value, nameof(Momentum)); }

    /// <summary>Steps along the gradient at the place the velocity leads to. Without momentum it changes
    /// nothing.</summary>
    public bool Nesterov { get; init; }

    private protected override IReadOnlyList<string> OwnStates => Momentum > 0f ? ["Velocity"] : [];

    private protected override IEnumerable<Launch> Launches(ITrainingMemory memory, long gradients) => Momentum > 0f
        ? GroupLaunches.Groups<MomentumBody>("Sgd", this, memory, gradients, 1)
        : GroupLaunches.Groups<PlainBody>("Sgd", this, memory, gradients, 0);

    internal override RowUpdate InPlace(ITrainingMemory memory) => Momentum > 0f
        ? GroupLaunches.InPlace<MomentumBody>(memory, 1)
        : GroupLaunches.InPlace<PlainBody>(memory, 0);

    private protected override void WriteHyper(Span<float> hyper, float rate, long step)
    {
        hyper[Hyper.Rate] = rate;
        hyper[Hyper.First] = Momentum;
        hyper[Hyper.FirstRest] = Nesterov ? 1f : 0f;
        hyper[Hyper.Correction] = Nesterov ? Momentum : 1f;
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
            F g = Gradients.Decayed<F, I, M, TMem>(m, in s, column, p);
            m.Store(s.A0 + column, p - (m.Scalar(s.A2 + Hyper.Rate) * m.Scalar(s.A3 + Hyper.RateFactor) * g));
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
            F g = Gradients.Decayed<F, I, M, TMem>(m, in s, column, p);
            F velocity = FadedStates<F, I, M>.Cleared(
                F.Fma(m.Scalar(s.A2 + Hyper.First), m.Load(s.A4 + column), g), FadedStates<F, I, M>.LeastOfQuotients);
            F step = (m.Scalar(s.A2 + Hyper.FirstRest) * g) + (m.Scalar(s.A2 + Hyper.Correction) * velocity);
            m.Store(s.A4 + column, velocity);
            m.Store(s.A0 + column, p - (m.Scalar(s.A2 + Hyper.Rate) * m.Scalar(s.A3 + Hyper.RateFactor) * step));
        }
    }
}
