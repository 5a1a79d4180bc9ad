using System;

namespace Dsl;

/// <summary>
/// Multi-head attention in linear time (Katharopoulos et al. 2020, "Transformers are RNNs") with its projections: [b, n, c] to
/// [b, n, c]. exp(q·k) gives way to φ(q)·φ(k), so keys and values need be seen only through their sum of outer products.
/// </summary>
/// <remarks>Parameters <c>Query</c>, <c>Key</c>, <c>Value</c> [heads·d, c], <c>Output</c> [c, heads·d]; with <see cref="Bias"/>
/// an offset for each. Weights are uniform in ±1/√in at first. Where it is causal a state may be a second tensor, and the result
/// (Tensor, Tensor): what came before, and what is left behind the last position; docs/state-spaces.md has its length.</remarks>
/// <param name="heads">Heads: they divide the width of the input unless <see cref="Width"/> says how wide each is.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinearAttentionAttribute(object heads) : LayerAttribute
{
    /// <summary>Heads.</summary>
    public object Heads { get; } = heads;

    /// <summary>Features of a head; 0, the default: those of the input over the heads.</summary>
    public object Width { get; set; } = 0;

    /// <summary>What queries and keys become.</summary>
    public FeatureMap FeatureMap { get; set; }

    /// <summary>Whether a position sees itself and earlier ones only.</summary>
    public bool Causal { get; set; }

    /// <summary>Whether the result is divided by the sum of its weights; true by default. Without a feature map
    /// (<see cref="FeatureMap.Identity"/>) weights may be negative, and nothing is divided.</summary>
    public bool Normalize { get; set; } = true;

    /// <summary>Whether projections have offsets; false by default.</summary>
    public bool Bias { get; set; }

    /// <summary>Added to the sum of weights.</summary>
    public double Epsilon { get; set; } = 1e-6;
}
