using System;
using System.Globalization;

namespace Models.Face.Alignment;

/// <summary>Moves an image by an affine map. A pixel of the result is read where the map comes from, between four
/// pixels (bilinear); what is not in the image is 0.</summary>
public static class ImageWarp
{
    /// <summary>Reads an image through an affine map.</summary>
    /// <param name="image">[channels, height, width].</param>
    /// <param name="channels">Of both images.</param>
    /// <param name="height">Of the image.</param>
    /// <param name="width">Of the image.</param>
    /// <param name="map">From places in the image to places in the result, in pixels whose centres are whole
    /// numbers.</param>
    /// <param name="result">[channels, rows, columns]; all of it is written.</param>
    /// <param name="rows">Height of the result.</param>
    /// <param name="columns">Width of the result.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the map has no inverse.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An extent is not positive.</exception>
    public static void Affine(
        ReadOnlySpan<float> image, int channels, int height, int width, AffineTransform map,
        Span<float> result, int rows, int columns)
    {
        Check(image.Length, channels, height, width, nameof(image));
        Check(result.Length, channels, rows, columns, nameof(result));
        AffineTransform back = Inverse(map);
        int site = 0;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++, site++)
            {
                var footprint = Footprint.At(back.Apply(new ImagePoint(x, y)), height, width);
                for (int c = 0; c < channels; c++)
                {
                    result[(c * rows * columns) + site] =
                        footprint.Read(image.Slice(c * height * width, height * width));
                }
            }
        }
    }

    /// <summary>The gradient of the image under <see cref="Affine"/>, which is added to what is there.</summary>
    /// <param name="resultGradient">[channels, rows, columns].</param>
    /// <param name="channels">Of both images.</param>
    /// <param name="rows">Height of the result.</param>
    /// <param name="columns">Width of the result.</param>
    /// <param name="map">From places in the image to places in the result.</param>
    /// <param name="imageGradient">[channels, height, width].</param>
    /// <param name="height">Of the image.</param>
    /// <param name="width">Of the image.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the map has no inverse.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An extent is not positive.</exception>
    public static void AffineGradient(
        ReadOnlySpan<float> resultGradient, int channels, int rows, int columns, AffineTransform map,
        Span<float> imageGradient, int height, int width)
    {
        Check(resultGradient.Length, channels, rows, columns, nameof(resultGradient));
        Check(imageGradient.Length, channels, height, width, nameof(imageGradient));
        AffineTransform back = Inverse(map);
        int site = 0;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++, site++)
            {
                var footprint = Footprint.At(back.Apply(new ImagePoint(x, y)), height, width);
                for (int c = 0; c < channels; c++)
                {
                    footprint.Add(
                        imageGradient.Slice(c * height * width, height * width),
                        resultGradient[(c * rows * columns) + site]);
                }
            }
        }
    }

    private static AffineTransform Inverse(AffineTransform map) => map.TryInvert(out AffineTransform inverse)
        ? inverse
        : throw new ArgumentException($"{map} has no inverse.", nameof(map));

    private static void Check(int length, int channels, int height, int width, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (length != (long)channels * height * width)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{channels}x{height}x{width} values are wanted, there are {length}."), name);
        }
    }
}
