using System;

namespace Dsl;

/// <summary>
/// A transposed convolution of images, also called deconvolution or up-convolution: y = activation(x ⋆ᵀ W + b), the
/// gradient of a convolution with respect to its input, used as a layer. Input [b, in, h, w], output [b,
/// <see cref="Channels"/>, h', w'] with h' = (h - 1)·stride - 2·padding + dilation·(kernel - 1) + output padding + 1
/// and w' alike; <c>Weight</c> [in, channels/groups, kernel, kernel], <c>Bias</c> [channels].
/// </summary>
/// <remarks>
/// Pixel (i, j) adds W[c,o,u,v]·x[n,c,i,j] to pixel (i·stride - padding + u·dilation, …) of output o (Zeiler et al.
/// 2010; Long et al. 2015, arXiv:1411.4038). ⟨convolution(x), y⟩ = ⟨x, transposed convolution(y)⟩ for equal weights.
/// Initial values: weight and bias uniform in ±1/√(channels/groups·kernel²), or see <see cref="Initializer"/>. The
/// build reports sizes that are not positive, an output padding that is not less than the stride or the dilation,
/// padding that leaves no pixel, and channel counts that the groups do not divide. ONNX's <c>ConvTranspose</c> has the
/// same weight layout and the same sizes when its
/// <c>output_shape</c> is not given.
/// </remarks>
/// <param name="channels">Output channels: an int, or a text of the size grammar.</param>
/// <param name="kernel">Height and width of the window: an int, or a text of the size grammar.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConvTransposeAttribute(object channels, object kernel) : LayerAttribute
{
    /// <summary>Output channels: an int, or a text of the size grammar.</summary>
    public object Channels { get; } = channels;

    /// <summary>Height and width of the window: an int, or a text of the size grammar.</summary>
    public object Kernel { get; } = kernel;

    /// <summary>Output pixels between the windows of neighbouring input pixels; 1 by default.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>Output pixels cut off on every side; 0 by default.</summary>
    public object Padding { get; set; } = 0;

    /// <summary>Output pixels added below and at the right; 0 by default, less than the stride or the dilation. It
    /// chooses one of the sizes that a convolution with this stride would round down to the input's.</summary>
    public object OutputPadding { get; set; } = 0;

    /// <summary>Output pixels between neighbouring taps of a window; 1 by default.</summary>
    public object Dilation { get; set; } = 1;

    /// <summary>Independent groups of channels; 1 by default.</summary>
    public object Groups { get; set; } = 1;

    /// <summary>Whether a learned offset per output channel is added; true by default.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>How the weights begin; uniform by default.</summary>
    public WeightInitializer Initializer { get; set; }

    /// <summary>What is applied to every output; nothing by default.</summary>
    public Activation Activation { get; set; }
}
