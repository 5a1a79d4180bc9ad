using System;
using System.IO;
using SkiaSharp;

namespace Samples.Imaging;

/// <summary>Reads and writes pictures as files.</summary>
internal static class PictureFile
{
    /// <summary>Reads a picture with its red, green and blue planes.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no picture; the message names it.</exception>
    public static Picture Read(string path) => Read(path, 3, static (picture, at, color) =>
    {
        int plane = picture.Height * picture.Width;
        (picture.Values[at], picture.Values[at + plane], picture.Values[at + (2 * plane)]) =
            (color.Red, color.Green, color.Blue);
    });

    /// <summary>Reads a picture as one plane of gray: the mean of its colours.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static Picture ReadGray(string path) => Read(path, 1, static (picture, at, color) =>
        picture.Values[at] = (color.Red + color.Green + color.Blue) / 3f);

    /// <summary>Writes a picture of one plane (gray) or three (red, green, blue) as PNG; its folder is made when it is
    /// missing.</summary>
    public static void Write(string path, Picture picture)
    {
        if (picture.Channels is not (1 or 3))
        {
            throw new ArgumentException($"A picture file has 1 or 3 planes, not {picture.Channels}.", nameof(picture));
        }

        var pixels = new byte[3 * picture.Height * picture.Width];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = Byte(picture.Plane(picture.Channels == 3 ? i % 3 : 0)[i / 3]);
        }

        Write(path, picture.Width, pixels);
    }

    /// <summary>Writes red, green and blue of each pixel, row by row, as PNG; its folder is made when it is
    /// missing.</summary>
    public static void Write(string path, int width, ReadOnlySpan<byte> pixels)
    {
        using var bitmap = new SKBitmap(width, pixels.Length / (3 * width), SKColorType.Rgba8888, SKAlphaType.Opaque);
        Span<byte> rows = bitmap.GetPixelSpan();
        for (int i = 0; i < pixels.Length / 3; i++)
        {
            pixels.Slice(3 * i, 3).CopyTo(rows[(4 * i)..]);
            rows[(4 * i) + 3] = 255;
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
    }

    private static Picture Read(string path, int channels, Action<Picture, int, SKColor> put)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no picture '{path}'.", path);
        }

        using SKBitmap bitmap = SKBitmap.Decode(path)
            ?? throw new InvalidDataException($"'{path}' is no picture that can be read.");
        var picture = new Picture(channels, bitmap.Height, bitmap.Width);
        SKColor[] pixels = bitmap.Pixels;
        for (int i = 0; i < pixels.Length; i++)
        {
            put(picture, i, pixels[i]);
        }

        return picture;
    }

    private static byte Byte(float value) => (byte)Math.Clamp(MathF.Round(value), 0, 255);
}
