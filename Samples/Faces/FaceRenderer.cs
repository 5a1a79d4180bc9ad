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
/// Draws faces by casting a ray through each pixel: onto hair and head, whose surface is lit (Lambert's law, and Blinn's
/// gloss), or past them onto ears, neck, hanging hair, clothes and background, which are flat. The camera is far away
/// (orthographic).
/// </summary>
internal sealed class FaceRenderer
{
    /// <summary>Height and width of a picture.</summary>
    public const int Side = 128;

    private const int Levels = 1024;
    private readonly FaceMap _map = new();
    private readonly float[] _response = new float[Levels + 1];

    /// <summary>Draws one picture; the same arguments draw the same one.</summary>
    public DrawnFace Draw(FaceIdentity identity, FaceView view)
    {
        FaceFeatures.Paint(_map, identity, view.Expression, view.Gaze);
        var scene = new Scene(identity, view, _map);
        Expose(view.Light.Gamma);
        var picture = new Picture(3, Side, Side);
        var noise = new Random(view.Grain);
        Span<float> red = picture.Plane(0);
        Span<float> green = picture.Plane(1);
        Span<float> blue = picture.Plane(2);
        for (int y = 0, i = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++, i++)
            {
                Vector3 light = scene.Seen(x, y);
                (red[i], green[i], blue[i]) = (Response(light.X), Response(light.Y), Response(light.Z));
            }
        }

        if (view.Noise > 0)
        {
            foreach (ref float value in picture.Values.AsSpan())
            {
                value = Math.Clamp(noise.Normal(value, view.Noise), 0, 255);
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
