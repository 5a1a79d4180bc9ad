namespace Dsl;

/// <summary>
/// What the logit of a sample's own class is made of. θ is the angle between an embedding x and the row w of a class, c its
/// cosine; all other classes have the logit without a margin.
/// </summary>
public enum Margin
{
    /// <summary>x·w + b, no margin.</summary>
    Softmax,

    /// <summary>|x|·c: rows are normalised, and there is no offset (Liu et al. 2017, "SphereFace", equation 3).</summary>
    Modified,

    /// <summary>s·c (Wang et al. 2017, "NormFace").</summary>
    NormFace,

    /// <summary>|w|·|x|·(λ·c + ψ(θ))/(1 + λ), the others |w|·|x|·c; ψ(θ) = (-1)ᵏ·cos(mθ) - 2k in the k-th of m equal parts of
    /// 0 … π, m = <see cref="MarginSoftmaxAttribute.Factor"/> (Liu et al. 2016, "Large-Margin Softmax Loss", equation 6).</summary>
    LSoftmax,

    /// <summary>|x|·(λ·c + ψ(θ))/(1 + λ), the others |x|·c (Liu et al. 2017, "SphereFace", equation 7).</summary>
    ASoftmax,

    /// <summary>s·(c - m), m = <see cref="MarginSoftmaxAttribute.Cosine"/> (Wang et al. 2018, "CosFace", equation 4; the same year
    /// "Additive Margin Softmax").</summary>
    CosFace,

    /// <summary>s·cos(θ + m), m = <see cref="MarginSoftmaxAttribute.Angle"/> (Deng et al. 2019, "ArcFace", equation 3).</summary>
    ArcFace,

    /// <summary>s·(cos(m₁θ + m₂) - m₃): <see cref="MarginSoftmaxAttribute.Factor"/>, <see cref="MarginSoftmaxAttribute.Angle"/> and
    /// <see cref="MarginSoftmaxAttribute.Cosine"/> (Deng et al. 2019, "ArcFace", equation 4).</summary>
    Combined,
}
