using System;
using System.Collections.Generic;
using System.Globalization;
using Samples.Imaging;

namespace Samples.Upscale;

/// <summary>The data that needs no download: rendered scenes of overlapping discs, bars and stripes with sharp edges,
/// drawn with 4 × 4 samples to a pixel so that nothing is jagged.</summary>
internal static class RenderedPictures
{
    private const int Height = 192;
    private const int Width = 256;
    private const int Samples = 4;

    /// <summary>Renders pictures; the same seed renders the same ones.</summary>
    public static List<ScaledPicture> Render(int count, ulong seed)
    {
        var pictures = new List<ScaledPicture>(count);
        for (int i = 0; i < count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"scene-{seed}-{i}");
            pictures.Add(ScaledPicture.Of(name, Render(new Random(unchecked((int)((seed * 1000003) + (ulong)i))))));
        }

        return pictures;
    }

    private static Picture Render(Random random)
    {
        var shapes = new Shape[random.Next(12, 30)];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = Shape.Any(random);
        }

        var picture = new Picture(3, Height, Width);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int sample = 0; sample < Samples * Samples; sample++)
                {
                    double v = y + (((sample / Samples) + 0.5) / Samples);
                    double u = x + (((sample % Samples) + 0.5) / Samples);
                    (double red, double green, double blue) = ColorAt(shapes, u, v);
                    picture[0, y, x] += (float)red;
                    picture[1, y, x] += (float)green;
                    picture[2, y, x] += (float)blue;
                }
            }
        }

        for (int i = 0; i < picture.Values.Length; i++)
        {
            picture.Values[i] /= Samples * Samples;
        }

        return picture.Rounded();
    }

    private static (double Red, double Green, double Blue) ColorAt(Shape[] shapes, double u, double v)
    {
        for (int i = shapes.Length - 1; i >= 0; i--)
        {
            if (shapes[i].Covers(u, v, out double shade))
            {
                return (shapes[i].Red * shade, shapes[i].Green * shade, shapes[i].Blue * shade);
            }
        }

        return (40 + (u / 4), 60 + (v / 4), 90);
    }

    /// <summary>A disc or a bar, plain or striped.</summary>
    private sealed record Shape(
        bool Round, double X, double Y, double Sin, double Cos, double Long, double Short, double Period,
        double Red, double Green, double Blue)
    {
        public static Shape Any(Random random)
        {
            (double sin, double cos) = Math.SinCos(random.NextDouble() * Math.Tau);
            return new Shape(
                random.Next(2) == 0,
                random.NextDouble() * Width,
                random.NextDouble() * Height,
                sin,
                cos,
                5 + (random.NextDouble() * 50),
                3 + (random.NextDouble() * 20),
                random.Next(2) == 0 ? 0 : 3 + (random.NextDouble() * 9),
                random.Next(256),
                random.Next(256),
                random.Next(256));
        }

        public bool Covers(double u, double v, out double shade)
        {
            double along = ((u - X) * Cos) + ((v - Y) * Sin);
            double across = ((v - Y) * Cos) - ((u - X) * Sin);
            shade = Period > 0 && (along + 1000) % Period < Period / 2 ? 0.55 : 1;
            return Round
                ? (along * along) + (across * across) <= Long * Short
                : Math.Abs(along) <= Long && Math.Abs(across) <= Short;
        }
    }
}
