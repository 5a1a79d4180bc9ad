using System;

namespace Dsl;

/// <summary>What a gated attention unit makes of its scores, with n as <see cref="LengthScale"/> says.</summary>
public enum GauScore
{
    /// <summary>max(q·k/n + bias, 0)² (Hua et al. 2022, appendix).</summary>
    ReluSquared,

    /// <summary>max(q·k/√s + bias, 0)²/n with s features of a key (Su 2022).</summary>
    ReluSquaredScaled,

    /// <summary>softmax(q·k/√s + bias).</summary>
    Softmax,

    /// <summary>softmax(q·k·log n/(√s·log 512) + bias), whose entropy depends less on the length (Su 2022).</summary>
    SoftmaxPlus,

    /// <summary>The smooth step of Mega (Ma et al. 2022) of q·k/n + bias.</summary>
    Laplace,
}

/// <summary>What n is in the scores of a gated attention unit.</summary>
public enum LengthScale
{
    /// <summary><see cref="Context"/> when a context is given or the layer is causal, else <see cref="Length"/>.</summary>
    Automatic,

    /// <summary>A constant: the number of positions that the layer is trained with.</summary>
    Context,

    /// <summary>The number of positions so far.</summary>
    Position,

    /// <summary>The length of the sequence: not for a causal layer, since it depends on later positions.</summary>
    Length,
}

/// <summary>
/// The gated attention unit (Hua et al. 2022, "Transformer Quality in Linear Time", section 2), [b, n, c] to [b, n, c], with its
/// norm and residual: x + (U∘A·V)·Wₒ, where U and V are halves of silu(norm(x)·W) and A are weights of attention with one head of
/// queries and keys from a shared representation. Two of them take the place of attention and feed-forward layer.
/// </summary>
/// <remarks>Parameters: <c>Gain</c>, <c>Offset</c> [c] of the norm; <c>Expand</c> [2·e, c] (gate, then values), <c>Shared</c>
/// [s, c], <c>Output</c> [c, e] and their offsets <c>ExpandBias</c>, <c>SharedBias</c>, <c>OutputBias</c>; <c>QueryGain</c>,
/// <c>QueryOffset</c>, <c>KeyGain</c>, <c>KeyOffset</c> [s], gains normal with deviation 0.02 at first; <c>Relative</c>
/// [buckets, 1], normal with deviation 0.02: zeros learn far more slowly.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GauAttribute : LayerAttribute
{
    /// <summary>e, the features of gate and values; 0, the default: twice those of the input.</summary>
    public object Width { get; set; } = 0;

    /// <summary>s, the features of queries and keys; 128 by default.</summary>
    public object KeyWidth { get; set; } = 128;

    /// <summary>What is made of scores.</summary>
    public GauScore Score { get; set; }

    /// <summary>Whether a position sees itself and earlier ones only.</summary>
    public bool Causal { get; set; }

    /// <summary>What n is.</summary>
    public LengthScale LengthScale { get; set; }

    /// <summary>n, where it is a constant.</summary>
    public object Context { get; set; } = 0;

    /// <summary>Buckets of distances with a learned bias (Raffel et al. 2020); 32 by default, 0: none.</summary>
    public object Buckets { get; set; } = 32;

    /// <summary>The distance from which on all are in the last bucket.</summary>
    public object MaxDistance { get; set; } = 128;

    /// <summary>Whether queries and keys are turned by their positions (Su et al. 2021).</summary>
    public bool Rope { get; set; }

    /// <summary>The base of its frequencies.</summary>
    public double RopeBase { get; set; } = 10000;

    /// <summary>ε of the norm.</summary>
    public double Epsilon { get; set; } = 1e-5;
}
