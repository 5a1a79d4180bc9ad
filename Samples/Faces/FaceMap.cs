using System;
using System.Numerics;

namespace Samples.Faces;

/// <summary>
/// The front of a head as a grid over x and y: how far it stands out, and of which colour it is. Features are painted
/// onto it one after the other.
/// </summary>
internal sealed class FaceMap
{
    /// <summary>Places of the grid in a half width of a mean head.</summary>
    public const float Detail = 28;

    /// <summary>What the grid reaches to, sideways and up and down.</summary>
    private const float Side = 1.35f;
    private const float Height = 1.9f;
    private const int Columns = (int)(2 * Side * Detail) + 1;
    private const int Rows = (int)(2 * Height * Detail) + 1;

    /// <summary>By which the head is larger, how that changes with x and y, share of hair.</summary>
    private readonly Vector4[] _relief = new Vector4[Rows * Columns];

    /// <summary>Red, green, blue, gloss.</summary>
    private readonly Vector4[] _color = new Vector4[Rows * Columns];

    /// <summary>A place's colour as it is being painted.</summary>
    /// <param name="x">To the image's right.</param>
    /// <param name="y">Downwards.</param>
    /// <returns>Red, green and blue, and how much of them covers what is there.</returns>
    public delegate Vector4 Brush(float x, float y);

    /// <summary>Everything in one colour, and flat.</summary>
    public void Fill(Vector3 color)
    {
        Array.Fill(_relief, Vector4.UnitX);
        Array.Fill(_color, new Vector4(color, 1));
    }

    /// <summary>Paints around a place.</summary>
    /// <param name="x">The middle.</param>
    /// <param name="y">The middle.</param>
    /// <param name="width">How far left and right.</param>
    /// <param name="height">How far up and down.</param>
    /// <param name="brush">What is painted.</param>
    /// <param name="gloss">What the paint shines by; skin is 1.</param>
    public void Paint(float x, float y, float width, float height, Brush brush, float gloss = 1)
    {
        foreach ((int row, float down) in Range(y, height, Height, Rows))
        {
            foreach ((int column, float right) in Range(x, width, Side, Columns))
            {
                Vector4 paint = brush(right, down);
                if (paint.W > 0)
                {
                    ref Vector4 place = ref _color[(row * Columns) + column];
                    place = Vector4.Lerp(place, paint with { W = gloss }, Math.Min(1, paint.W));
                }
            }
        }
    }

    /// <summary>Multiplies colours around a place.</summary>
    public void Shade(float x, float y, float width, float height, Func<float, float, float> factor)
    {
        foreach ((int row, float down) in Range(y, height, Height, Rows))
        {
            foreach ((int column, float right) in Range(x, width, Side, Columns))
            {
                ref Vector4 place = ref _color[(row * Columns) + column];
                float by = factor(right, down);
                place *= new Vector4(by, by, by, 1);
            }
        }
    }

    /// <summary>Adds a bump, a normal curve in both directions.</summary>
    /// <param name="x">Its top.</param>
    /// <param name="y">Its top.</param>
    /// <param name="width">Deviation sideways.</param>
    /// <param name="height">Deviation up and down.</param>
    /// <param name="lift">By which share of the head's size it stands out; negative is a hollow.</param>
    public void Lift(float x, float y, float width, float height, float lift)
    {
        const float Reach = 2.6f;
        foreach ((int row, float down) in Range(y, Reach * height, Height, Rows))
        {
            float v = (down - y) / height;
            float line = lift * MathF.Exp(-0.5f * v * v);
            foreach ((int column, float right) in Range(x, Reach * width, Side, Columns))
            {
                float u = (right - x) / width;
                _relief[(row * Columns) + column].X += line * MathF.Exp(-0.5f * u * u);
            }
        }
    }

    /// <summary>Marks where there is hair, everywhere.</summary>
    /// <param name="share">From 0, skin, to 1, hair.</param>
    public void Grow(Func<float, float, float> share)
    {
        foreach ((int row, float down) in Range(0, Height, Height, Rows))
        {
            foreach ((int column, float right) in Range(0, Side, Side, Columns))
            {
                _relief[(row * Columns) + column].W = share(right, down);
            }
        }
    }

    /// <summary>Takes the slopes of what was lifted.</summary>
    public void Finish()
    {
        for (int row = 0; row < Rows; row++)
        {
            (int above, int below) = (Math.Max(0, row - 1) * Columns, Math.Min(Rows - 1, row + 1) * Columns);
            for (int column = 0; column < Columns; column++)
            {
                (int before, int after) = (Math.Max(0, column - 1), Math.Min(Columns - 1, column + 1));
                ref Vector4 place = ref _relief[(row * Columns) + column];
                place.Y = (_relief[(row * Columns) + after].X - _relief[(row * Columns) + before].X) * (Detail / 2);
                place.Z = (_relief[below + column].X - _relief[above + column].X) * (Detail / 2);
            }
        }
    }

    /// <summary>Size, its slopes and hair at a place, between those of the grid.</summary>
    public Vector4 ReliefAt(float x, float y) => Read(_relief, x, y);

    /// <summary>By which the head is larger at a place.</summary>
    public float SizeAt(float x, float y) => Read(_relief, x, y).X;

    /// <summary>Red, green, blue and gloss at a place.</summary>
    public Vector4 ColorAt(float x, float y) => Read(_color, x, y);

    private static Vector4 Read(Vector4[] grid, float x, float y)
    {
        float right = Math.Clamp((x + Side) * Detail, 0, Columns - 1.001f);
        float down = Math.Clamp((y + Height) * Detail, 0, Rows - 1.001f);
        (int column, int row) = ((int)right, (int)down);
        int at = (row * Columns) + column;
        return Vector4.Lerp(
            Vector4.Lerp(grid[at], grid[at + 1], right - column),
            Vector4.Lerp(grid[at + Columns], grid[at + Columns + 1], right - column),
            down - row);
    }

    /// <summary>The lines of the grid within a reach of a place, and where they are.</summary>
    private static LineRange Range(float middle, float reach, float edge, int count) => new(
        Math.Max(0, (int)MathF.Ceiling((middle - reach + edge) * Detail)),
        Math.Min(count - 1, (int)MathF.Floor((middle + reach + edge) * Detail)),
        edge);

    /// <summary>Enumerates without allocating.</summary>
    private struct LineRange(int first, int last, float edge)
    {
        private int _at = first - 1;

        public readonly (int Index, float Place) Current => (_at, (_at / Detail) - edge);

        public readonly LineRange GetEnumerator() => this;

        public bool MoveNext() => ++_at <= last;
    }
}
