using System;

namespace Dsl;

/// <summary>
/// Batch normalisation: y = activation(gain·(x - mean)/√(variance + ε) + bias) for each channel. In training mean and
/// variance are those of the batch, over all axes but the channels; otherwise the running ones, so that it is a factor
/// and an offset. Input and output [b, c], [b, c, l] or [b, c, h, w]; <c>Gain</c> and <c>Bias</c> [c], states
/// <c>RunningMean</c> and <c>RunningVariance</c> [c].
/// </summary>
/// <remarks>
/// Ioffe and Szegedy 2015, arXiv:1502.03167. The batch's variance divides by n, the running one is fed n/(n - 1) of it
/// (unchanged when n is 1). r ← (1 - momentum)·r + momentum·batch after every step that is taken; a step that is
/// refused leaves the states alone. Gain and bias do not decay.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BatchNormAttribute : LayerAttribute
{
    /// <summary>The weight of a batch in the running statistics; from 0 to 1, 0.1 by default.</summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>What is added to the variance; above 0, 10⁻⁵ by default.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>What is applied to every output; nothing by default.</summary>
    public Activation Activation { get; set; }
}
