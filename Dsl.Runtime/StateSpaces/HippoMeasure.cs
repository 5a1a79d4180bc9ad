namespace Dsl.StateSpaces;

/// <summary>How much each moment of the past counts where a signal is remembered by coefficients of an orthogonal basis (Gu et al. 2020,
/// "HiPPO: Recurrent Memory with Optimal Polynomial Projections", arXiv:2008.07669).</summary>
public enum HippoMeasure
{
    /// <summary>All moments since the beginning alike, by Legendre polynomials (the paper's equation 3).</summary>
    LegS,

    /// <summary>A window of a given length, by Legendre polynomials (equation 1).</summary>
    LegT,

    /// <summary>Less by e^(-1/2) with every unit of time, by Laguerre functions (equation 2).</summary>
    LagT,

    /// <summary>A window of a given length, by sines and cosines (appendix D.4).</summary>
    FouT,
}
