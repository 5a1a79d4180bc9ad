using System;

namespace Dsl;

/// <summary>
/// Multi-head attention to a few sums of positions (Wang et al. 2020, "Linformer: Self-Attention with Linear
/// Complexity", arXiv:2006.04768, eq. 7), with its projections: [b, n, c] to [b, n, c]. softmax(Q(EᵀK)ᵀ/√d)(FᵀV): E and
/// F [length, rank] are learned, and n·rank scores are computed instead of n².
/// </summary>
/// <remarks>
/// <para>Parameters <c>Query</c>, <c>Key</c>, <c>Value</c> [heads·d, c], <c>Output</c> [c, heads·d], uniform in ±1/√in
/// at first; with <see cref="Bias"/> an offset for each. E is <c>Weight</c> [length, rank], F <c>ValueWeight</c>,
/// uniform in ±1/√rank; without sharing [heads, length, rank], with <see cref="LinformerSharing.KeyValue"/> there is no
/// <c>ValueWeight</c>. <see cref="TiedAttribute"/> takes <c>Weight</c> from another layer.</para>
/// <para>A shorter sequence uses the first rows of E and F. A longer one is a diagnostic of the build; where n is
/// symbolic, a session throws an <see cref="ArgumentException"/> that says how long sequences may be. The layer cannot
/// be causal: each sum of positions has later ones in it. Use <see cref="LinearAttentionAttribute"/> there.</para>
/// </remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each
/// is.</param>
/// <param name="length">Positions of the longest sequence.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinformerAttribute(object heads, object length) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Positions of the longest sequence.</summary>
    public object Length { get; } = length;

    /// <summary>Sums of positions that are attended to.</summary>
    public object Rank { get; set; } = 256;

    /// <summary>Features of a head; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>Which projections of positions are the same.</summary>
    public LinformerSharing Sharing { get; set; }

    /// <summary>Whether projections of features have offsets; false by default.</summary>
    public bool Bias { get; set; }
}
