using System;
using System.Numerics;

namespace Samples.Faces;

/// <summary>Paints the features of someone with an expression. Places are those of the head's frame.</summary>
internal static class FaceFeatures
{
    /// <summary>How far the corners of a smiling mouth go outwards and up.</summary>
    private const float SmileOut = 0.09f;
    private const float SmileUp = 0.09f;

    /// <summary>How far the lower lip of an open mouth goes down.</summary>
    private const float Drop = 0.2f;

    /// <summary>Paints all of them.</summary>
    public static void Paint(FaceMap map, FaceIdentity identity, FaceExpression expression, Vector2 gaze)
    {
        map.Fill(identity.Skin);
        Relief(map, identity, expression);
        Skin(map, identity);
        Beard(map, identity, expression);
        Nose(map, identity, expression);
        Mouth(map, identity, expression);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            Eye(map, identity, expression, gaze, side);
            Brow(map, identity, expression, side);
        }

        map.Grow((x, y) => HairAt(identity, x, y));
        map.Finish();
    }

    /// <summary>Middle of an eye: -1 the image's left, 1 the right.</summary>
    public static Vector2 EyeAt(FaceIdentity identity, int side) => new(side * identity.Eye.Span, identity.Socket.Y);

    /// <summary>Tip of the nose.</summary>
    public static Vector2 NoseAt(FaceIdentity identity) => new(0, identity.Socket.Y + identity.Nose.Length);

    /// <summary>Corner of the mouth: -1 the image's left, 1 the right.</summary>
    public static Vector2 CornerAt(FaceIdentity identity, FaceExpression expression, int side)
    {
        float narrow = 0.04f * expression.Open * (1 - expression.Smile);
        return new Vector2(
            side * (identity.Mouth.Width + (SmileOut * expression.Smile) - narrow),
            identity.Mouth.Y - (SmileUp * expression.Smile) + (0.3f * Drop * expression.Open));
    }

    /// <summary>1 within, 0 beyond, and a soft edge between.</summary>
    private static float Edge(float distance, float soft) => Math.Clamp(0.5f - (distance / soft), 0, 1);

    private static void Relief(FaceMap map, FaceIdentity identity, FaceExpression expression)
    {
        var nose = identity.Nose;
        float eyes = identity.Socket.Y;
        float tip = eyes + nose.Length;
        float depth = identity.Head.Depth;
        float lips = identity.Mouth.Out / depth;
        float cheek = (identity.Relief.Cheek + (0.05f * expression.Smile)) / depth;
        float raised = eyes + 0.48f - (0.06f * expression.Smile);
        float lower = identity.Mouth.Y + (Drop * expression.Open);
        (float X, float Y, float Width, float Height, float Lift)[] bumps =
        [
            (0, tip - 0.02f, 0.55f * nose.Width, 0.11f, 0.62f * nose.Out / depth),
            (0, tip - 0.22f, nose.Bridge, 0.2f, 0.62f * nose.Out / depth),
            (0, eyes + 0.1f, nose.Bridge, 0.16f, nose.Hump / depth),
            (-0.75f * nose.Width, tip + 0.02f, 0.35f * nose.Width, 0.07f, 0.1f / depth),
            (0.75f * nose.Width, tip + 0.02f, 0.35f * nose.Width, 0.07f, 0.1f / depth),
            (-identity.Eye.Span, eyes, 0.2f, 0.13f, -identity.Socket.Depth / depth),
            (identity.Eye.Span, eyes, 0.2f, 0.13f, -identity.Socket.Depth / depth),
            (0, eyes - identity.Brow.Above, 0.5f, 0.09f, identity.Relief.Ridge / depth),
            (-0.55f, raised, 0.2f, 0.2f, cheek),
            (0.55f, raised, 0.2f, 0.2f, cheek),
            (0, identity.Mouth.Y - 0.05f, 0.7f * identity.Mouth.Width, 0.06f, lips),
            (0, lower + 0.08f, 0.6f * identity.Mouth.Width, 0.055f, lips),
            (0, lower + 0.2f, 0.25f, 0.06f, -0.025f),
            (0, lower + 0.4f, 0.2f, 0.13f, identity.Relief.Chin / depth),
        ];
        foreach (var (x, y, width, height, lift) in bumps)
        {
            map.Lift(x, y, width, height, lift);
        }
    }

    private static void Skin(FaceMap map, FaceIdentity identity)
    {
        map.Shade(0, 0, 2, 2, (x, y) =>
        {
            float sum = 1;
            foreach (var (frequency, phase, amplitude) in identity.Waves)
            {
                sum += amplitude * MathF.Sin((frequency.X * x) + (frequency.Y * y) + phase);
            }

            return sum;
        });
        foreach (var (at, radius, dark) in identity.Moles)
        {
            map.Shade(at.X, at.Y, 2 * radius, 2 * radius, (x, y) =>
                1 - (dark * Edge(Vector2.Distance(at, new Vector2(x, y)) - radius, 0.05f)));
        }

        // Blood shows on the cheeks.
        var blush = new Vector4(0.8f * identity.Skin, 0) + new Vector4(0.12f, 0, 0, 0);
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            map.Paint(side * 0.55f, 0.55f, 0.35f, 0.35f, (x, y) =>
            {
                float far = Vector2.DistanceSquared(new Vector2(side * 0.55f, 0.55f), new Vector2(x, y)) / 0.12f;
                return blush with { W = 0.25f * Math.Max(0, 1 - far) };
            });
        }
    }

    private static void Beard(FaceMap map, FaceIdentity identity, FaceExpression expression)
    {
        float dark = identity.Ear.Beard;
        if (dark <= 0)
        {
            return;
        }

        var color = new Vector4(Vector3.Lerp(identity.Skin, identity.HairColor, 0.8f), 0);
        float lip = identity.Socket.Y + identity.Nose.Length + 0.17f;
        map.Paint(0, 1.2f, 1.3f, 1, (x, y) =>
        {
            float sides = Math.Clamp((MathF.Abs(x) - 0.62f) / 0.2f, 0, 1) * Math.Clamp((y - 0.25f) / 0.3f, 0, 1);
            float chin = Math.Clamp((y - (0.55f * x * x) - lip) / 0.12f, 0, 1) * (MathF.Abs(x) < 0.7f ? 1 : 0);
            float below = Math.Clamp((y - (identity.Mouth.Y - 0.25f)) / 0.4f, 0, 1)
                * Math.Clamp((MathF.Abs(x) - 0.3f) / 0.2f, 0, 1);
            return color with { W = dark * Math.Max(Math.Max(sides, chin), below) };
        });
    }

    private static void Nose(FaceMap map, FaceIdentity identity, FaceExpression expression)
    {
        Vector2 tip = NoseAt(identity);
        float width = identity.Nose.Width;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            var nostril = new Vector2(side * 0.45f * width, tip.Y + 0.09f);
            map.Shade(nostril.X, nostril.Y, 0.15f, 0.1f, (x, y) =>
            {
                var away = new Vector2((x - nostril.X) / (0.34f * width), (y - nostril.Y) / 0.034f);
                return 1 - (0.7f * Edge(away.Length() - 1, 0.9f));
            });

            // The wing's edge, and the fold from there to the mouth's corner.
            var wing = new Vector2(side * width, tip.Y + 0.02f);
            map.Shade(wing.X, wing.Y, 0.1f, 0.14f, (x, y) =>
            {
                float bow = side * width * (1 - (3 * (y - wing.Y) * (y - wing.Y)));
                float ends = Edge(MathF.Abs(y - wing.Y) - 0.07f, 0.08f);
                return 1 - (0.25f * Edge(MathF.Abs(x - bow) - 0.015f, 0.05f) * ends);
            });
            Vector2 corner = CornerAt(identity, expression, side);
            float depth = (0.25f * identity.Relief.Fold) + (0.3f * expression.Smile);
            float height = corner.Y - wing.Y;
            map.Shade(corner.X, (corner.Y + wing.Y) / 2, 0.4f, 0.6f * height, (x, y) =>
            {
                float down = Math.Clamp((y - wing.Y) / height, 0, 1);
                float fold = wing.X + (side * 0.04f) + ((corner.X + (side * 0.1f) - wing.X) * MathF.Sqrt(down));
                float ends = Math.Clamp(4 * down, 0, 1) * Math.Clamp(3 * (1 - down), 0, 1);
                return 1 - (depth * ends * Edge(MathF.Abs(x - fold), 0.1f));
            });
        }
    }

    private static void Mouth(FaceMap map, FaceIdentity identity, FaceExpression expression)
    {
        Vector2 corner = CornerAt(identity, expression, 1);
        float middle = identity.Mouth.Y + (0.02f * expression.Smile);
        float gap = Drop * expression.Open;
        float bend = corner.Y - middle;
        var lip = new Vector4(identity.LipColor, 0);
        map.Paint(0, middle, corner.X + 0.05f, 0.45f, (x, y) =>
        {
            float across = MathF.Abs(x) / corner.X;
            float within = Math.Max(0, 1 - (across * across));
            float seam = middle + (bend * across * across) + (0.015f * MathF.Cos(6 * across) * (1 - across));

            // Cupid's bow: the upper lip is highest beside the middle.
            float bow = 1 - (0.25f * MathF.Exp(-40 * across * across));
            float upper = seam
                - (identity.Mouth.Upper * (1 - (0.25f * expression.Smile)) * MathF.Pow(within, 0.7f) * bow) - 0.01f;
            float open = gap * within;
            float lower = seam + open
                + (identity.Mouth.Lower * (1 - (0.2f * expression.Smile)) * MathF.Sqrt(within)) + 0.01f;
            float covers = across > 1 ? 0 : Edge(Math.Max(upper - y, y - lower), 0.035f);
            if (y > seam && y < seam + open)
            {
                bool teeth = y < seam + Math.Min(0.12f, 0.75f * open) && across < 0.85f;
                return new Vector4(teeth ? new Vector3(0.88f, 0.85f, 0.8f) : new Vector3(0.22f, 0.07f, 0.07f), covers);
            }

            float line = Edge(MathF.Abs(y - seam) - 0.008f, 0.04f) * (1 - expression.Open);
            return (lip * (1 - (0.55f * line))) with { W = covers };
        }, gloss: 1.6f);

        // Below the lower lip it is dark.
        map.Shade(0, middle + gap + identity.Mouth.Lower + 0.07f, 0.25f, 0.09f, (x, y) =>
        {
            float v = (y - middle - gap - identity.Mouth.Lower - 0.06f) / 0.05f;
            return 1 - (0.12f * MathF.Exp(-(v * v) - (25 * x * x)));
        });
    }

    private static void Eye(FaceMap map, FaceIdentity identity, FaceExpression expression, Vector2 gaze, int side)
    {
        Vector2 at = EyeAt(identity, side);
        var (_, width, height, slant, crease) = identity.Eye;
        float iris = identity.Socket.Iris;
        float above = height * 1.15f * (1 - expression.Closed) * (1 - (0.2f * expression.Smile));
        float below = height * 0.75f * (1 - (0.3f * expression.Closed)) * (1 - (0.45f * expression.Smile));
        map.Shade(at.X, at.Y + 0.15f, 0.3f, 0.2f, (x, y) =>
        {
            float u = (x - at.X) / 0.24f;
            float v = (y - at.Y - 0.14f - (0.12f * u * u)) / 0.06f;
            return 1 - (identity.Socket.Bags * MathF.Exp(-(v * v) - (u * u)));
        });
        map.Paint(at.X, at.Y, width + 0.06f, 0.3f, (x, y) =>
        {
            float u = (x - at.X) / width;
            float level = at.Y - (slant * side * (x - at.X));
            float arc = Math.Max(0, 1 - (u * u));

            // The inner corner is the sharper one.
            float skew = 1 + (0.25f * side * u);
            float upper = level - (above * MathF.Sqrt(arc) * (0.85f + (0.15f * skew)));
            float lower = level + (below * MathF.Sqrt(arc) * skew);
            float lid = MathF.Abs(y - upper) - 0.012f;
            float lash = MathF.Abs(u) < 1.05f ? 0.85f * Edge(lid, 0.035f) : 0;
            float under = MathF.Abs(u) < 1 ? 0.3f * Edge(MathF.Abs(y - lower) - 0.005f, 0.03f) : 0;
            float fold = MathF.Abs(u) < 1.1f ? 0.35f * Edge(MathF.Abs(y - upper + crease) - 0.006f, 0.04f) : 0;
            if (MathF.Abs(u) < 1 && y > upper && y < lower)
            {
                Vector3 inside = Ball(identity, new Vector2(x, y) - at - gaze, iris);
                inside *= 1 - (0.35f * Edge(y - upper - 0.03f, 0.06f));
                return new Vector4(Vector3.Lerp(inside, new Vector3(0.07f, 0.05f, 0.05f), Math.Max(lash, under)), 1);
            }

            return new Vector4(0.3f * identity.Skin, Math.Max(lash, Math.Max(under, fold)));
        }, gloss: 2);
    }

    /// <summary>White, iris, pupil, and the lamp's reflection.</summary>
    private static Vector3 Ball(FaceIdentity identity, Vector2 away, float iris)
    {
        float far = away.Length();
        Vector3 color = Vector3.Lerp(
            new Vector3(0.86f, 0.83f, 0.8f), identity.IrisColor * (far > 0.8f * iris ? 0.6f : 1),
            Edge(far - iris, 0.03f));
        color = Vector3.Lerp(color, new Vector3(0.03f), Edge(far - (0.42f * iris), 0.03f));
        float spot = Vector2.Distance(away, new Vector2(0.03f, -0.03f)) - 0.012f;
        return Vector3.Lerp(color, Vector3.One, 0.8f * Edge(spot, 0.025f));
    }

    private static void Brow(FaceMap map, FaceIdentity identity, FaceExpression expression, int side)
    {
        Vector2 eye = EyeAt(identity, side);
        var (above, length, thick, arch, slant, dark) = identity.Brow;
        float y0 = eye.Y - above - (0.07f * expression.Brows);
        var color = new Vector4(identity.HairColor, 0);
        map.Paint(eye.X, y0, length + 0.06f, 0.25f, (x, y) =>
        {
            float u = (x - eye.X) / length * side;
            float middle = y0 - (arch * (1 - ((u - 0.1f) * (u - 0.1f)))) - (slant * u * length);
            float half = thick * (u > 0.2f ? 1 - (0.7f * (u - 0.2f)) : 1);
            float ends = Edge(MathF.Abs(u) - 1, 0.2f);
            return color with { W = dark * ends * Edge(MathF.Abs(y - middle) - half, 0.045f) };
        });
    }

    private static float HairAt(FaceIdentity identity, float x, float y)
    {
        var (line, curve, part, temple) = identity.Hairline;
        float low = -line + (curve * x * x) + (part * x);
        float top = Edge(y - low, 0.09f);

        // Down to the ears at the temples.
        float side = Edge(temple - (MathF.Abs(x) / identity.Head.Width), 0.06f) * Edge(y - 0.25f, 0.2f);
        return Math.Max(top, side);
    }
}
