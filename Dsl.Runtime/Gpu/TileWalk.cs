using System;

namespace Dsl.Gpu;

/// <summary>How the operands are walked along the summed index k = (outer, middle, depth).</summary>
internal struct TileWalk
{
    internal int Depth;
    internal int Middle;
    internal int Outer;
    internal int ADepth;
    internal int AMiddle;
    internal int AOuter;
    internal int BDepth;
    internal int BMiddle;
    internal int BOuter;

    /// <summary>Terms of a sum.</summary>
    internal readonly int Length => Outer * Middle * Depth;

    /// <summary>The same walk with as few segments as there are: fewer carries for every thread.</summary>
    internal readonly TileWalk Collapsed()
    {
        var w = this;
        if (w.Middle == 1 || (w.AMiddle == w.Depth * w.ADepth && w.BMiddle == w.Depth * w.BDepth))
        {
            w.Depth *= w.Middle;
            w.Middle = w.Outer;
            w.AMiddle = w.AOuter;
            w.BMiddle = w.BOuter;
            w.Outer = 1;
            if (w.Middle == 1 || (w.AMiddle == w.Depth * w.ADepth && w.BMiddle == w.Depth * w.BDepth))
            {
                w.Depth *= w.Middle;
                w.Middle = 1;
            }
        }

        // Threads divide by these even where there is nothing to sum.
        w.Depth = Math.Max(1, w.Depth);
        w.Middle = Math.Max(1, w.Middle);
        return w;
    }
}

/// <summary>Where a thread stands in a <see cref="TileWalk"/>.</summary>
internal struct TileCursor
{
    internal int Step;
    internal int Middle;
    internal int Outer;

    internal TileCursor(in TileWalk w, int k)
    {
        int segment = k / w.Depth;
        Step = k - (segment * w.Depth);
        Outer = segment / w.Middle;
        Middle = segment - (Outer * w.Middle);
    }

    /// <summary>The place <paramref name="terms"/> terms on.</summary>
    internal static TileCursor Next(TileCursor c, in TileWalk w, int terms)
    {
        c.Step += terms;
        while (c.Step >= w.Depth)
        {
            c.Step -= w.Depth;
            c.Middle++;
            if (c.Middle == w.Middle)
            {
                c.Middle = 0;
                c.Outer++;
            }
        }

        return c;
    }
}
