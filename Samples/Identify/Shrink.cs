using System;
using System.Numerics;
using Models.Face;

namespace Samples.Identify;

/// <summary>Makes images for the networks of drawings: a pixel is the mean ink of 3×3 places of the drawing, which is
/// turned, slanted, stretched and shifted on the way.</summary>
internal static class Shrink
{
    /// <summary>Floats of an image.</summary>
    public const int Pixels = GlyphNet.Side * GlyphNet.Side;

    private const int Places = Glyph.Side / GlyphNet.Side;

    /// <summary>Quarter turns.</summary>
    private static readonly (int Sin, int Cos)[] s_turns = [(0, 1), (1, 0), (0, -1), (-1, 0)];

    /// <summary>The drawing as it is: the exact means of its squares.</summary>
    public static void Plain(Glyph glyph, Span<float> image) => Write(glyph, image, Matrix3x2.Identity);

    /// <summary>The drawing after some quarter turns and a small random affine map.</summary>
    public static void Jittered(Glyph glyph, int turns, Random random, Span<float> image)
    {
        (int sin, int cos) = s_turns[turns];
        var map = new Matrix3x2(cos, sin, -sin, cos, 0, 0);
        map *= Matrix3x2.CreateSkew(Near(random, 0.14f), 0);
        map *= Matrix3x2.CreateScale(MathF.Exp(Near(random, 0.14f)), MathF.Exp(Near(random, 0.14f)));
        map *= Matrix3x2.CreateRotation(Near(random, 0.14f));
        map.Translation = new Vector2(Near(random, 5.6f), Near(random, 5.6f));
        Write(glyph, image, map);
    }

    /// <summary>What <paramref name="map"/> makes of a place around the middle is looked up in the drawing; outside of it
    /// there is no ink.</summary>
    private static void Write(Glyph glyph, Span<float> image, Matrix3x2 map)
    {
        byte[] ink = glyph.Ink;
        const float Middle = Glyph.Side / 2f;
        image = image[..Pixels];
        image.Clear();
        for (int y = 0; y < Glyph.Side; y++)
        {
            float v = y + 0.5f - Middle;
            float startX = (v * map.M21) + map.M31 + Middle;
            float startY = (v * map.M22) + map.M32 + Middle;
            int row = y / Places * GlyphNet.Side;
            for (int x = 0; x < Glyph.Side; x++)
            {
                float u = x + 0.5f - Middle;
                int sourceX = (int)MathF.Floor((u * map.M11) + startX);
                int sourceY = (int)MathF.Floor((u * map.M12) + startY);
                if ((uint)sourceX < Glyph.Side && (uint)sourceY < Glyph.Side)
                {
                    image[row + (x / Places)] += ink[(sourceY * Glyph.Side) + sourceX];
                }
            }
        }

        for (int i = 0; i < image.Length; i++)
        {
            image[i] *= 1f / (Places * Places);
        }
    }

    private static float Near(Random random, float spread) => ((random.NextSingle() * 2) - 1) * spread;
}
