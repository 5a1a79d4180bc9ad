using System;

namespace Dsl;

/// <summary>
/// Multi-head attention (Vaswani et al. 2017) with its projections: [b, n, c] to [b, n, c]. Of one input it attends to itself;
/// a second tensor [b, m, c'] is where keys and values come from; ints [b, n] number segments (see
/// <see cref="Functions.Attend"/>). Compiled, no scores are stored, forward or backward.
/// </summary>
/// <remarks>Parameters <c>Query</c> [heads·d, c], <c>Key</c> and <c>Value</c> [keyHeads·d, c'], <c>Output</c> [c, heads·d]; with
/// <see cref="Bias"/> the same with an offset each (<c>QueryBias</c>, …); with <see cref="NormalizeKeys"/> <c>QueryGain</c> and
/// <c>KeyGain</c> [d]; with <see cref="Buckets"/> <c>Relative</c> [buckets, heads]. Weights are uniform in ±1/√in at first.
/// Where it is causal and has a <see cref="Window"/>, a second tensor [b, s] is a state, and the result may be (Tensor, Tensor): what
/// came before, and what is left behind the last position; docs/state-spaces.md has its length. Segments are of neighbours
/// then.</remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each is.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AttentionAttribute(object heads) : LayerAttribute
{
    /// <summary>Heads of the queries.</summary>
    public object Heads { get; } = heads;

    /// <summary>Heads of keys and values, a divisor of <see cref="Heads"/> (grouped queries, Ainslie et al. 2023); 0, the
    /// default: as many.</summary>
    public object KeyHeads { get; set; } = 0;

    /// <summary>Features of a head; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Whether a position sees itself and earlier ones only.</summary>
    public bool Causal { get; set; }

    /// <summary>A position sees those less than so many away; 0, the default: all.</summary>
    public object Window { get; set; } = 0;

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }

    /// <summary>Whether queries and keys are turned by their positions (Su et al. 2021, halves as pairs).</summary>
    public bool Rope { get; set; }

    /// <summary>The base of its frequencies.</summary>
    public double RopeBase { get; set; } = 10000;

    /// <summary>Whether each head of queries and keys is divided by the root of its mean square and scaled by a learned gain:
    /// scores stay bounded (Henry et al. 2020, "Query-Key Normalization").</summary>
    public bool NormalizeKeys { get; set; }

    /// <summary>Buckets of distances that have a learned bias for each head (Raffel et al. 2020); 0, the default: none.</summary>
    public object Buckets { get; set; } = 0;

    /// <summary>The distance from which on all are in the last bucket.</summary>
    public object MaxDistance { get; set; } = 128;
}
