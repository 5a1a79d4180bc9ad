using System;

namespace Dsl;

/// <summary>
/// The gated attention unit in linear time (Hua et al. 2022, "Transformer Quality in Linear Time", section 3.2: FLASH, mixed
/// chunk attention), [b, n, c] to [b, n, c]: max(q·k/chunk + bias, 0)² within chunks, and linear attention across them; causal of
/// the chunks before, else of all positions, over their number.
/// </summary>
/// <remarks>Parameters: <c>Gain</c> [1] of the norm, which divides by the length over √c; the others as for
/// <see cref="GauAttribute"/>, with <c>LinearQueryGain</c>, <c>LinearQueryOffset</c>, <c>LinearKeyGain</c> and
/// <c>LinearKeyOffset</c> [s] for the part across chunks. Where it is causal a state may be a second tensor, and the result (Tensor,
/// Tensor): what came before, and what is left behind the last position, which may lie inside a chunk; docs/state-spaces.md has its
/// length.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FlashAttribute : LayerAttribute
{
    /// <summary>e, the features of gate and values; 0, the default: twice those of the input.</summary>
    public object Width { get; set; } = 0;

    /// <summary>s, the features of queries and keys; 128 by default.</summary>
    public object KeyWidth { get; set; } = 128;

    /// <summary>Positions of a chunk; 256 by default.</summary>
    public object Chunk { get; set; } = 256;

    /// <summary>Whether a position sees itself and earlier ones only.</summary>
    public bool Causal { get; set; }

    /// <summary>Buckets of distances with a learned bias (Raffel et al. 2020); 32 by default, 0: none.</summary>
    public object Buckets { get; set; } = 32;

    /// <summary>The distance from which on all are in the last bucket.</summary>
    public object MaxDistance { get; set; } = 128;

    /// <summary>The least length, over √c, that the norm divides by.</summary>
    public double Epsilon { get; set; } = 1e-5;
}
