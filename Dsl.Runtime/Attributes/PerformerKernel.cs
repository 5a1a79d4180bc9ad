namespace Dsl;

/// <summary>Which kernel the random features of <see cref="PerformerAttribute"/> estimate. w are the rows of
/// <c>Directions</c> [m, d], and x̃ = x·d^-¼.</summary>
public enum PerformerKernel
{
    /// <summary>exp(q·k/√d), that of softmax attention, by φ(x) = m^-½·(exp(w·x̃ - |x̃|²/2 - shift) + ε): positive, and
    /// without bias for ε = 0 (FAVOR+, Choromanski et al. 2021, eq. 5 and lemma 1).</summary>
    Softmax,

    /// <summary>The arc-cosine kernel of order 1, by φ(x) = max(w·x̃, 0) + 0.001 (generalised attention, the same,
    /// section 4.2). It is no estimate of softmax.</summary>
    Relu,
}
