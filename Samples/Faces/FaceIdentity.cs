using System;
using System.Collections.Generic;
using System.Numerics;

namespace Samples.Faces;

/// <summary>
/// Who a drawn face is: what does not change between pictures. Lengths are in half widths of a mean head (70 mm); in
/// the head's frame x goes to the image's right, y downwards, z to the camera, and the eyes are near y = 0. Colours
/// are red, green and blue as a screen shows them, from 0 to 1.
/// </summary>
internal sealed record FaceIdentity
{
    /// <summary>Half width of the head, crown above the eyes, chin below them, half depth.</summary>
    public required (float Width, float Crown, float Chin, float Depth) Head { get; init; }

    /// <summary>How square the jaw is (the exponent of its curve), and by which share it narrows towards the
    /// chin.</summary>
    public required (float Square, float Taper) Jaw { get; init; }

    /// <summary>Half distance of the eyes, half width, half height when open, slant, height of the crease
    /// above.</summary>
    public required (float Span, float Width, float Height, float Slant, float Crease) Eye { get; init; }

    /// <summary>Where the eyes are, how deep they lie, radius of the iris, darkness below them.</summary>
    public required (float Y, float Depth, float Iris, float Bags) Socket { get; init; }

    /// <summary>Above the eye, half length, half thickness, arch, slant, and how dark.</summary>
    public required (float Above, float Length, float Thick, float Arch, float Slant, float Dark) Brow { get; init; }

    /// <summary>Tip below the eyes, half width, how far the tip stands out, half width of the bridge, how high it
    /// is.</summary>
    public required (float Length, float Width, float Out, float Bridge, float Hump) Nose { get; init; }

    /// <summary>Below the eyes, half width, height of the upper and the lower lip, how far they stand out.</summary>
    public required (float Y, float Width, float Upper, float Lower, float Out) Mouth { get; init; }

    /// <summary>Cheekbones, chin, ridge of the brows: how far they stand out; and the folds beside the nose.</summary>
    public required (float Cheek, float Chin, float Ridge, float Fold) Relief { get; init; }

    /// <summary>Where the hair begins above the eyes, how that curves, its side, peak in the middle.</summary>
    public required (float Line, float Curve, float Part, float Temple) Hairline { get; init; }

    /// <summary>Size over the head's, how far down it hangs, width of what hangs, how much is seen of its
    /// strands.</summary>
    public required (float Volume, float Length, float Spread, float Strands) Hair { get; init; }

    /// <summary>Half width and half height of the ears, and how dark a beard is.</summary>
    public required (float Wide, float High, float Beard) Ear { get; init; }

    /// <summary>Colour of the skin.</summary>
    public required Vector3 Skin { get; init; }

    /// <summary>Colour of hair and brows.</summary>
    public required Vector3 HairColor { get; init; }

    /// <summary>Colour of the irises.</summary>
    public required Vector3 IrisColor { get; init; }

    /// <summary>Colour of the lips.</summary>
    public required Vector3 LipColor { get; init; }

    /// <summary>Moles: place, radius, darkness.</summary>
    public required IReadOnlyList<(Vector2 At, float Radius, float Dark)> Moles { get; init; }

    /// <summary>The skin's unevenness: waves of two frequencies, a phase and an amplitude.</summary>
    public required IReadOnlyList<(Vector2 Frequency, float Phase, float Amplitude)> Waves { get; init; }

