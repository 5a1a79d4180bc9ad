using System;
using System.Numerics;

namespace Samples.Faces;

/// <summary>How a head is held before the camera.</summary>
/// <param name="Yaw">Turned to the image's right, in radians.</param>
/// <param name="Pitch">Turned downwards, in radians.</param>
/// <param name="Roll">Turned clockwise in the image, in radians.</param>
/// <param name="Scale">Pixels of a half width of a mean head, in a picture of <see cref="Side"/>.</param>
/// <param name="Shift">Where the middle of the head is, at the height of the eyes: pixels from the picture's middle, of
/// <see cref="Side"/>.</param>
internal readonly record struct FacePose(float Yaw, float Pitch, float Roll, float Scale, Vector2 Shift)
{
    /// <summary>Height and width of the pictures that pixels are counted in; others are drawn in proportion.</summary>
    public const int Side = 128;

    /// <summary>Straight ahead, as large as in an aligned image.</summary>
    public static FacePose Frontal { get; } = new(0, 0, 0, 38, new Vector2(0, -8));
}

/// <summary>The light of a picture: a distant lamp and what comes from everywhere.</summary>
/// <param name="From">Where the lamp is, of length 1, in the frame of the camera: x to the right, y downwards, z
/// towards it.</param>
/// <param name="Strength">Of the lamp.</param>
/// <param name="Ambient">Of the rest.</param>
/// <param name="Tint">What both are coloured by.</param>
/// <param name="Gamma">Applied to what the camera sees; 1 leaves it.</param>
internal readonly record struct FaceLight(Vector3 From, float Strength, float Ambient, Vector3 Tint, float Gamma)
{
    /// <summary>From everywhere alone: colours are those of the skin.</summary>
    public static FaceLight Even { get; } = new(Vector3.UnitZ, 0, 1, Vector3.One, 1);
}

/// <summary>What a face expresses.</summary>
/// <param name="Smile">From 0 to 1.</param>
/// <param name="Open">How far the mouth is open, from 0 to 1.</param>
/// <param name="Brows">How far they are raised, from -1 to 1.</param>
/// <param name="Closed">How far the eyes are closed, from 0 to 1.</param>
internal readonly record struct FaceExpression(float Smile, float Open, float Brows, float Closed);

/// <summary>What changes between pictures of one face.</summary>
/// <param name="Pose">How the head is held.</param>
/// <param name="Light">How it is lit.</param>
/// <param name="Expression">What it expresses.</param>
/// <param name="Behind">Colours of the background at the top and at the bottom, and of the clothes.</param>
/// <param name="Gaze">Where the eyes look, in half widths of a mean head.</param>
/// <param name="Noise">Deviation of the camera's noise, of 255.</param>
/// <param name="Grain">Seed of the noise.</param>
internal sealed record FaceView(
    FacePose Pose, FaceLight Light, FaceExpression Expression, (Vector3 Top, Vector3 Bottom, Vector3 Clothes) Behind,
    Vector2 Gaze, float Noise, int Grain)
{
    /// <summary>Straight, evenly lit, without expression or noise.</summary>
    public static FaceView Plain { get; } = new(
        FacePose.Frontal, FaceLight.Even, default, (new Vector3(0.8f), new Vector3(0.7f), new Vector3(0.9f)),
        Vector2.Zero, 0, 0);

    /// <summary>A picture as it may happen.</summary>
    public static FaceView Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var pose = new FacePose(
            random.Normal(0, 0.21f), random.Normal(0, 0.1f), random.Normal(0, 0.12f), random.Uniform(31, 41),
            new Vector2(random.Normal(0, 5), random.Normal(-8, 5)));
        return new FaceView(
            pose, DrawLight(random), DrawExpression(random), DrawBehind(random),
            new Vector2(random.Normal(0, 0.02f), random.Normal(0, 0.01f)), random.Uniform(0, 6), random.Next());
    }

    private static FaceLight DrawLight(Random random)
    {
        float around = random.Normal(0, 0.5f);
        float above = random.Normal(0.35f, 0.3f);
        (float sin, float cos) = MathF.SinCos(around);
        (float up, float level) = MathF.SinCos(above);
        float lamp = random.Uniform(0.15f, 0.85f);
        float exposure = random.Uniform(0.8f, 1.25f);
        var tint = new Vector3(1 + random.Normal(0, 0.05f), 1, 1 + random.Normal(0, 0.05f));
        return new FaceLight(
            new Vector3(sin * level, -up, cos * level), exposure * lamp * 1.25f, exposure * (1 - lamp), tint,
            random.Uniform(0.8f, 1.25f));
    }

    private static FaceExpression DrawExpression(Random random)
    {
        float smile = random.Happens(0.5) ? random.NextSingle() : 0;
        float open = random.Happens(0.4) ? random.NextSingle() * (smile > 0 ? 0.7f : 0.5f) : 0;
        return new FaceExpression(
            smile, open, random.Normal(0, 0.35f),
            random.Happens(0.3) ? random.Uniform(0, 0.7f) : random.Uniform(0, 0.15f));
    }

    private static (Vector3 Top, Vector3 Bottom, Vector3 Clothes) DrawBehind(Random random)
    {
        Vector3 top = Gray(random);
        return (top, Vector3.Lerp(top, Gray(random), 0.5f), Gray(random));
    }

    private static Vector3 Gray(Random random) => Vector3.Clamp(
        new Vector3(random.Uniform(0.1f, 1)) + new Vector3(
            random.Normal(0, 0.06f), random.Normal(0, 0.06f), random.Normal(0, 0.06f)),
        Vector3.Zero, Vector3.One);
}
