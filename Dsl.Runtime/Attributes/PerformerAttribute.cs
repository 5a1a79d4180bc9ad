using System;

namespace Dsl;

/// <summary>
/// Multi-head attention in linear time by random features, FAVOR+ (Choromanski et al. 2021, "Rethinking Attention with
/// Performers", arXiv:2009.14794), with its projections: [b, n, c] to [b, n, c]. φ(q)·φ(k) estimates exp(q·k/√d), so
/// the layer estimates <see cref="AttentionAttribute"/>; the error falls as 1/m with the number m of features.
/// </summary>
/// <remarks>
/// <para>Parameters <c>Query</c>, <c>Key</c>, <c>Value</c> [heads·d, c], <c>Output</c> [c, heads·d]; with <see
/// cref="Bias"/> an offset for each. Weights are uniform in ±1/√in at first. The state <c>Directions</c> [m, d], shared
/// by all heads, has blocks of d orthogonal rows (<see cref="Initializer.OrthogonalRows"/>). It does not learn, and is
/// saved in checkpoints;
/// <see cref="TrainerOptions.RedrawInterval"/> draws it anew.</para>
/// <para>Exponents are shifted so that nothing overflows: those of a query by its largest, those of keys by the largest
/// of a head over all positions. The second shift sees later positions, so a causal layer cannot have it: with ε > 0,
/// later keys would change earlier results. It has ε = 0, where shifts cancel in the ratio, and measures the keys of
/// each feature from its largest exponent so far, to which a decay brings earlier sums down. Nothing overflows, and
/// nothing that counts underflows, of whatever length queries and keys are.</para>
/// <para>Takes numbers of segments, ints [b, n], as a second input; where it is not causal, with ε = 0.</para>
/// <para>Where it is causal a state may be a further tensor, and the result (Tensor, Tensor): what came before, and what is left
/// behind the last position; docs/state-spaces.md has its length. A state holds for the <c>Directions</c> that it was made
/// with.</para>
/// </remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each
/// is.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PerformerAttribute(object heads) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Features d of a head; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Random features m of a head; 0, the default: ⌊d·ln d⌋, at least 1.</summary>
    public object Features { get; set; } = 0;

    /// <summary>Which kernel they estimate.</summary>
    public PerformerKernel Kernel { get; set; }

    /// <summary>Whether a position sees itself and earlier ones only.</summary>
    public bool Causal { get; set; }

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }

    /// <summary>ε of the kernel <see cref="PerformerKernel.Softmax"/>: it bounds weights from below, and biases them.
    /// At least 0; a causal layer has 0, and may not be given another one.</summary>
    public double Epsilon { get; set; } = 1e-4;
}
