using System;
using System.Runtime.CompilerServices;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>Copies operands into a worker's scratch, where they are contiguous in the order a tile reads
/// them.</summary>
internal static unsafe class Packing
{
    /// <summary>Copies <paramref name="depth"/> steps of a panel of B; columns that do not exist become zero.</summary>
    /// <param name="from">The panel's first column.</param>
    /// <param name="step">Elements from one step to the next.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="columns">Columns that exist.</param>
    /// <param name="panel">Columns of a panel: a multiple of the lanes.</param>
    /// <param name="to">depth · panel floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Panel<F, I, M>(float* from, nint step, int depth, int columns, int panel, float* to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        if (columns == panel && panel == 2 * F.Lanes)
        {
            for (int k = 0; k < depth; k++)
            {
                F.Store(to, F.Load(from));
                F.Store(to + F.Lanes, F.Load(from + F.Lanes));
                from += step;
                to += panel;
            }

            return;
        }

        for (int k = 0; k < depth; k++)
        {
            for (int c = 0; c < panel; c += F.Lanes)
            {
                int exist = columns - c;
                F.Store(to + c, exist >= F.Lanes ? F.Load(from + c) : exist > 0 ? F.Load(from + c, exist) : F.Splat(0f));
            }

            from += step;
            to += panel;
        }
    }

    /// <summary>Copies several panels, row of B by row: what lies side by side is read together.</summary>
    /// <param name="from">The first panel's first column.</param>
    /// <param name="step">Elements from one step to the next.</param>
    /// <param name="depth">Steps.</param>
    /// <param name="columns">Columns that exist; the last panel's others become zero.</param>
    /// <param name="panel">Columns of a panel: a multiple of the lanes.</param>
    /// <param name="to">depth · panel floats for each panel, panel after panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Panels<F, I, M>(float* from, nint step, int depth, int columns, int panel, float* to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int whole = columns / panel * panel;
        nint next = (nint)depth * panel;
        for (int k = 0; k < depth && whole > panel; k++)
        {
            float* row = from + (k * step);
            float* at = to + ((nint)k * panel);
            for (int c = 0; c < whole; c += panel)
            {
                for (int v = 0; v < panel; v += F.Lanes)
                {
                    F.Store(at + v, F.Load(row + c + v));
                }

                at += next;
            }
        }

        for (int c = whole > panel ? whole : 0; c < columns; c += panel)
        {
            Panel<F, I, M>(from + c, step, depth, Math.Min(panel, columns - c), panel, to + ((nint)c * depth));
        }
    }

    /// <summary>Copies a rectangle whose rows are contiguous.</summary>
    public static void Rectangle(float* from, nint fromRow, int rows, int columns, float* to, nint toRow)
    {
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)columns * sizeof(float));
            from += fromRow;
            to += toRow;
        }
    }
}
