using System;

namespace Dsl;

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

/// <summary>
/// A HiPPO memory (Gu et al. 2020, "HiPPO: Recurrent Memory with Optimal Polynomial Projections", arXiv:2008.07669): [b, n, c]
/// to [b, n, c·N]. Each channel's past, up to and with a position, as its N best coefficients in an orthogonal basis,
/// where a measure says how much each moment counts: coefficient k of channel i is number i·N + k. Causal, linear,
/// nothing to learn; a step keeps c·(N + 1) numbers of each sequence.
/// </summary>
/// <remarks>
/// <para><see cref="HippoMeasure.LegS"/> knows no unit of time: position t is a step of 1/t by the trapezoidal rule, in O(N).
/// The others step by <see cref="Window"/>⁻¹ with a matrix of N² numbers, the state <c>Transition</c> [N, N + 1], whose last
/// column is what an input adds; it stays as it is made.</para>
/// <para><see cref="StateSpaces.HippoMemory"/> tells what a signal was by its coefficients. Takes numbers of segments, ints [b, n], as a
/// second input: memories begin anew with each, and a negative number hides a position.</para>
/// <para>With tensors of one position, <c>Remember(Tensor u, Tensor memory)</c>, it is one step: of a value of each channel [b, c] and
/// what was remembered before it [b, c·N], zeros at first, what is remembered then. So memories may depend on what was
/// remembered, in recurrent networks. LegS has no such step, since it depends on the position.</para>
/// <para>For sequences a second tensor is a state: <c>(Tensor Result, Tensor State) Remember(Tensor x, Tensor
/// state)</c> begins with its memories and gives those behind the last position, [b, c·N], of LegS [b, c·(N + 1)]:
/// behind each channel's coefficients is how many positions they have taken in, a whole number; it has no gradient.
/// Zeros are empty memories. Either of the two may be left out. The first segment goes on with the state, whatever its
/// number; later ones begin anew.</para>
/// </remarks>
/// <param name="order">Coefficients N of a channel: up to 256; even for <see cref="HippoMeasure.FouT"/>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HippoAttribute(object order) : LayerAttribute
{
    /// <summary>Coefficients of a channel.</summary>
    public object Order { get; } = order;

    /// <summary>How much each moment of the past counts; all alike by default.</summary>
    public HippoMeasure Measure { get; set; } = HippoMeasure.LegS;

    /// <summary>Positions of the window of <see cref="HippoMeasure.LegT"/> and <see cref="HippoMeasure.FouT"/>; of
    /// <see cref="HippoMeasure.LagT"/> those after which a moment counts less by e^(-1/2). Positive, 100 by default; not for
    /// <see cref="HippoMeasure.LegS"/>.</summary>
    public double Window { get; set; } = 100;

    /// <summary>How the equation becomes a recurrence, where the measure has a unit of time; the trapezoidal rule by
    /// default.</summary>
    public Discretization Discretization { get; set; } = Discretization.Bilinear;
}
