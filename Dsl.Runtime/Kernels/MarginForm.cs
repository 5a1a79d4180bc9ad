namespace Dsl.Kernels;

/// <summary>What becomes of the cosine c of an embedding with its own class.</summary>
#if DSL_GENERATOR
internal
#else
public
#endif
enum MarginForm
{
    /// <summary>c.</summary>
    None,

    /// <summary>c - m₃.</summary>
    Cosine,

    /// <summary>cos(θ + m₂) - m₃.</summary>
    Angle,

    /// <summary>cos(m₁θ + m₂) - m₃.</summary>
    General,

    /// <summary>(λ·c + ψ(θ))/(1 + λ).</summary>
    Psi,
}
