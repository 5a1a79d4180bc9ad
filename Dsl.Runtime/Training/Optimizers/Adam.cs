using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl;

/// <summary>
/// Adam. g ← ∇ + λ·p; m ← β₁·m + (1 - β₁)·g; v ← β₂·v + (1 - β₂)·g²;
/// p ← p - η · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε) (Kingma and Ba 2015, arXiv:1412.6980). A g with |g| below 10⁻¹⁷, whose
/// square is hardly a number any more, counts as 0.
/// </summary>
public class Adam : Optimizer
{
    /// <summary>Describes the optimiser.</summary>
    /// <param name="rate">η, a number or a schedule.</param>
    /// <exception cref="ArgumentNullException">No rate.</exception>
    public Adam(Schedule rate)
        : base(rate)
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public float Beta1 { get; init => field = Fraction(value, nameof(Beta1)); } = 0.9f;

    /// <summary>β₂, in [0, 1).</summary>
    public float Beta2 { get; init => field = Fraction(value, nameof(Beta2)); } = 0.999f;

    /// <summary>ε, added to the root.</summary>
    public float Epsilon { get; init => field = NotNegative(value, nameof(Epsilon)); } = 1e-8f;

    private protected override IReadOnlyList<string> OwnStates => ["Mean", "Square"];

    private protected override IEnumerable<Launch> Launches(ITrainingMemory memory, long gradients) =>
        GroupLaunches.Groups<Body>(GetType().Name, this, memory, gradients, 2);

    internal override RowUpdate InPlace(ITrainingMemory memory) => GroupLaunches.InPlace<Body>(memory, 2);

    private protected override void WriteHyper(Span<float> hyper, float rate, long step)
    {
        // In double: 1 - β₂ᵗ of the first steps would keep only four digits in float.
        double beta1 = Wide(Beta1);
        double beta2 = Wide(Beta2);
        hyper[Hyper.Rate] = (float)(rate / (1 - Math.Pow(beta1, step)));
        hyper[Hyper.First] = (float)beta1;
        hyper[Hyper.FirstRest] = (float)(1 - beta1);
        hyper[Hyper.Second] = (float)beta2;
        hyper[Hyper.SecondRest] = (float)(1 - beta2);
        hyper[Hyper.Correction] = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
        hyper[Hyper.Epsilon] = Epsilon;
    }

    private readonly struct Body : IMapBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I>
        {
            F p = m.Load(s.A0 + column);
            F g = Gradients.Squarable<F, I, M, TMem>(m, in s, column, p);
            F mean = m.Load(s.A4 + column);
            mean = FadedStates<F, I, M>.Cleared(F.Fma(m.Scalar(s.A2 + Hyper.FirstRest), g - mean, mean), FadedStates<F, I, M>.LeastOfQuotients);
            F square = m.Scalar(s.A2 + Hyper.Second) * m.Load(s.A5 + column);
            square = FadedStates<F, I, M>.Normal(F.Fma(m.Scalar(s.A2 + Hyper.SecondRest) * g, g, square));
            F root = F.Fma(F.Sqrt(square), m.Scalar(s.A2 + Hyper.Correction), m.Scalar(s.A2 + Hyper.Epsilon));
            m.Store(s.A4 + column, mean);
            m.Store(s.A5 + column, square);
            m.Store(s.A0 + column, (p * m.Scalar(s.A3 + Hyper.Factor)) - (m.Scalar(s.A2 + Hyper.Rate) * m.Scalar(s.A3 + Hyper.RateFactor) * mean / root));
        }
    }
}

/// <summary>
/// Adam with decoupled weight decay: p ← (1 - η·λ)·p, then Adam's step without λ in the gradient (Loshchilov and Hutter
/// 2019,
/// arXiv:1711.05101).
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>Describes the optimiser.</summary>
    /// <param name="rate">η, a number or a schedule.</param>
    /// <exception cref="ArgumentNullException">No rate.</exception>
    public AdamW(Schedule rate)
        : base(rate) => WeightDecay = 0.01f;

    private protected override bool DecouplesDecay => true;
}
