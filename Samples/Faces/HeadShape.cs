using System;
using System.Numerics;

namespace Samples.Faces;

/// <summary>
/// A head without its features: at each height an ellipse, as wide and as deep as a table says. Points are in the
/// head's frame.
/// </summary>
internal sealed class HeadShape
{
    private const int Rows = 128;
    private const int Rounds = 3;

    /// <summary>Half width, half depth, and how both change downwards, by row.</summary>
    private readonly Vector4[] _rows = new Vector4[Rows];
    private readonly float _top;
    private readonly float _perUnit;

    /// <summary>The head of someone.</summary>
    public HeadShape(FaceIdentity identity)
    {
        (float width, float crown, float chin, float depth) = identity.Head;
        _top = -crown;
        _perUnit = (Rows - 1) / (crown + chin);
        for (int i = 0; i < Rows; i++)
        {
            float y = _top + (i / _perUnit);
            float down = Math.Clamp(y / chin, 0, 1);
            float wide = y < 0
                ? Round(-y / crown, 2.4f)
                : Round(down, identity.Jaw.Square) * (1 - (identity.Jaw.Taper * down * down));
            float deep = y < 0 ? Round(-y / crown, 2) : Round(down, 5) * (1 - (0.12f * down));
            _rows[i] = new Vector4(Math.Max(0.02f, width * wide), Math.Max(0.02f, depth * deep), 0, 0);
        }

        for (int i = 0; i < Rows; i++)
        {
            (int before, int after) = (Math.Max(0, i - 1), Math.Min(Rows - 1, i + 1));
            Vector4 slope = (_rows[after] - _rows[before]) * (_perUnit / (after - before));
            _rows[i].Z = slope.X;
            _rows[i].W = slope.Y;
        }
    }

    /// <summary>Where a ray first meets the head.</summary>
    /// <param name="origin">A point of the ray.</param>
    /// <param name="ray">To the camera, of length 1.</param>
    /// <param name="size">By which the head is larger than it is, at a place of its front.</param>
    /// <param name="at">The point.</param>
    /// <param name="larger">What <paramref name="size"/> is there.</param>
    /// <returns>False when it passes.</returns>
    public bool Meet(Vector3 origin, Vector3 ray, Func<float, float, float> size, out Vector3 at, out float larger)
    {
        // What a ray meets depends on the height at which it does: three rounds of ever better heights.
        at = origin + (0.9f * ray);
        larger = 1;
        for (int round = 0; round < Rounds; round++)
        {
            larger = size(at.X, at.Y);
            if (!Ellipse(at.Y / larger, out Vector4 row))
            {
                return false;
            }

            var squares = new Vector2(1 / (row.X * row.X), 1 / (row.Y * row.Y));
            float a = (ray.X * ray.X * squares.X) + (ray.Z * ray.Z * squares.Y);
            float b = (origin.X * ray.X * squares.X) + (origin.Z * ray.Z * squares.Y);
            float c = (origin.X * origin.X * squares.X) + (origin.Z * origin.Z * squares.Y) - (larger * larger);
            float inside = (b * b) - (a * c);
            if (inside < 0)
            {
                return false;
            }

            at = origin + ((-b + MathF.Sqrt(inside)) / a * ray);
        }

        return true;
    }

    /// <summary>The point of the front at some x and y.</summary>
    public Vector3 Front(float x, float y, float size)
    {
        Ellipse(y / size, out Vector4 row);
        float share = x / (size * row.X);
        return new Vector3(x, y, size * row.Y * MathF.Sqrt(Math.Max(0, 1 - (share * share))));
    }

    /// <summary>The direction in which the surface looks, of length 1.</summary>
    /// <param name="at">A point of the surface.</param>
    /// <param name="size">By which the head is larger there.</param>
    /// <param name="slope">How that changes with x and y.</param>
    public Vector3 Normal(Vector3 at, float size, Vector2 slope)
    {
        // The gradient of x²/X(y)² + z²/Z(y)² - size(x, y)².
        Ellipse(at.Y / size, out Vector4 row);
        float x = at.X / (row.X * row.X);
        float z = at.Z / (row.Y * row.Y);
        float y = -((x * at.X * row.Z / row.X) + (z * at.Z * row.W / row.Y)) / size;
        return Vector3.Normalize(new Vector3(x - (size * slope.X), y - (size * slope.Y), z));
    }

    private static float Round(float share, float power) => MathF.Sqrt(Math.Max(0, 1 - MathF.Pow(share, power)));

    private bool Ellipse(float y, out Vector4 row)
    {
        float at = (y - _top) * _perUnit;
        int i = Math.Clamp((int)at, 0, Rows - 2);
        row = Vector4.Lerp(_rows[i], _rows[i + 1], Math.Clamp(at - i, 0, 1));
        return at >= 0 && at <= Rows - 1;
    }
}
