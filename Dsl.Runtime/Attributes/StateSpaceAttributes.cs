using System;

namespace Dsl;

/// <summary>Imaginary parts that the states of a diagonal state space begin with; all real parts begin at -1/2 (Gu et al. 2022,
/// arXiv:2206.11893, section 4).</summary>
public enum StateSpectrum
{
    /// <summary>πn (S4D-Lin).</summary>
    Linear,

    /// <summary>N/π·(N/(2n + 1) - 1) with N states (S4D-Inv).</summary>
    Inverse,

    /// <summary>Those of the normal part of HiPPO-LegS (S4D-LegS).</summary>
    LegS,
}

/// <summary>How a differential equation becomes a recurrence.</summary>
public enum Discretization
{
    /// <summary>Exact for an input that stays between positions.</summary>
    ZeroOrderHold,

    /// <summary>The trapezoidal rule.</summary>
    Bilinear,
}

/// <summary>How a recurrence that is the same at all positions is computed. Results differ by roundings only.</summary>
public enum StateSpaceForm
{
    /// <summary>As is expected to take less time at the sizes of <c>[Model(Example = …)]</c>; the dump of the schedule says
    /// why. Where these do not have the batch and the length, and with segments: the recurrence.</summary>
    Cheapest,

    /// <summary>Position by position: what later positions hold changes no bit of a result.</summary>
    Recurrence,

    /// <summary>By Fourier transforms, as a convolution with its response to an impulse.</summary>
    Convolution,
}

/// <summary>
/// A diagonal state space layer, S4D (Gu et al. 2022, "On the Parameterization and Initialization of Diagonal State Space Models",
/// arXiv:2206.11893): [b, n, c] to [b, n, c]. Each channel drives complex states x' = A·x + u and reads y = 2·Re(C·x) + D·u, in
/// steps Δ of its own; then an activation, and a product with twice the channels, half of which gate the others by
/// sigmoid. It takes sequences of any length, and steps with a state of constant size.
/// </summary>
/// <remarks>Parameters with m = <see cref="StateWidth"/>/2: <c>LogStep</c> [c], log Δ; <c>LogDecay</c>, <c>Frequency</c> [c, m],
/// A = -e^LogDecay + i·Frequency, so no state can grow; <c>WeightReal</c>, <c>WeightImaginary</c> [c, m], C, with B = 1; <c>Skip</c>
/// [c], D; <c>Output</c> [2·c, c], <c>OutputBias</c> [2·c]; with <see cref="Bidirectional"/> <c>LaterWeightReal</c>,
/// <c>LaterWeightImaginary</c>, too. Weight decay is not applied to the first seven. Takes numbers of segments, ints [b, n], as a
/// second input: states begin anew with each, and a negative number hides a position. A state [b, c·StateWidth]
/// may be a second tensor, and the result (Tensor, Tensor): what came before, and what is left behind the last position.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class S4DAttribute : LayerAttribute
{
    /// <summary>Numbers of a state, in conjugate pairs: even; 64 by default.</summary>
    public object StateWidth { get; set; } = 64;

    /// <summary>The frequencies that states begin with.</summary>
    public StateSpectrum Spectrum { get; set; }

    /// <summary>How a step is taken.</summary>
    public Discretization Discretization { get; set; }

    /// <summary>The least step that a channel begins with; steps begin log-uniform.</summary>
    public double MinStep { get; set; } = 1e-3;

    /// <summary>The largest step that a channel begins with.</summary>
    public double MaxStep { get; set; } = 0.1;

    /// <summary>Whether later positions count, too: another y with the same states from the end, and weights of its
    /// own.</summary>
    public bool Bidirectional { get; set; }

    /// <summary>The activation.</summary>
    public Activation Activation { get; set; } = Activation.Gelu;

    /// <summary>Whether the gated product follows; true by default.</summary>
    public bool Mix { get; set; } = true;

    /// <summary>How the states of all positions are computed; a session that takes them one by one does not
    /// ask.</summary>
    public StateSpaceForm Form { get; set; }
}

