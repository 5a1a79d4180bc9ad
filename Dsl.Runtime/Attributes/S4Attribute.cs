using System;

namespace Dsl;

/// <summary>
/// A structured state space layer, S4 (Gu et al. 2021, "Efficiently Modeling Long Sequences with Structured State
/// Spaces", arXiv:2111.00396): [b, n, c] to [b, n, c]. Each channel drives complex states x' = A·x + B·u and reads y =
/// 2·Re(C·x) + D·u, in steps Δ of its own by the trapezoidal rule, where A = Λ - P·P* begins as HiPPO-LegS in the basis
/// of its normal part; then an activation, and a product with twice the channels, half of which gate the others by
/// sigmoid. It takes sequences of any length, and steps with a state of constant size.
/// </summary>
/// <remarks>
/// <para>Parameters with m = <see cref="StateWidth"/>/2: <c>LogStep</c> [c], log Δ; <c>LogDecay</c>, <c>Frequency</c>
/// [c, m], Λ = -e^LogDecay + i·Frequency; <c>LowRankReal</c>, <c>LowRankImaginary</c> [c, m], P; <c>InputReal</c>,
/// <c>InputImaginary</c> [c, m], B; <c>WeightReal</c>, <c>WeightImaginary</c> [c, m], C; <c>Skip</c> [c], D;
/// <c>Output</c> [2·c, c], <c>OutputBias</c> [2·c]; with <see cref="Bidirectional"/> <c>LaterWeightReal</c>,
/// <c>LaterWeightImaginary</c>, too. A + A* is negative whatever is learned, so no state can grow. Weight decay is not
/// applied to what has one row for each channel, and all of it but C and D learns slowly.</para>
/// <para>C is that of the state space itself, not the C·(1 - Āᴸ) of a greatest length L, so there is none. A position
/// is O(m) by Woodbury's identity. Where it pays, sequences are convolved with the response to an impulse, the kernel, by
/// Fourier transforms (<see cref="Form"/>).</para>
/// <para>Takes numbers of segments, ints [b, n], as a second input: states begin anew with each, and a negative number
/// hides a position. A state [b, c·StateWidth] may be a second tensor, and the result (Tensor, Tensor): what came before, and what
/// is left behind the last position.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class S4Attribute : LayerAttribute
{
    /// <summary>Numbers of a state, in conjugate pairs: even, up to 256; 64 by default.</summary>
    public object StateWidth { get; set; } = 64;

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
