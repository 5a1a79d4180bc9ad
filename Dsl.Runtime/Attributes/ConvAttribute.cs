using System;

namespace Dsl;

/// <summary>
/// A convolution of images (strictly: a cross-correlation), y = activation(x ⋆ W + b).
/// Input [b, in, h, w], output [b, <see cref="Channels"/>, h', w'] with h' = ⌊(h + 2·padding - dilation·(kernel-1) -
/// 1)/stride⌋ + 1 and w' alike; <c>Weight</c> [channels, in/groups, kernel, kernel], <c>Bias</c> [channels].
/// Over sequences, input [b, in, l], output [b, <see cref="Channels"/>, l'], <c>Weight</c> [channels, in/groups,
/// kernel].
/// </summary>
/// <remarks>
/// y[n,o,i,j] = b[o] + Σ over c,u,v of W[o,c,u,v]·x[n, g·in/groups + c, i·stride - padding + u·dilation, …], where g is
/// the group of o; outside the image x is 0. Initial values: weight and bias uniform in ±1/√(in/groups·kernel²). The
/// build reports sizes that are not positive, a window larger than the padded image, and channel counts that the groups
/// do not divide.
/// </remarks>
/// <param name="channels">Output channels: an int, or a text of the size grammar.</param>
/// <param name="kernel">Height and width of the window: an int, or a text of the size grammar; <c>"3, 5"</c> is 3 high
/// and 5 wide.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConvAttribute(object channels, object kernel) : LayerAttribute
{
    /// <summary>Output channels: an int, or a text of the size grammar.</summary>
    public object Channels { get; } = channels;

    /// <summary>Height and width of the window: an int, or a text of the size grammar; <c>"3, 5"</c> is 3 high and 5
    /// wide.</summary>
    public object Kernel { get; } = kernel;

    /// <summary>Input pixels between neighbouring windows; 1 by default. <c>"2, 1"</c> is 2 down and 1
    /// across.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>Zero pixels added on every side; 0 by default. <c>"1, 2"</c> adds 1 above and below and 2 at the left
    /// and right, <c>"0, 1, 2, 3"</c> in the order top, bottom, left, right. <c>"same"</c> keeps the image size and
    /// needs stride 1 and an odd effective kernel. <c>"causal"</c> is for sequences: all zeros come first, so that no
    /// output depends on later inputs.</summary>
    public object Padding { get; set; } = 0;

    /// <summary>Input pixels between neighbouring taps of a window; 1 by default. <c>"2, 1"</c> is 2 down and 1
    /// across.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>Independent groups of channels; 1 by default. As many groups as input channels is a depthwise
    /// convolution.</summary>
    public object Groups { get; set; } = 1;

    /// <summary>Whether a learned offset per output channel is added; true by default.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>What is applied to every output; nothing by default.</summary>
    public Activation Activation { get; set; }
}
