using System;

namespace Dsl;

/// <summary>
/// Time mixing of RWKV-6 (Peng et al. 2024, "Eagle and Finch", arXiv:2404.05892, section 4): [b, n, c] to [b, n, c], causal. Linear
/// attention whose state decays feature by feature, by as much as the input says; a position's own key and value count by
/// a bonus. The result is not divided by √d.
/// </summary>
/// <remarks>What the layer sees of a position is mixed with the position before. Parameters: <c>Mix</c> and <c>DecayMix</c>,
/// <c>KeyMix</c>, <c>ValueMix</c>, <c>ReceptanceMix</c>, <c>GateMix</c> [c], weights of the position itself, from 0 to 1 at first;
/// <c>MixDown</c> [5·m, c] and <c>DecayMixUp</c> … <c>GateMixUp</c> [c, m], by how much the input changes those;
/// <c>Receptance</c>, <c>Key</c>, <c>Value</c>, <c>Gate</c>, <c>Output</c> [c, c]; <c>DecayBase</c> [c], the logarithm of how
/// fast a feature is forgotten, from -6 to -1 at first, <c>DecayDown</c> [r, c] and <c>DecayUp</c> [c, r], by how much the
/// input changes it; <c>Bonus</c> [heads, d]; <c>NormGain</c>, <c>NormOffset</c> [c] of the norm of each head. Takes numbers of
/// segments, ints [b, n], as a second input: a state begins anew with each, and a negative number hides a
/// position. A state [b, c + c·d] may be a second tensor, and the result (Tensor, Tensor): what came before, and what is left behind
/// the last position.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class Rwkv6Attribute : LayerAttribute
{
    /// <summary>Features d of a head, a divisor of those of the input; 64 by default.</summary>
    public object HeadWidth { get; set; } = 64;

    /// <summary>Features m of what changes the mixing.</summary>
    public object MixRank { get; set; } = 32;

    /// <summary>Features r of what changes the decay.</summary>
    public object DecayRank { get; set; } = 64;

    /// <summary>Added to the variance of a head.</summary>
    public double Epsilon { get; set; } = 64e-5;
}

/// <summary>
/// Time mixing of RWKV-4 (Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer Era", arXiv:2305.13048, equations 11 to 17):
/// [b, n, c] to [b, n, c], causal. Each feature takes the mean of earlier values, weighed by e to their keys less their
/// distance times a rate, and of its own, weighed by e to its key and a bonus; a gate follows. Keys of any size are exact.
/// </summary>
/// <remarks>Parameters: <c>KeyMix</c>, <c>ValueMix</c>, <c>ReceptanceMix</c> [c], weights of the position itself against the one
/// before, from 0 to 1 at first; <c>Key</c>, <c>Value</c>, <c>Receptance</c>, <c>Output</c> [c, c]; <c>Decay</c> [c], logarithms of the
/// rates, from -5 to 3 at first; <c>Bonus</c> [c]. Takes numbers of segments, ints [b, n], as a second input. A
/// state [b, 4·c] may be a second tensor, and the result (Tensor, Tensor): what came before, and what is left behind the last
/// position.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class Rwkv4Attribute : LayerAttribute
{
}

/// <summary>
/// Channel mixing of RWKV (Peng et al. 2023, arXiv:2305.13048, equations 18 to 20): [b, n, c] to [b, n, c]. σ(r)·(V·relu(k)²) with r
/// and k of each position mixed with the one before.
/// </summary>
/// <remarks>Parameters: <c>KeyMix</c>, <c>ReceptanceMix</c> [c], weights of the position itself, from 0 to 1 at first; <c>Key</c>
/// [width, c], <c>Value</c> [c, width], <c>Receptance</c> [c, c]. Takes numbers of segments, ints [b, n], as a second
/// input. A state [b, c] may be a second tensor, and the result (Tensor, Tensor): the position before, and the last
/// one.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RwkvChannelMixAttribute : LayerAttribute
{
    /// <summary>Features inside; 0, the default: four times those of the input.</summary>
    public object Width { get; set; } = 0;
}
