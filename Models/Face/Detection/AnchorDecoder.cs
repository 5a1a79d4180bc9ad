using System;
using System.Globalization;

namespace Models.Face.Detection;

/// <summary>
/// From what a single-shot detector puts out to boxes and landmarks, in shares of the image's width and height (Liu et
/// al. 2016, "SSD", for boxes; Deng et al. 2020, "RetinaFace", for landmarks). Offsets are in units of an anchor's
/// extent times a variance, 0.1 for places and 0.2 for the logarithms of extents.
/// </summary>
public static class AnchorDecoder
{
    /// <summary>Landmarks of a face: the eyes, the nose, the corners of the mouth.</summary>
    public const int Landmarks = 5;

    private const double PlaceVariance = 0.1;
    private const double ExtentVariance = 0.2;

    /// <summary>Boxes: center + 0.1·offset·extent, extent·exp(0.2·offset).</summary>
    /// <param name="anchors">What the detector starts from.</param>
    /// <param name="offsets">[anchors, 4]: x and y of the middle, width, height.</param>
    /// <exception cref="ArgumentException">The numbers do not fit the anchors, or a box would not be
    /// finite.</exception>
    public static Box[] Boxes(ReadOnlySpan<Anchor> anchors, ReadOnlySpan<float> offsets)
    {
        Check(anchors.Length, 4, offsets.Length);
        var boxes = new Box[anchors.Length];
        for (int i = 0; i < boxes.Length; i++)
        {
            Anchor anchor = anchors[i];
            ReadOnlySpan<float> offset = offsets.Slice(4 * i, 4);
            double x = anchor.CenterX + (PlaceVariance * offset[0] * anchor.Width);
            double y = anchor.CenterY + (PlaceVariance * offset[1] * anchor.Height);
            double halfWidth = anchor.Width * Math.Exp(ExtentVariance * offset[2]) / 2;
            double halfHeight = anchor.Height * Math.Exp(ExtentVariance * offset[3]) / 2;
            boxes[i] = new Box(
                (float)(x - halfWidth), (float)(y - halfHeight), (float)(x + halfWidth), (float)(y + halfHeight));
            if (!double.IsFinite(boxes[i].Width) || !double.IsFinite(boxes[i].Height))
            {
                throw NotFinite(i, "box", nameof(offsets));
            }
        }

        return boxes;
    }

    /// <summary>Landmarks: center + 0.1·offset·extent.</summary>
    /// <param name="anchors">What the detector starts from.</param>
    /// <param name="offsets">[anchors, 5, 2]: x, y of each landmark.</param>
    /// <returns>[anchors, 5]; the left eye, the right, the nose, the left corner of the mouth, the right, where left is
    /// the image's left.</returns>
    /// <exception cref="ArgumentException">The numbers do not fit the anchors, or one is not finite.</exception>
    public static ImagePoint[] Points(ReadOnlySpan<Anchor> anchors, ReadOnlySpan<float> offsets)
    {
        Check(anchors.Length, 2 * Landmarks, offsets.Length);
        var points = new ImagePoint[anchors.Length * Landmarks];
        for (int i = 0; i < points.Length; i++)
        {
            Anchor anchor = anchors[i / Landmarks];
            points[i] = new ImagePoint(
                anchor.CenterX + (PlaceVariance * offsets[2 * i] * anchor.Width),
                anchor.CenterY + (PlaceVariance * offsets[(2 * i) + 1] * anchor.Height));
            if (!points[i].IsFinite)
            {
                throw NotFinite(i / Landmarks, "landmark", nameof(offsets));
            }
        }

        return points;
    }

    private static void Check(int anchors, int width, int offsets)
    {
        if ((long)anchors * width != offsets)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{anchors} anchors need {(long)anchors * width} offsets, not {offsets}."),
                nameof(offsets));
        }
    }

    private static ArgumentException NotFinite(int anchor, string what, string name) => new(string.Create(
        CultureInfo.InvariantCulture, $"The offsets of anchor {anchor} make a {what} that is not finite."), name);
}