    /// <summary>Someone.</summary>
    public static FaceIdentity Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Vector3 skin = SkinTone(random, out float tone);
        Vector3 hair = HairTone(random, tone);
        bool beard = random.Happens(0.25);
        bool longHair = !beard && random.Happens(0.5);
        float mouth = random.Normal(1.03f, 0.06f);
        return new FaceIdentity
        {
            Head = (
                random.Normal(1, 0.06f), random.Normal(1.5f, 0.08f), mouth + random.Normal(0.58f, 0.07f),
                random.Normal(1.22f, 0.08f)),
            Jaw = (random.Uniform(1.9f, 4), random.Normal(0.12f, 0.08f)),
            Eye = (
                random.Normal(0.45f, 0.03f), random.Normal(0.2f, 0.022f), random.Normal(0.075f, 0.02f),
                random.Normal(0.04f, 0.07f), random.Normal(0.055f, 0.022f)),
            Socket = (
                random.Normal(0, 0.04f), random.Normal(0.05f, 0.025f), random.Normal(0.088f, 0.007f),
                random.Uniform(0, 0.3f)),
            Brow = (
                random.Normal(0.25f, 0.045f), random.Normal(0.27f, 0.03f), random.Uniform(0.015f, 0.065f),
                random.Normal(0.06f, 0.03f), random.Normal(0, 0.1f), random.Uniform(0.35f, 1)),
            Nose = (
                random.Normal(0.54f, 0.06f), random.Normal(0.22f, 0.035f), random.Normal(0.32f, 0.07f),
                random.Normal(0.085f, 0.02f), random.Normal(0.12f, 0.05f)),
            Mouth = (
                mouth, random.Normal(0.37f, 0.04f), random.Normal(0.055f, 0.02f), random.Normal(0.08f, 0.022f),
                random.Normal(0.06f, 0.025f)),
            Relief = (
                random.Normal(0.05f, 0.035f), random.Normal(0.08f, 0.045f), random.Normal(0.04f, 0.03f),
                random.Uniform(0, 0.5f)),
            Hairline = (
                random.Normal(0.88f, 0.16f), random.Uniform(-0.15f, 0.6f), random.Normal(0, 0.15f),
                random.Normal(0.93f, 0.04f)),
            Hair = (
                random.Happens(0.12) ? 1.01f : random.Uniform(1.04f, 1.25f),
                longHair ? random.Uniform(0.6f, 2.6f) : 0, random.Uniform(1.05f, 1.5f), random.Uniform(0.05f, 0.35f)),
            Ear = (
                random.Uniform(0.06f, 0.17f), random.Normal(0.28f, 0.03f),
                beard ? random.Uniform(0.15f, 0.8f) : 0),
            Skin = skin,
            HairColor = hair,
            IrisColor = IrisTone(random, tone),
            LipColor = Vector3.Clamp(
                (skin * random.Uniform(0.7f, 0.95f)) + new Vector3(random.Uniform(0, 0.12f), -0.04f, -0.01f),
                Vector3.Zero, Vector3.One),
            Moles = Spots(random),
            Waves = Unevenness(random),
        };
    }

    private static Vector3 SkinTone(Random random, out float tone)
    {
        tone = random.NextSingle() * random.NextSingle();
        var color = Vector3.Lerp(new Vector3(0.93f, 0.76f, 0.67f), new Vector3(0.33f, 0.21f, 0.15f), tone);
        (float red, float yellow) = (random.Normal(0, 0.025f), random.Normal(0, 0.02f));
        return color + new Vector3(red + yellow, yellow, -yellow);
    }

    private static Vector3 HairTone(Random random, float tone)
    {
        // Dark skin goes with dark hair more often than not.
        var dark = Vector3.Lerp(
            new Vector3(0.05f, 0.045f, 0.04f), new Vector3(0.3f, 0.19f, 0.11f), random.NextSingle());
        return random.Happens(0.4 + tone) ? dark : random.Next(4) switch
        {
            0 => Vector3.Lerp(new Vector3(0.55f, 0.4f, 0.22f), new Vector3(0.85f, 0.72f, 0.48f), random.NextSingle()),
            1 => Vector3.Lerp(new Vector3(0.38f, 0.16f, 0.07f), new Vector3(0.66f, 0.34f, 0.14f), random.NextSingle()),
            2 => Vector3.Lerp(new Vector3(0.4f), new Vector3(0.8f), random.NextSingle()),
            _ => Vector3.Lerp(new Vector3(0.25f, 0.17f, 0.1f), new Vector3(0.5f, 0.35f, 0.2f), random.NextSingle()),
        };
    }

    private static Vector3 IrisTone(Random random, float tone) => random.Happens(0.35 + tone)
        ? Vector3.Lerp(new Vector3(0.1f, 0.06f, 0.04f), new Vector3(0.35f, 0.22f, 0.1f), random.NextSingle())
        : Vector3.Lerp(new Vector3(0.3f, 0.42f, 0.3f), new Vector3(0.38f, 0.5f, 0.65f), random.NextSingle());

    private static (Vector2 At, float Radius, float Dark)[] Spots(Random random)
    {
        var spots = new (Vector2 At, float Radius, float Dark)[random.Next(0, 4)];
        for (int i = 0; i < spots.Length; i++)
        {
            spots[i] = (
                new Vector2(random.Uniform(-0.8f, 0.8f), random.Uniform(-0.7f, 1.5f)), random.Uniform(0.015f, 0.035f),
                random.Uniform(0.1f, 0.6f));
        }

        return spots;
    }

    private static (Vector2 Frequency, float Phase, float Amplitude)[] Unevenness(Random random)
    {
        var waves = new (Vector2 Frequency, float Phase, float Amplitude)[4];
        for (int i = 0; i < waves.Length; i++)
        {
            waves[i] = (
                new Vector2(random.Normal(0, 3), random.Normal(0, 3)), random.Uniform(0, MathF.Tau),
                random.Uniform(0, 0.035f));
        }

        return waves;
    }
}
