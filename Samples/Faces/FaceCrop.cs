using System;
using System.Collections.Generic;
using System.Linq;
using Models.Face;
using Models.Face.Alignment;
using Samples.Imaging;

namespace Samples.Faces;

/// <summary>Brings faces to the template of 112×112 pixels, and that to the network's size: a pixel is the mean of
/// 2×2.</summary>
internal static class FaceCrop
{
    /// <summary>Height and width of what the network sees.</summary>
    public const int Side = 112 / Factor;

    /// <summary>Floats of that.</summary>
    public const int Pixels = 3 * Side * Side;

    private const int Factor = 2;
    private static readonly FaceTemplate s_template = FaceTemplate.Square112;

    /// <summary>The similarity that brings a face's own landmarks nearest to the template.</summary>
    /// <exception cref="InvalidOperationException">The landmarks coincide.</exception>
    public static AffineTransform Align(IReadOnlyList<ImagePoint> landmarks) =>
        Similarity.ToTemplate([.. landmarks], s_template).Transform;

    /// <summary>One similarity for many pictures: the one of their faces' mean landmarks. It is the same for each, so
    /// it says nothing of a single one.</summary>
    public static AffineTransform Fixed(IReadOnlyList<IReadOnlyList<ImagePoint>> faces)
    {
        var mean = new ImagePoint[s_template.Points.Count];
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] = new ImagePoint(faces.Average(f => f[i].X), faces.Average(f => f[i].Y));
        }

        return Align(mean);
    }

    /// <summary>As landmarks might have been wrong: turned, scaled and shifted a little in the template.</summary>
    public static AffineTransform Jitter(AffineTransform map, Random random)
    {
        // Half of them about as much as one rule for all is wrong.
        float wrong = random.Happens(0.5) ? 1 : 2.5f;
        (double sin, double cos) = Math.SinCos(random.Normal(0, 0.03f * wrong));
        double scale = Math.Exp(random.Normal(0, 0.03f * wrong));
        (double a, double b) = (scale * cos, scale * sin);
        (double middleX, double middleY) = (s_template.Width / 2.0, s_template.Height / 2.0);
        double x = middleX + random.Normal(0, 1.5f * wrong) - ((a * middleX) - (b * middleY));
        double y = middleY + random.Normal(0, 2 * wrong) - ((b * middleX) + (a * middleY));
        return Then(map, new AffineTransform(a, -b, x, b, a, y));
    }

    /// <summary>Shifted by pixels of the template.</summary>
    public static AffineTransform Shift(AffineTransform map, double x, double y) =>
        map with { X0 = map.X0 + x, Y0 = map.Y0 + y };

    /// <summary>How far landmarks are from the template: the root of the mean of their squared distances, in
    /// pixels.</summary>
    public static double Residual(IReadOnlyList<ImagePoint> landmarks, AffineTransform map)
    {
        double squares = 0;
        for (int i = 0; i < landmarks.Count; i++)
        {
            (ImagePoint at, ImagePoint target) = (map.Apply(landmarks[i]), s_template.Points[i]);
            squares += ((at.X - target.X) * (at.X - target.X)) + ((at.Y - target.Y) * (at.Y - target.Y));
        }

        return Math.Sqrt(squares / landmarks.Count);
    }

    /// <summary>Writes what the network sees: [3, 56, 56], from -1 to 1; outside of the picture is gray.</summary>
    public static void Write(Picture picture, AffineTransform map, Span<float> image)
    {
        float[] face = Warp(picture, map);
        int plane = s_template.Height * s_template.Width;
        for (int i = 0; i < Pixels; i++)
        {
            (int channel, int site) = Math.DivRem(i, Side * Side);
            (int y, int x) = Math.DivRem(site, Side);
            int at = (channel * plane) + (Factor * ((y * s_template.Width) + x));
            float sum = face[at] + face[at + 1] + face[at + s_template.Width] + face[at + s_template.Width + 1];
            image[i] = sum * (1 / (Factor * Factor * 128f));
        }
    }

    /// <summary>The aligned face, [3, 112, 112], as differences from 127.5.</summary>
    public static float[] Warp(Picture picture, AffineTransform map)
    {
        // Zero is what is outside of a picture.
        float[] values = Array.ConvertAll(picture.Values, static v => v - 127.5f);
        var face = new float[3 * s_template.Height * s_template.Width];
        ImageWarp.Affine(
            values, 3, picture.Height, picture.Width, map, face, s_template.Height, s_template.Width);
        return face;
    }

    /// <summary>One map after the other.</summary>
    private static AffineTransform Then(AffineTransform first, AffineTransform second)
    {
        ImagePoint origin = second.Apply(new ImagePoint(first.X0, first.Y0));
        return new AffineTransform(
            (second.Xx * first.Xx) + (second.Xy * first.Yx), (second.Xx * first.Xy) + (second.Xy * first.Yy), origin.X,
            (second.Yx * first.Xx) + (second.Yy * first.Yx), (second.Yx * first.Xy) + (second.Yy * first.Yy), origin.Y);
    }
}
