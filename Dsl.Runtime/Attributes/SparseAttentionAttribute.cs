using System;

namespace Dsl;

/// <summary>
/// Multi-head attention to some of the positions (Child et al. 2019, "Generating Long Sequences with Sparse
/// Transformers", arXiv:1904.10509), with its projections: [b, n, c] to [b, n, c]. All heads see both parts of the
/// pattern merged (the same, eq. 8).
/// </summary>
/// <remarks>Parameters <c>Query</c>, <c>Key</c>, <c>Value</c> [heads·d, c], <c>Output</c> [c, heads·d]; with <see
/// cref="Bias"/> an offset for each. Weights are uniform in ±1/√in at first. Takes numbers of segments, ints [b, n], as
/// a second input; parts of a fixed pattern are those of the row, whatever segments are in them. The stride need not divide n. Blocks of 64
/// queries and 64 keys in which nothing is visible are left out; where something is, scores of the whole block are
/// computed. A window alone is
/// <see cref="AttentionAttribute.Window"/>.</remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each
/// is.</param>
/// <param name="stride">Positions l of a row or a part; about √n is usual.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SparseAttentionAttribute(object heads, object stride) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Positions of a row or a part.</summary>
    public object Stride { get; } = stride;

    /// <summary>Which positions are seen.</summary>
    public AttentionPattern Pattern { get; set; } = AttentionPattern.Strided;

    /// <summary>Of a fixed pattern: how many positions at the end of each part are seen from everywhere, at most the
    /// stride.</summary>
    public object Summary { get; set; } = 1;

    /// <summary>Features of a head; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Whether a position sees itself and earlier ones only; true by default.</summary>
    public bool Causal { get; set; } = true;

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }
}
