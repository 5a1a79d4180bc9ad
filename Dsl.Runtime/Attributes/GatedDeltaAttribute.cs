using System;

namespace Dsl;

/// <summary>
/// The gated delta rule (Yang et al. 2024, "Gated Delta Networks: Improving Mamba2 with Delta Rule", arXiv:2412.06464, section 3.4):
/// [b, n, c] to [b, n, c], causal. Linear attention whose state replaces what it says of a key, as much as the input says, and
/// forgets at a pace that the input says. Queries and keys have unit length, each head's result is brought to a root mean square of
/// 1, and a gate is applied.
/// </summary>
/// <remarks>Parameters <c>Query</c>, <c>Key</c> [heads·d, c], <c>Value</c>, <c>Gate</c> [heads·e, c], <c>Strength</c>, <c>Step</c>
/// [heads, c], <c>StepBias</c>, <c>LogDecay</c> [heads], <c>Output</c> [c, heads·e]; with <see cref="Bias"/> an offset for each of the
/// wide ones. The short convolutions of the paper are not part of it: <c>TokenShift</c> does in their place. Takes numbers of
/// segments, ints [b, n], as a second input: a state begins anew with each, and a negative number hides a position. A state
/// [b, heads·d·e] may be a second tensor, and the result (Tensor, Tensor): what came before, and what is left behind the last
/// position.</remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each is.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GatedDeltaAttribute(object heads) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Features d of a head's queries and keys, at most 1,024; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Features e of a head's values, at most 1,024; 0, the default: 2·d.</summary>
    public object ValueWidth { get; set; } = 0;

    /// <summary>The least step of a head at first: it keeps e to minus its rate times its step. Rates begin as 1, 2, 3 …</summary>
    public double MinStep { get; set; } = 0.001;

    /// <summary>The largest step at first.</summary>
    public double MaxStep { get; set; } = 0.1;

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }

    /// <summary>Added to the mean of squares of a head.</summary>
    public double Epsilon { get; set; } = 1e-5;
}
