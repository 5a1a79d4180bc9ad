using System;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>What the contracting skeletons do to a tile's operands before they run it.</summary>
internal static unsafe class TileWalk
{
    /// <summary>Floats of a cache line.</summary>
    public const int LineFloats = 16;

    /// <summary>Joins segments that continue each other in A and in B: fewer, longer loops, the same order.</summary>
    public static void Merge(ref TileOperands t)
    {
        if (t.Middle == 1 || (t.AMiddle == t.Depth * t.ADepth && t.BMiddle == t.Depth * t.BDepth))
        {
            t.Depth *= t.Middle;
            t.Middle = 1;
        }

        if (t.Middle == 1 && (t.Outer == 1 || (t.AOuter == t.Depth * t.ADepth && t.BOuter == t.Depth * t.BDepth)))
        {
            t.Depth *= t.Outer;
            t.Outer = 1;
        }
    }

    /// <summary>Packs all segments of B, panel after panel, and points the operands at the result: B of a panel then
    /// begins
    /// depth · panel floats after that of the one before it.</summary>
    /// <returns>The floats written.</returns>
    public static nint Pack<F, I, M>(ref TileOperands t, int columns, int panel, float* to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        float* at = to;
        for (int c = 0; c < columns; c += panel)
        {
            for (int outer = 0; outer < t.Outer; outer++)
            {
                for (int middle = 0; middle < t.Middle; middle++)
                {
                    float* from = t.B + (outer * t.BOuter) + (middle * t.BMiddle) + c;
                    Packing.Panel<F, I, M>(from, t.BDepth, t.Depth, Math.Min(panel, columns - c), panel, at);
                    at += (nint)t.Depth * panel;
                }
            }
        }

        PointAtPacked(ref t, to, 0, panel);
        return (nint)(at - to);
    }

    /// <summary>Points the operands at what <see cref="Pack"/> wrote, for the panel that begins at a column.</summary>
    public static void PointAtPacked(ref TileOperands t, float* packed, int column, int panel)
    {
        t.BDepth = panel;
        t.BMiddle = (nint)t.Depth * panel;
        t.BOuter = t.Middle * t.BMiddle;
        t.B = packed + ((nint)column * t.Depth * t.Middle * t.Outer);
    }

    /// <summary>Lets a tile ask for the rows of A that come next (see <see cref="Prefetch"/>). A line at each step suffices where rows
    /// follow each other without a gap, or where they are neighbours: then the first tile of these rows asks for them. Else each asks
    /// for one line of every row.</summary>
    /// <param name="t">The tile's operands.</param>
    /// <param name="next">The first of those rows.</param>
    /// <param name="tile">How many tiles of the same rows came before.</param>
    public static void AskForRows(ref TileOperands t, float* next, int tile)
    {
        bool neighbours = t.ARow == 1;
        int depth = t.Depth * t.Middle * t.Outer;
        if (neighbours || (t.ADepth == 1 && t.ARow == depth))
        {
            t.Ahead = tile == 0 ? next : null;
            t.AheadStep = tile > 0 ? 0 : neighbours ? t.ADepth : LineFloats;
        }
        else
        {
            AskForPanel(ref t, next, t.ARow, t.ADepth == 1 ? depth : 0, tile);
        }
    }

    /// <summary>Lets a tile ask for a panel of B that comes next: one line of each of its rows; other tiles ask for the others.</summary>
    /// <param name="t">The tile's operands.</param>
    /// <param name="next">The panel.</param>
    /// <param name="step">Elements from one row of the panel to the next.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="line">Which line of each row; nothing is asked for where there are fewer.</param>
    public static void AskForPanel(ref TileOperands t, float* next, nint step, int columns, int line)
    {
        bool exists = line * LineFloats < columns;
        t.Ahead = exists ? next + (line * LineFloats) : null;
        t.AheadStep = exists ? step : 0;
    }
}
