using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>A score that weighs a value by itself, without looking at other keys.</summary>
internal interface IAttentionScore
{
    /// <summary>The weight of a score.</summary>
    static abstract F Weight<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;

    /// <summary>The weight's derivative.</summary>
    static abstract F Slope<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>;
}

/// <summary><see cref="AttentionScore.ReluSquared"/>.</summary>
internal readonly struct ReluSquaredScore : IAttentionScore
{
    public static F Weight<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F positive = F.Max(score, F.Splat(0f));
        return positive * positive;
    }

    public static F Slope<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F positive = F.Max(score, F.Splat(0f));
        return positive + positive;
    }
}

/// <summary><see cref="AttentionScore.Laplace"/>.</summary>
internal readonly struct LaplaceScore : IAttentionScore
{
    /// <summary>√½.</summary>
    private const float Mean = 0.70710678f;

    /// <summary>1 / (√(1/(4π))·√2) = √(2π).</summary>
    private const float Steepness = 2.50662827f;

    /// <summary>Steepness / √π: the slope at the mean.</summary>
    private const float Peak = 1.41421356f;

    public static F Weight<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F half = F.Splat(0.5f);
        return F.Fma(half, Lanes.Erf<F, I, M>((score - F.Splat(Mean)) * F.Splat(Steepness)), half);
    }

    public static F Slope<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F x = (score - F.Splat(Mean)) * F.Splat(Steepness);
        return F.Splat(Peak) * F.Exp(-(x * x));
    }
}

/// <summary><see cref="AttentionScore.Identity"/>.</summary>
internal readonly struct IdentityScore : IAttentionScore
{
    public static F Weight<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => score;

    public static F Slope<F, I, M>(F score)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M> => F.Splat(1f);
}
