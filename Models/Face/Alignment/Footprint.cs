using System;

namespace Models.Face.Alignment;

/// <summary>The four pixels around a place, and how much each counts. One outside of the image counts
/// nothing.</summary>
internal readonly struct Footprint
{
    // Offsets of the pixels at the upper left, upper right, lower left and lower right; 0 where the weight is 0.
    private readonly (int UpperLeft, int UpperRight, int LowerLeft, int LowerRight) _at;
    private readonly (float UpperLeft, float UpperRight, float LowerLeft, float LowerRight) _weight;

    private Footprint((int, int, int, int) at, (float, float, float, float) weight) => (_at, _weight) = (at, weight);

    public static Footprint At(ImagePoint place, int height, int width)
    {
        // Also false for what is not a number, so that what follows fits an int.
        if (!(place.X > -1 && place.X < width && place.Y > -1 && place.Y < height))
        {
            return default;
        }

        (int left, int top) = ((int)Math.Floor(place.X), (int)Math.Floor(place.Y));
        (double right, double lower) = (place.X - left, place.Y - top);
        bool hasLeft = left >= 0, hasRight = left + 1 < width, hasTop = top >= 0, hasLower = top + 1 < height;
        int origin = (top * width) + left;
        return new Footprint(
            (hasTop && hasLeft ? origin : 0, hasTop && hasRight ? origin + 1 : 0,
                hasLower && hasLeft ? origin + width : 0, hasLower && hasRight ? origin + width + 1 : 0),
            (hasTop && hasLeft ? (float)((1 - lower) * (1 - right)) : 0,
                hasTop && hasRight ? (float)((1 - lower) * right) : 0,
                hasLower && hasLeft ? (float)(lower * (1 - right)) : 0,
                hasLower && hasRight ? (float)(lower * right) : 0));
    }

    public float Read(ReadOnlySpan<float> image) =>
        (_weight.UpperLeft * image[_at.UpperLeft]) + (_weight.UpperRight * image[_at.UpperRight])
        + (_weight.LowerLeft * image[_at.LowerLeft]) + (_weight.LowerRight * image[_at.LowerRight]);

    public void Add(Span<float> image, float gradient)
    {
        image[_at.UpperLeft] += _weight.UpperLeft * gradient;
        image[_at.UpperRight] += _weight.UpperRight * gradient;
        image[_at.LowerLeft] += _weight.LowerLeft * gradient;
        image[_at.LowerRight] += _weight.LowerRight * gradient;
    }
}
