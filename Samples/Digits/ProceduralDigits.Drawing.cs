using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Samples.Digits;

/// <content>From curves to pixels. What runs for each pixel is compiled for good at once: a set is drawn before much else has run.</content>
public static partial class ProceduralDigits
{
    /// <summary>Points of a traced glyph; the table's longest style has 14 spans.</summary>
    private const int MaxCurve = 256;

    private const int StepsPerSpan = 7;

    /// <summary>Samples every stroke as a Catmull-Rom curve through its points; <paramref name="penDown"/> is false
    /// where a stroke begins. Returns the number of samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Trace(Glyph glyph, ReadOnlySpan<Vector2> points, Span<Vector2> curve, Span<bool> penDown)
    {
        int at = 0;
        foreach (Stroke stroke in glyph.Strokes)
        {
            int[] path = stroke.Path;
            penDown[at] = false;
            curve[at++] = points[path[0]];
            for (int span = 0; span < path.Length - 1; span++)
            {
                Vector2 b = points[path[span]];
                Vector2 c = points[path[span + 1]];
                Vector2 a = span > 0 ? points[path[span - 1]] : b;
                Vector2 d = span < path.Length - 2 ? points[path[span + 2]] : c;
                for (int step = 1; step <= StepsPerSpan; step++)
                {
                    penDown[at] = true;
                    curve[at++] = CatmullRom(a, b, c, d, step / (float)StepsPerSpan);
                }
            }
        }

        return at;
    }

    private static Vector2 CatmullRom(Vector2 a, Vector2 b, Vector2 c, Vector2 d, float t) =>
        0.5f * ((2f * b) + (t * (c - a)) + (t * t * ((2f * a) - (5f * b) + (4f * c) - d))
            + (t * t * t * (-a + (3f * b) - (3f * c) + d)));

    /// <summary>Draws a round-ended segment: full inside the radius, falling to nothing over
    /// <paramref name="softness"/> pixels. Where strokes overlap the brighter one stays, as ink does not add
    /// up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DrawSegment(
        Span<float> image, Vector2 from, Vector2 to, float radius, float softness, float ink)
    {
        float reach = radius + softness;
        int left = Math.Max(0, (int)MathF.Floor(Math.Min(from.X, to.X) - reach));
        int right = Math.Min(Side - 1, (int)MathF.Ceiling(Math.Max(from.X, to.X) + reach));
        int top = Math.Max(0, (int)MathF.Floor(Math.Min(from.Y, to.Y) - reach));
        int bottom = Math.Min(Side - 1, (int)MathF.Ceiling(Math.Max(from.Y, to.Y) + reach));
        Vector2 along = to - from;
        float scale = 1f / Math.Max(along.LengthSquared(), 1e-9f);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                Vector2 offset = new Vector2(x, y) - from;
                float t = Math.Clamp(Vector2.Dot(offset, along) * scale, 0f, 1f);
                float distance = (offset - (t * along)).Length();
                float light = ink * Math.Clamp(((radius + (0.5f * softness)) - distance) / softness, 0f, 1f);
                ref float pixel = ref image[(y * Side) + x];
                pixel = Math.Max(pixel, light);
            }
        }
    }

    /// <summary>Now and then a stray mark near the rim: what a segmentation of real forms leaves over.</summary>
    private static void AddClutter(Span<float> image, ref Dice random)
    {
        int marks = random.Below(4) == 0 ? 1 + random.Below(2) : 0;
        for (int i = 0; i < marks; i++)
        {
            float angle = random.Uniform(0f, MathF.Tau);
            Vector2 from =
                new Vector2(13.5f) + (random.Uniform(10f, 15f) * new Vector2(MathF.Cos(angle), MathF.Sin(angle)));
            Vector2 to = from + new Vector2(1.5f * random.Normal(), 1.5f * random.Normal());
            DrawSegment(image, from, to, random.Uniform(0.3f, 0.9f), 0.8f, random.Uniform(0.4f, 1f));
        }
    }

    /// <summary>Blur, contrast and noise.</summary>
    private static void Develop(Span<float> image, ref Dice random)
    {
        float blur = random.Uniform(0f, 0.5f);
        Span<float> row = stackalloc float[Side];
        for (int y = 0; y < Side; y++)
        {
            Blur(image, y * Side, 1, blur, row);
        }

        for (int x = 0; x < Side; x++)
        {
            Blur(image, x, Side, blur, row);
        }

        float contrast = random.Uniform(1f, 1.3f);
        float noise = random.Below(3) == 0 ? random.Uniform(0f, 0.12f) : 0f;
        foreach (ref float pixel in image)
        {
            pixel = Math.Clamp((pixel * contrast) + (noise > 0f ? noise * random.Normal() : 0f), 0f, 1f);
        }
    }

    /// <summary>Mixes every pixel of a row or column with its two neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blur(Span<float> image, int first, int stride, float amount, Span<float> row)
    {
        for (int i = 0; i < Side; i++)
        {
            row[i] = image[first + (i * stride)];
        }

        for (int i = 0; i < Side; i++)
        {
            float neighbours = (i > 0 ? row[i - 1] : 0f) + (i < Side - 1 ? row[i + 1] : 0f);
            image[first + (i * stride)] = ((1f - amount) * row[i]) + (0.5f * amount * neighbours);
        }
    }

    /// <summary>Random numbers for one image: SplitMix64 (Steele, Lea and Flood 2014) from a place that (seed, image)
    /// fixes.</summary>
    private struct Dice(ulong seed, int index)
    {
        private ulong _state = Mix(Mix(seed + 1) + (ulong)index);

        public int Below(int bound) => (int)(((ulong)(uint)Next() * (ulong)bound) >> 32);

        public float Uniform(float low, float high) => low + ((high - low) * ((Next() >> 40) * (1f / (1 << 24))));

        /// <summary>Nearly normal, with mean 0 and variance 1: the sum of three uniform numbers, so at most 3 in
        /// size.</summary>
        public float Normal() => Uniform(-1f, 1f) + Uniform(-1f, 1f) + Uniform(-1f, 1f);

        private ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

        private static ulong Mix(ulong z)
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
