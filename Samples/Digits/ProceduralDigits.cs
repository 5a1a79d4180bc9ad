using System;
using System.Numerics;
using System.Threading.Tasks;

namespace Samples.Digits;

/// <summary>
/// Handwritten-looking digits, drawn: 28 × 28 grey images, white on black, in the conventions of MNIST (ink fitted into
/// a box of 20 × 20, centred by mass). Image i of a seed is a pure function of (seed, i), so sets are the same
/// everywhere (up to the last bit of the platform's sin and exp) and need no download; sets of different seeds are
/// independent.
/// </summary>
/// <remarks>
/// A digit is a style from a table of strokes, whose points are moved at random; then the curve is sheared, rotated,
/// stretched and warped by a smooth field, fitted, shifted, drawn with a pen of random width, blurred, and disturbed by
/// clutter and noise. The amounts are chosen so that a linear classifier fails on many (the digits move), while a
/// convolutional one learns them and carries over to real handwriting.
/// </remarks>
public static partial class ProceduralDigits
{
    /// <summary>Height and width of an image.</summary>
    public const int Side = 28;

    /// <summary>Pixels of an image.</summary>
    public const int Pixels = Side * Side;

    /// <summary>Draws a set on all cores.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Which set.</param>
    /// <returns>Images [count, 784], row-major, in 0 … 1, and their digits [count].</returns>
    public static (float[] Images, int[] Digits) Draw(int count, ulong seed)
    {
        float[] images = new float[checked(count * Pixels)];
        int[] digits = new int[count];
        Parallel.For(0, count, i => digits[i] = Draw(images.AsSpan(i * Pixels, Pixels), seed, i));
        return (images, digits);
    }

    /// <summary>Draws one image of a set.</summary>
    /// <param name="image">784 pixels, which are overwritten.</param>
    /// <param name="seed">Which set.</param>
    /// <param name="index">Which image of it.</param>
    /// <returns>The digit.</returns>
    public static int Draw(Span<float> image, ulong seed, int index)
    {
        var random = new Dice(seed, index);
        int digit = random.Below(10);
        Draw(image, digit, ref random);
        return digit;
    }

    private static void Draw(Span<float> image, int digit, ref Dice random)
    {
        Glyph glyph = Choose(Glyphs[digit], ref random);
        Span<Vector2> points = stackalloc Vector2[glyph.Points.Length];
        float wobble = random.Uniform(0.015f, 0.042f);
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = glyph.Points[i] + (wobble * new Vector2(random.Normal(), random.Normal()));
        }

        Span<Vector2> curve = stackalloc Vector2[MaxCurve];
        Span<bool> penDown = stackalloc bool[MaxCurve];
        int length = Trace(glyph, points, curve, penDown);
        curve = curve[..length];
        Distort(curve, ref random);
        Fit(curve, penDown, ref random);

        image.Clear();
        float radius = random.Uniform(0.7f, 1.5f);
        radius += random.Below(5) == 0 ? random.Uniform(0f, 0.7f) : 0f;
        float softness = random.Uniform(0.6f, 1.3f);
        float pressure = random.Uniform(0f, 0.25f);
        float phase = random.Uniform(0f, MathF.Tau);
        for (int i = 1; i < length; i++)
        {
            if (penDown[i])
            {
                // The pen presses harder and softer along the way.
                float width = radius * (1f + (pressure * MathF.Sin(phase + (i * 0.21f))));
                DrawSegment(image, curve[i - 1], curve[i], width, softness, 1f);
            }
        }

        AddClutter(image, ref random);
        Develop(image, ref random);
    }

    private static Glyph Choose(Glyph[] glyphs, ref Dice random)
    {
        int total = 0;
        foreach (Glyph glyph in glyphs)
        {
            total += glyph.Weight;
        }

        int drawn = random.Below(total);
        foreach (Glyph glyph in glyphs)
        {
            drawn -= glyph.Weight;
            if (drawn < 0)
            {
                return glyph;
            }
        }

        return glyphs[^1];
    }

    /// <summary>Shear, rotation, stretch and a smooth warp, about the middle of the unit square.</summary>
    private static void Distort(Span<Vector2> curve, ref Dice random)
    {
        float aspect = MathF.Exp((0.25f * random.Normal()) - 0.1f);
        float slant = 0.12f + (0.2f * random.Normal());
        float angle = 0.14f * random.Normal();
        float sine = MathF.Sin(angle);
        float cosine = MathF.Cos(angle);

        // Three waves in random directions make a field that bends the digit as a whole.
        Span<(Vector2 Wave, float Phase, Vector2 Push)> waves = stackalloc (Vector2, float, Vector2)[3];
        float strength = random.Uniform(0.01f, 0.05f);
        for (int i = 0; i < waves.Length; i++)
        {
            waves[i] = (
                new Vector2(random.Uniform(-5f, 5f), random.Uniform(-5f, 5f)),
                random.Uniform(0f, MathF.Tau),
                strength * new Vector2(random.Normal(), random.Normal()));
        }

        for (int i = 0; i < curve.Length; i++)
        {
            Vector2 p = curve[i] - new Vector2(0.5f);
            Vector2 push = Vector2.Zero;
            foreach ((Vector2 wave, float phase, Vector2 direction) in waves)
            {
                push += direction * MathF.Sin(Vector2.Dot(wave, p) + phase);
            }

            p += push;
            p.X = (p.X * aspect) - (p.Y * slant);
            curve[i] = new Vector2((cosine * p.X) - (sine * p.Y), (sine * p.X) + (cosine * p.Y));
        }
    }

    /// <summary>Scales the curve into MNIST's box and moves its centre of mass to the image's, then a little beside
    /// it.</summary>
    private static void Fit(Span<Vector2> curve, ReadOnlySpan<bool> penDown, ref Dice random)
    {
        var low = new Vector2(float.MaxValue);
        var high = new Vector2(float.MinValue);
        Vector2 mass = Vector2.Zero;
        float total = 0f;
        for (int i = 0; i < curve.Length; i++)
        {
            low = Vector2.Min(low, curve[i]);
            high = Vector2.Max(high, curve[i]);
            if (i > 0 && penDown[i])
            {
                float weight = Vector2.Distance(curve[i - 1], curve[i]);
                mass += weight * 0.5f * (curve[i - 1] + curve[i]);
                total += weight;
            }
        }

        Vector2 extent = high - low;
        float scale = random.Uniform(15f, 19f) / Math.Max(Math.Max(extent.X, extent.Y), 0.05f);
        Vector2 centre = mass / Math.Max(total, 1e-6f);
        Vector2 shift = new(13.5f + (1.35f * random.Normal()), 13.5f + (1.35f * random.Normal()));
        for (int i = 0; i < curve.Length; i++)
        {
            curve[i] = ((curve[i] - centre) * scale) + shift;
        }
    }
}
