using System;

namespace Dsl;

/// <summary>
/// Images at another size, without parameters. Input [b, c, h, w], output [b, c, h', w'] with h' =
/// ⌊h·<see cref="Scale"/>⌋ and w' alike, or <see cref="Size"/>. The function
/// <see cref="Functions.Upsample(Tensor, double, UpsampleMode, bool)"/> is the same.
/// </summary>
/// <remarks>
/// Result pixel r is at source position (r + ½)/s - ½, where s is the scale (or h'/h); with aligned corners at
/// r·(h - 1)/(h' - 1). <see cref="UpsampleMode"/> says what is read there; beyond the border that is the pixel at the
/// border. In the terms of ONNX's <c>Resize</c>: coordinates are <c>half_pixel</c> or <c>align_corners</c>,
/// <c>cubic_coeff_a</c> is -0.75 and <c>exclude_outside</c> 0; <see cref="UpsampleMode.Nearest"/> is <c>asymmetric</c>
/// with <c>floor</c>,
/// <see cref="UpsampleMode.NearestExact"/> <c>half_pixel</c> with <c>round_prefer_ceil</c>, and neither is ONNX's
/// default,
/// <c>half_pixel</c> with <c>round_prefer_floor</c>. The build reports a missing scale and size, both at once, sizes
/// that are not positive, and aligned corners of a nearest mode.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpsampleAttribute : LayerAttribute
{
    /// <summary>How many times as high and wide, if no size is given: an int, a double or a text; above 0, at most four
    /// decimals.</summary>
    public object? Scale { get; set; }

    /// <summary>Height and width of the result, if no scale is given: an int for both, or a text such as <c>"8,
    /// 12"</c>.</summary>
    public object? Size { get; set; }

    /// <summary>What is read; the nearest pixel by default.</summary>
    public UpsampleMode Mode { get; set; }

    /// <summary>Whether the middles of the corner pixels stay in place, not their edges; false by default.</summary>
    public bool AlignCorners { get; set; }

    /// <summary>Whether positions are computed with the quotient of the sizes rather than with a scale that is not an
    /// integer; false by default.</summary>
    public bool RecomputeScale { get; set; }
}

/// <summary>What a resampled pixel reads.</summary>
public enum UpsampleMode
{
    /// <summary>Pixel ⌊r/s⌋, what is called nearest for historical reasons.</summary>
    Nearest,

    /// <summary>The pixel whose middle is nearest, ⌊(r + ½)/s⌋.</summary>
    NearestExact,

    /// <summary>Two by two pixels, by their distances.</summary>
    Bilinear,

    /// <summary>Four by four pixels, by Keys' cubic kernel with a = -0.75 (Keys 1981).</summary>
    Bicubic,
}
