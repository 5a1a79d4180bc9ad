using System;

namespace Dsl;

/// <summary>What the build worked out about the receptive field of a layer: which pixels of an image a unit of it can
/// see.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Image">The input that is the image.</param>
/// <param name="Rows">The field along the height; null when every unit sees all rows.</param>
/// <param name="Columns">The field along the width; null when every unit sees all columns.</param>
/// <remarks>Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill
/// 2019.</remarks>
public sealed record ReceptiveField(string Layer, string Image, FieldAxis? Rows, FieldAxis? Columns);

/// <summary>A receptive field along one axis, in pixels; outside the image it goes on where padding is seen.</summary>
/// <param name="Size">From the first pixel to the last one; of the unit that sees farthest, when they differ.</param>
/// <param name="Stride">From the field of a unit to that of the next one, on average: below 1 behind what
/// enlarges.</param>
/// <param name="Padding">How far the field of unit 0 begins before the image: unit u begins at u·Stride - Padding; of
/// the
/// unit that begins earliest, when they differ.</param>
/// <param name="Start">The middle of the field of unit 0, where pixel i lies from i to i + 1; the least over all
/// units, when
/// they differ.</param>
public sealed record FieldAxis(int Size, double Stride, double Padding, double Start)
{
    /// <summary>The size of the unit that sees least.</summary>
    public int Smallest { get; init; } = Size;

    /// <summary>The padding of the unit that begins latest.</summary>
    public double LeastPadding { get; init; } = Padding;

    /// <summary>The largest start over all units, each less u·Stride.</summary>
    public double LastStart { get; init; } = Start;

    /// <summary>The first and the last pixel that a unit may see, those in padding included.</summary>
    /// <param name="unit">The unit's position, from 0.</param>
    public (int First, int Last) PixelsOf(int unit) => (
        (int)Math.Ceiling((unit * Stride) - Padding - Tolerance),
        (int)Math.Floor((unit * Stride) - LeastPadding + Size - 1 + Tolerance));

    /// <summary>Thirds and sixths are not exact.</summary>
    private const double Tolerance = 1e-6;
}
