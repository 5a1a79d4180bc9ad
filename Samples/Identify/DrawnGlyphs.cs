using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;

namespace Samples.Identify;

/// <summary>The data that needs no download: characters of two to four random strokes, each drawn by twenty unsteady
/// hands. As many train and are verified as of Omniglot.</summary>
internal static class DrawnGlyphs
{
    private const int Train = 161;
    private const int Verify = 81;
    private const int OneShot = 200;
    private const int Runs = 20;
    private const int Drawings = 20;

    /// <summary>Points of a stroke's polygon between two of its own.</summary>
    private const int Pieces = 12;

    /// <summary>Draws the characters; the same seed draws the same ones.</summary>
    public static GlyphData Draw(ulong seed)
    {
        var random = new Random(unchecked((int)((seed * 2654435761) + 7)));
        return new GlyphData(
            "drawn glyphs", Characters(random, "train", Train), Characters(random, "verify", Verify),
            GlyphData.Draw(Characters(random, "one-shot", OneShot), Runs, random));
    }

    private static List<Character> Characters(Random random, string name, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            Vector2[][] strokes = Strokes(random);
            return new Character(
                string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"),
                [.. Enumerable.Range(0, Drawings).Select(_ => Drawing(random, strokes))]);
        })
    ];

    /// <summary>What a character is: strokes of two to five points, each near enough to the last one to be a
    /// stroke.</summary>
    private static Vector2[][] Strokes(Random random)
    {
        var strokes = new Vector2[random.Next(2, 5)][];
        for (int i = 0; i < strokes.Length; i++)
        {
            strokes[i] = new Vector2[random.Next(2, 6)];
            strokes[i][0] = new Vector2(Uniform(random, 0.1f, 0.9f), Uniform(random, 0.1f, 0.9f));
            for (int k = 1; k < strokes[i].Length; k++)
            {
                (float sin, float cos) = MathF.SinCos(Uniform(random, 0, MathF.Tau));
                Vector2 next = strokes[i][k - 1] + (Uniform(random, 0.2f, 0.5f) * new Vector2(cos, sin));
                strokes[i][k] = Vector2.Clamp(next, new Vector2(0.05f), new Vector2(0.95f));
            }
        }

        return strokes;
    }

    /// <summary>Points are missed a little, the whole is turned, slanted and stretched, and the pen trembles.</summary>
    private static Glyph Drawing(Random random, Vector2[][] strokes)
    {
        var ink = new byte[Glyph.Side * Glyph.Side];
        (float sin, float cos) = MathF.SinCos(0.1f * Normal(random));
        float slant = 0.12f * Normal(random);
        var stretch = new Vector2(MathF.Exp(0.1f * Normal(random)), MathF.Exp(0.1f * Normal(random)));
        var shift = new Vector2(0.5f + (0.04f * Normal(random)), 0.5f + (0.04f * Normal(random)));
        float size = Uniform(random, 60, 80);
        float pen = Uniform(random, 1.1f, 1.7f);
        foreach (Vector2[] stroke in strokes)
        {
            Vector2[] points = [.. stroke.Select(p =>
            {
                Vector2 q = p + (0.04f * new Vector2(Normal(random), Normal(random))) - new Vector2(0.5f);
                q = stretch * new Vector2(q.X + (slant * q.Y), q.Y);
                return (size * new Vector2((cos * q.X) - (sin * q.Y), (sin * q.X) + (cos * q.Y))) + (Glyph.Side * shift);
            })];
            Trace(random, points, pen, ink);
        }

        return new Glyph(ink);
    }

    /// <summary>A smooth curve through points (Catmull and Rom 1974).</summary>
    private static void Trace(Random random, Vector2[] points, float pen, byte[] ink)
    {
        for (int i = 0; i + 1 < points.Length; i++)
        {
            (Vector2 a, Vector2 b) = (points[Math.Max(0, i - 1)], points[i]);
            (Vector2 c, Vector2 d) = (points[i + 1], points[Math.Min(points.Length - 1, i + 2)]);
            Vector2 last = b;
            for (int t = 1; t <= Pieces; t++)
            {
                Vector2 next = CatmullRom(a, b, c, d, t / (float)Pieces)
                    + (0.35f * new Vector2(Normal(random), Normal(random)));
                Line(last, next, pen, ink);
                last = next;
            }
        }
    }

    private static Vector2 CatmullRom(Vector2 a, Vector2 b, Vector2 c, Vector2 d, float t) => 0.5f * (
        (2 * b) + (t * (c - a)) + (t * t * ((2 * a) - (5 * b) + (4 * c) - d)) + (t * t * t * ((3 * b) - a - (3 * c) + d)));

    private static void Line(Vector2 from, Vector2 to, float pen, byte[] ink)
    {
        int steps = 1 + (int)(2 * Vector2.Distance(from, to));
        for (int i = 0; i <= steps; i++)
        {
            Vector2 at = Vector2.Lerp(from, to, i / (float)steps);
            for (int y = Math.Max(0, (int)(at.Y - pen)); y <= Math.Min(Glyph.Side - 1, (int)(at.Y + pen)); y++)
            {
                for (int x = Math.Max(0, (int)(at.X - pen)); x <= Math.Min(Glyph.Side - 1, (int)(at.X + pen)); x++)
                {
                    if (Vector2.DistanceSquared(at, new Vector2(x + 0.5f, y + 0.5f)) <= pen * pen)
                    {
                        ink[(y * Glyph.Side) + x] = 1;
                    }
                }
            }
        }
    }

    private static float Uniform(Random random, float low, float high) => low + ((high - low) * random.NextSingle());

    /// <summary>The sum of three uniform numbers, deviation 1, so at most 3 in size.</summary>
    private static float Normal(Random random) =>
        Uniform(random, -1, 1) + Uniform(random, -1, 1) + Uniform(random, -1, 1);
}
