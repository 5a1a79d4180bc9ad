namespace Dsl;

/// <summary>What attention makes of a score s = scale·q·k + bias before it weighs the values with it.</summary>
public enum AttentionScore
{
    /// <summary>exp(s) over the sum of exp(s) of all visible keys (Vaswani et al. 2017, eq. 1).</summary>
    Softmax,

    /// <summary>max(s, 0)² (Hua et al. 2022, "Transformer Quality in Linear Time", eq. 4).</summary>
    ReluSquared,

    /// <summary>(1 + erf((s - √½) / (√(1/(4π))·√2))) / 2 (Ma et al. 2022, "Mega", eq. 16).</summary>
    Laplace,

    /// <summary>s itself: attention with its softmax taken off.</summary>
    Identity,
}
