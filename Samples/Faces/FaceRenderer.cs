using System;
using System.Collections.Generic;
using System.Numerics;
using Models.Face;
using Samples.Imaging;

namespace Samples.Faces;

/// <summary>A picture of someone, and where the five landmarks are in it.</summary>
/// <param name="Picture">Red, green and blue from 0 to 255.</param>
/// <param name="Landmarks">The eyes, the tip of the nose, the corners of the mouth, as
/// <see cref="Models.Face.Alignment.FaceTemplate"/> orders them; also where hair or the head hides one.</param>
internal sealed record DrawnFace(Picture Picture, IReadOnlyList<ImagePoint> Landmarks);

/// <summary>
/// Draws faces by casting a ray through each pixel: onto hair and head, whose surface is lit (Lambert's law, and
/// Blinn's gloss), or past them onto ears, neck, hanging hair, clothes and background, which are flat. The camera is
/// far away (orthographic).
/// </summary>
/// <param name="side">Height and width of the pictures.</param>
internal sealed class FaceRenderer(int side = FacePose.Side)
{
    private const int Levels = 1024;
    private static readonly float[] s_noise = DrawNoise();
    private readonly FaceMap _map = new();
    private readonly float[] _response = new float[Levels + 1];

    /// <summary>Draws one picture; the same arguments draw the same one.</summary>
    public DrawnFace Draw(FaceIdentity identity, FaceView view)
    {
        FaceFeatures.Paint(_map, identity, view.Expression, view.Gaze);
        var scene = new Scene(identity, view, _map, side);
        Expose(view.Light.Gamma);
        var picture = new Picture(3, side, side);
        Span<float> red = picture.Plane(0);
        Span<float> green = picture.Plane(1);
        Span<float> blue = picture.Plane(2);
        for (int y = 0, i = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, i++)
            {
                Vector3 light = scene.Seen(x, y);
                (red[i], green[i], blue[i]) = (Response(light.X), Response(light.Y), Response(light.Z));
            }
        }

        if (view.Noise > 0)
        {
            // The camera's noise is read from one long row, from anywhere and in steps of any length.
            int at = view.Grain % s_noise.Length;
            int step = 1 + (view.Grain / s_noise.Length % 997);
            foreach (ref float value in picture.Values.AsSpan())
            {
                value = Math.Clamp(value + (view.Noise * s_noise[at]), 0, 255);
                at += step;
                at -= at < s_noise.Length ? 0 : s_noise.Length;
            }
        }

        return new DrawnFace(picture, Landmarks(identity, view, scene));
    }

    private static ImagePoint[] Landmarks(FaceIdentity identity, FaceView view, Scene scene)
    {
        Vector2[] places =
        [
            FaceFeatures.EyeAt(identity, -1), FaceFeatures.EyeAt(identity, 1), FaceFeatures.NoseAt(identity),
            FaceFeatures.CornerAt(identity, view.Expression, -1), FaceFeatures.CornerAt(identity, view.Expression, 1),
        ];
        return Array.ConvertAll(places, scene.Project);
    }

    /// <summary>Normal numbers; a prime count, so that any step comes to all of them.</summary>
    private static float[] DrawNoise()
    {
        var random = new Random(1);
        var noise = new float[65521];
        foreach (ref float value in noise.AsSpan())
        {
            value = random.Normal(0, 1);
        }

        return noise;
    }

    /// <summary>Light is linear, pixels are roots of it.</summary>
    private void Expose(float gamma)
    {
        for (int i = 0; i <= Levels; i++)
        {
            _response[i] = 255 * MathF.Pow(i / (float)Levels, gamma / 2);
        }
    }

    private float Response(float light)
    {
        float at = Math.Clamp(light, 0, 1) * Levels;
        int below = Math.Min(Levels - 1, (int)at);
        return _response[below] + ((_response[below + 1] - _response[below]) * (at - below));
    }
}
