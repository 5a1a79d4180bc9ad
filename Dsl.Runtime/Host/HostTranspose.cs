using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The Transpose skeleton on the host: blocks of 8 × 8 in registers where there is AVX, within tiles that fit
/// the cache.</summary>
internal static unsafe class HostTranspose
{
    /// <summary>Rows and columns of a tile: both sides of it stay in the first cache level.</summary>
    private const int Tile = 32;

    /// <summary>Floats of a cache line: one is written at once, or it may be gone before its other half comes when rows are a
    /// power of two apart.</summary>
    private const int Line = 16;

    public static int Slices(int batch, int rows, int columns) =>
        Slicing.Count(batch * Slicing.Ceiling(columns, Tile), (long)batch * rows * columns);

    public static void Run(TransposeLaunch launch, float* memory, int slice)
    {
        int rows = launch.Rows;
        int columns = launch.Columns;
        int bands = Slicing.Ceiling(columns, Tile);
        (int first, int end) = Slicing.Range(launch.Batch * bands, Slices(launch.Batch, rows, columns), slice);
        for (int unit = first; unit < end; unit++)
        {
            nint matrix = (nint)(unit / bands) * rows * columns;
            int column = unit % bands * Tile;
            int columnEnd = Math.Min(column + Tile, columns);
            float* from = memory + launch.Slots.A0 + matrix;
            float* to = memory + launch.Slots.A1 + matrix;
            for (int row = 0; row < rows; row += Tile)
            {
                Block(from, to, rows, columns, row, Math.Min(row + Tile, rows), column, columnEnd);
            }
        }
    }

    /// <summary>Some rows and columns of a matrix, to[c·rows + r] = from[r·columns + c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Block(float* from, float* to, nint rows, nint columns, int row, int rowEnd, int column, int columnEnd)
    {
        int wholeRows = Avx.IsSupported && HostVectors.Width >= 8 ? row + ((rowEnd - row) & ~7) : row;
        int wholeColumns = column + ((columnEnd - column) & ~7);
        for (int r = row; r < wholeRows; r += Line)
        {
            for (int c = column; c < wholeColumns; c += 8)
            {
                Eight(from + (r * columns) + c, columns, to + (c * rows) + r, rows);
                if (r + 8 < wholeRows)
                {
                    Eight(from + ((r + 8) * columns) + c, columns, to + (c * rows) + r + 8, rows);
                }
            }
        }

        Plain(from, to, rows, columns, row, wholeRows, wholeColumns, columnEnd);
        Plain(from, to, rows, columns, wholeRows, rowEnd, column, columnEnd);
    }

    private static void Plain(float* from, float* to, nint rows, nint columns, int row, int rowEnd, int column, int columnEnd)
    {
        for (int c = column; c < columnEnd; c++)
        {
            for (int r = row; r < rowEnd; r++)
            {
                to[(c * rows) + r] = from[(r * columns) + c];
            }
        }
    }

    /// <summary>Pairs, then quads, then halves of rows change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Eight(float* from, nint fromRow, float* to, nint toRow)
    {
        Vector256<float> r0 = Vector256.Load(from);
        Vector256<float> r1 = Vector256.Load(from + fromRow);
        Vector256<float> r2 = Vector256.Load(from + (2 * fromRow));
        Vector256<float> r3 = Vector256.Load(from + (3 * fromRow));
        from += 4 * fromRow;
        Vector256<float> r4 = Vector256.Load(from);
        Vector256<float> r5 = Vector256.Load(from + fromRow);
        Vector256<float> r6 = Vector256.Load(from + (2 * fromRow));
        Vector256<float> r7 = Vector256.Load(from + (3 * fromRow));

        Vector256<float> p0 = Avx.UnpackLow(r0, r1);
        Vector256<float> p1 = Avx.UnpackHigh(r0, r1);
        Vector256<float> p2 = Avx.UnpackLow(r2, r3);
        Vector256<float> p3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> p4 = Avx.UnpackLow(r4, r5);
        Vector256<float> p5 = Avx.UnpackHigh(r4, r5);
        Vector256<float> p6 = Avx.UnpackLow(r6, r7);
        Vector256<float> p7 = Avx.UnpackHigh(r6, r7);

        r0 = Avx.Shuffle(p0, p2, 0x44);
        r1 = Avx.Shuffle(p0, p2, 0xEE);
        r2 = Avx.Shuffle(p1, p3, 0x44);
        r3 = Avx.Shuffle(p1, p3, 0xEE);
        r4 = Avx.Shuffle(p4, p6, 0x44);
        r5 = Avx.Shuffle(p4, p6, 0xEE);
        r6 = Avx.Shuffle(p5, p7, 0x44);
        r7 = Avx.Shuffle(p5, p7, 0xEE);

        Avx.Permute2x128(r0, r4, 0x20).Store(to);
        Avx.Permute2x128(r1, r5, 0x20).Store(to + toRow);
        Avx.Permute2x128(r2, r6, 0x20).Store(to + (2 * toRow));
        Avx.Permute2x128(r3, r7, 0x20).Store(to + (3 * toRow));
        to += 4 * toRow;
        Avx.Permute2x128(r0, r4, 0x31).Store(to);
        Avx.Permute2x128(r1, r5, 0x31).Store(to + toRow);
        Avx.Permute2x128(r2, r6, 0x31).Store(to + (2 * toRow));
        Avx.Permute2x128(r3, r7, 0x31).Store(to + (3 * toRow));
    }
}