/// <summary>
/// The linear recurrent unit (Orvieto et al. 2023, "Resurrecting Recurrent Neural Networks for Long Sequences", arXiv:2303.06349,
/// section 3): [b, n, c] to [b, n, c], causal. h_t = λ·h_{t-1} + γ·(B·u_t), y = Re(C·h) + D·u, with complex states.
/// </summary>
/// <remarks>Parameters with N = <see cref="StateWidth"/>: <c>LogDecay</c>, <c>LogPhase</c>, <c>LogScale</c> [N], λ = e^(-e^LogDecay +
/// i·e^LogPhase), which is inside the unit circle, and γ = e^LogScale, √(1 - |λ|²) at first; <c>InputReal</c>,
/// <c>InputImaginary</c> [N, c], B; <c>OutputReal</c>, <c>OutputImaginary</c> [c, N], C; <c>Skip</c> [c], D. Takes numbers of segments,
/// ints [b, n], as a second input: states begin anew with each, and a negative number hides a position. A state [b, 2·N]
/// may be a second tensor, and the result (Tensor, Tensor): what came before, and what is left behind the last position.</remarks>
/// <param name="stateWidth">Complex states N.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LruAttribute(object stateWidth) : LayerAttribute
{
    /// <summary>Complex states N.</summary>
    public object StateWidth { get; } = stateWidth;

    /// <summary>The least |λ| at first; λ is uniform in a ring.</summary>
    public double MinRadius { get; set; }

    /// <summary>The largest |λ| at first; above MinRadius, up to 1.</summary>
    public double MaxRadius { get; set; } = 1;

    /// <summary>The largest angle of λ at first, up to 2π.</summary>
    public double MaxPhase { get; set; } = 6.2831855;
}

/// <summary>
/// The block of Mamba (Gu and Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", arXiv:2312.00752,
/// section 3.4): [b, n, c] to [b, n, c], causal. With e = <see cref="Expand"/>·c channels u and z of the input, u passes a causal
/// convolution of each channel and SiLU; then h_t = e^{Δ_t·A}·h_{t-1} + Δ_t·u_t·B_t and y_t = C_t·h_t + D·u_t for each channel, where
/// the step Δ, B and C depend on u; y·silu(z) goes through the last product. It takes sequences of any length, and steps with a state
/// of constant size.
/// </summary>
/// <remarks>Parameters with N = <see cref="StateWidth"/>, k = <see cref="Kernel"/> and r = <see cref="StepRank"/>: <c>Input</c> [2·e, c], u
/// before z; <c>Convolution</c> [e, k], the last one for the position itself, <c>ConvolutionBias</c> [e]; <c>Selection</c> [r + 2·N, e],
/// of what steps are made of, B and C; <c>Step</c> [e, r], <c>StepBias</c> [e], Δ = softplus(…); <c>LogDecay</c> [e, N], A = -e^LogDecay, at
/// first -1, …, -N; <c>Skip</c> [e], D; <c>Output</c> [c, e]; with <see cref="Bias"/> <c>InputBias</c> and <c>OutputBias</c>. Weight decay
/// is not applied to biases, LogDecay and Skip. Takes numbers of segments, ints [b, n], as a second input: states and
/// convolutions begin anew with each, and a negative number hides a position. A state [b, e·(k - 1 + N)]
/// may be a second tensor, and the result (Tensor, Tensor): what came before, and what is left behind the last position.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MambaAttribute : LayerAttribute
{
    /// <summary>States N of each channel; 16 by default, at most 256.</summary>
    public object StateWidth { get; set; } = 16;

    /// <summary>Positions k that the convolution sees; 4 by default.</summary>
    public object Kernel { get; set; } = 4;

    /// <summary>Inner channels for each channel of the input; 2 by default.</summary>
    public object Expand { get; set; } = 2;

    /// <summary>Numbers r that the steps of all channels are made of; 0, the default, is c/16 rounded up.</summary>
    public object StepRank { get; set; } = 0;

    /// <summary>The least step that a channel begins with; steps begin log-uniform, and at least 1e-4.</summary>
    public double MinStep { get; set; } = 1e-3;

    /// <summary>The largest step that a channel begins with.</summary>
    public double MaxStep { get; set; } = 0.1;

    /// <summary>Whether the first and the last product have offsets.</summary>
    public bool Bias { get; set; }
}
