using Dsl.Host;

namespace Dsl.Gpu;

/// <summary>What makes a weight of a score.</summary>
internal interface IGpuScore
{
    /// <summary>Whether the weights of a query sum to 1, so that it has a logarithm of its sum, and its gradients
    /// Σ dO∘O.</summary>
    static abstract bool Normalized { get; }

    /// <summary>The weight of a score.</summary>
    static abstract float Weight(float score, float logSum);

    /// <summary>The gradient of a score from that of its weight.</summary>
    static abstract float Gradient(float score, float gradient, float logSum, float dot);
}

/// <summary>Softmax (Dao et al. 2022, algorithm 4).</summary>
internal readonly struct GpuSoftmax : IGpuScore
{
    public static bool Normalized => true;

    public static float Weight(float score, float logSum) => GpuMath.Exp(score - logSum);

    public static float Gradient(float score, float gradient, float logSum, float dot) =>
        Weight(score, logSum) * (gradient - dot);
}

/// <summary>A score that weighs a value by itself.</summary>
/// <typeparam name="TScore">How.</typeparam>
internal readonly struct GpuScore<TScore> : IGpuScore
    where TScore : struct, IAttentionScore
{
    public static bool Normalized => false;

    public static float Weight(float score, float logSum) =>
        TScore.Weight<GpuFloat, GpuInt, GpuMask>(new GpuFloat(score)).V;

    public static float Gradient(float score, float gradient, float logSum, float dot) =>
        TScore.Slope<GpuFloat, GpuInt, GpuMask>(new GpuFloat(score)).V * gradient;
}
