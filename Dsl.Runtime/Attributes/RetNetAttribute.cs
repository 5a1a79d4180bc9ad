using System;

namespace Dsl;

/// <summary>
/// Multi-scale retention (Sun et al. 2023, "Retentive Network", arXiv:2307.08621, equation 8): [b, n, c] to [b, n, c], causal.
/// Linear attention whose state forgets: head h keeps 1 - 2^(-5-h) of it from one position to the next. Each head's result is
/// brought to a root mean square of 1, and a gate is applied.
/// </summary>
/// <remarks>Parameters <c>Query</c>, <c>Key</c> [heads·d, c], <c>Value</c>, <c>Gate</c> [heads·e, c], <c>Output</c> [c, heads·e]; with
/// <see cref="Bias"/> an offset for each. Keys are divided by √d. Takes numbers of segments, ints [b, n], as a
/// second input: a state begins anew with each, and a negative number hides a position. A state [b, heads·d·e] may be a
/// second tensor, and the result (Tensor, Tensor): what came before, and what is left behind the last position.</remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each is.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RetNetAttribute(object heads) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Features d of a head's queries and keys; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Features e of a head's values; 0, the default: 2·d.</summary>
    public object ValueWidth { get; set; } = 0;

    /// <summary>Whether queries and keys are turned by their positions (Su et al. 2021), features in neighbouring pairs; true by
    /// default.</summary>
    public bool Rope { get; set; } = true;

    /// <summary>The base of the frequencies.</summary>
    public double RopeBase { get; set; } = 10000;

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }

    /// <summary>Added to the mean of squares of a head.</summary>
    public double Epsilon { get; set; } = 1e-5;
}
