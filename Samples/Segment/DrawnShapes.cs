using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl;
using Samples.Imaging;

namespace Samples.Segment;

/// <summary>The data that needs no download: discs, squares and triangles of any size and turn on an uneven, noisy
/// ground. They are brighter or darker than it by chance, so only the outline tells them apart; it is whole, since none
/// covers another.</summary>
internal static class DrawnShapes
{
    /// <summary>Ground, disc, square, triangle.</summary>
    public const int Classes = 4;

    /// <summary>Height and width.</summary>
    public const int Size = 64;

    /// <summary>Places that are tried for a shape before it is left out.</summary>
    private const int MostTries = 20;

    /// <summary>Draws pictures; the same seed draws the same ones.</summary>
    public static List<SegmentedPicture> Draw(int count, ulong seed)
    {
        var random = new Random(unchecked((int)(seed * 2654435761)));
        var pictures = new List<SegmentedPicture>(count);
        for (int i = 0; i < count; i++)
        {
            pictures.Add(Draw(random, string.Create(CultureInfo.InvariantCulture, $"shapes-{i}")));
        }

        return pictures;
    }

    private static SegmentedPicture Draw(Random random, string name)
    {
        var image = new Picture(1, Size, Size);
        var classes = new int[Size * Size];
        (double tiltX, double tiltY, double ground) = (Near(random, 0.2), Near(random, 0.2), Near(random, 0.3));
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                image[0, y, x] = (float)(ground + (tiltX * x / Size) + (tiltY * y / Size));
            }
        }

        int shapes = random.Next(2, 6);
        var taken = new List<(double X, double Y, double Radius)>(shapes);
        for (int i = 0; i < shapes; i++)
        {
            double radius = 6 + (random.NextDouble() * 9);
            if (Place(random, taken, radius) is { } free)
            {
                Stamp(random, image, classes, random.Next(1, Classes), free);
                taken.Add(free);
            }
        }

        for (int i = 0; i < image.Values.Length; i++)
        {
            image.Values[i] += (float)(Gauss(random) * 0.15);
        }

        return new SegmentedPicture(name, image, classes);
    }

    /// <summary>A circle that meets no other; null when none was found.</summary>
    private static (double X, double Y, double Radius)? Place(
        Random random, List<(double X, double Y, double Radius)> taken, double radius)
    {
        for (int tries = 0; tries < MostTries; tries++)
        {
            double x = radius + (random.NextDouble() * (Size - (2 * radius)));
            double y = radius + (random.NextDouble() * (Size - (2 * radius)));
            if (taken.TrueForAll(t => Math.Sqrt(((t.X - x) * (t.X - x)) + ((t.Y - y) * (t.Y - y))) > t.Radius + radius + 1))
            {
                return (x, y, radius);
            }
        }

        return null;
    }

    /// <summary>Draws one shape into a circle.</summary>
    private static void Stamp(
        Random random, Picture image, int[] classes, int shape, (double X, double Y, double Radius) circle)
    {
        (double centerX, double centerY, double radius) = circle;
        (double sin, double cos) = Math.SinCos(random.NextDouble() * Math.Tau);
        double light = (random.Next(2) == 0 ? -1 : 1) * (0.5 + (random.NextDouble() * 0.5));
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                double u = (((x + 0.5 - centerX) * cos) + ((y + 0.5 - centerY) * sin)) / radius;
                double v = (((y + 0.5 - centerY) * cos) - ((x + 0.5 - centerX) * sin)) / radius;
                if (Covers(shape, u, v))
                {
                    image[0, y, x] += (float)light;
                    classes[(y * Size) + x] = shape;
                }
            }
        }
    }

    /// <summary>Whether a shape in the unit circle covers a point.</summary>
    private static bool Covers(int shape, double u, double v) => shape switch
    {
        1 => (u * u) + (v * v) <= 1,
        2 => Math.Max(Math.Abs(u), Math.Abs(v)) <= Math.Sqrt(0.5),
        _ => v >= -0.5 && v <= 1 - (Math.Abs(u) * Math.Sqrt(3)),
    };

    private static double Near(Random random, double spread) => ((random.NextDouble() * 2) - 1) * spread;

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
