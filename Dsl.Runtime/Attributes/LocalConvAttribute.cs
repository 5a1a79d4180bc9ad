using System;

namespace Dsl;

/// <summary>
/// A locally connected layer: a convolution with weights of its own at every site, y = activation(x ⋆ᵢⱼ W + b). Input
/// [b, in, h, w] with constant h and w, output [b, <see cref="Channels"/>, h', w'] with h' = ⌊(h - kernel)/stride⌋ + 1
/// and w' alike;
/// <c>Weight</c> [h'/region, w'/region, channels, in, kernel, kernel], <c>Bias</c> [h'/region, w'/region, channels].
/// </summary>
/// <remarks>
/// y[n,o,i,j] = b[i,j,o] + Σ over c,u,v of W[i,j,o,c,u,v]·x[n, c, i·stride + u, j·stride + v] (DeepFace: Taigman et
/// al. 2014). With a <see cref="Region"/> r, W[⌊i/r⌋,⌊j/r⌋,…] (DeepID: Sun et al. 2014). Equal weights at every site
/// make it a convolution. Initial values: weight and bias uniform in ±1/√(in·kernel²). The build reports sizes that
/// are not positive or not constant, a window larger than the image, and a region that does not divide the number of
/// sites. ONNX has no such operator.
/// </remarks>
/// <param name="channels">Output channels: an int, or a text of the size grammar.</param>
/// <param name="kernel">Height and width of the window: an int, or a text of the size grammar.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalConvAttribute(object channels, object kernel) : LayerAttribute
{
    /// <summary>Output channels: an int, or a text of the size grammar.</summary>
    public object Channels { get; } = channels;

    /// <summary>Height and width of the window: an int, or a text of the size grammar.</summary>
    public object Kernel { get; } = kernel;

    /// <summary>Input pixels between neighbouring windows; 1 by default.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>Neighbouring sites, downwards and across, that share their weights; 1 by default: none do.</summary>
    public object Region { get; set; } = 1;

    /// <summary>Whether a learned offset per site (or region) and output channel is added; true by default.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>What is applied to every output; nothing by default.</summary>
    public Activation Activation { get; set; }
}
