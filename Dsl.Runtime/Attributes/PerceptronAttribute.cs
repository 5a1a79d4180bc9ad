using System;

namespace Dsl;

/// <summary>
/// A layer of perceptrons, also called dense or fully connected: y = activation(x·Wᵀ + b).
/// Input [..., in], output [..., <see cref="Units"/>]; <c>Weight</c> [units, in], <c>Bias</c> [units].
/// </summary>
/// <remarks>
/// Every unit is Rosenblatt's perceptron (1958) with a differentiable activation in place of the step: its hand-set
/// threshold T is the learned bias b = -T. Initial values: weight and bias uniform in ±1/√in. The input width must be
/// constant, else the build reports it on the call.
/// </remarks>
/// <param name="units">Outputs per sample: an int, or a text of the size grammar; positive.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PerceptronAttribute(object units) : LayerAttribute
{
    /// <summary>Outputs per sample: an int, or a text of the size grammar.</summary>
    public object Units { get; } = units;

    /// <summary>Whether a learned offset is added; true by default.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>What is applied to every output; nothing by default.</summary>
    public Activation Activation { get; set; }
}
