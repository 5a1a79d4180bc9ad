using System;
using System.Numerics;

namespace Dsl.Host;

/// <summary>
/// How a batch of products is cut into slices and its depth into blocks. It depends on shapes and tiles, never on threads.
/// Every sum is one chain of fused products in the order of the depth, or one chain for each part of a long depth.
/// </summary>
internal readonly struct ContractPlan
{
    /// <summary>The most rows and columns of a slice: its part of A and the packed part of B share the second cache
    /// level.</summary>
    private const int MostRows = 256;
    private const int MostColumns = 256;

    /// <summary>Depth that is not blocked: a panel of B stays in the first cache level.</summary>
    private const int ShortDepth = 384;
    private const int DepthBlock = 384;

    /// <summary>Products of a slice below which handing it out costs more than it gains.</summary>
    private const long SmallSlice = 64 * 1024;
    private const int WantedSlices = 16;

    /// <summary>Columns of a slice when there is one row.</summary>
    private const int Stretch = 512;
    private const int MostStretch = 8192;

    /// <summary>Depth from which it pays to cut it. Where it is a sum over positions, and the second cache level does not keep so
    /// many floats of both operands, it pays much earlier; elsewhere what a row of a batch yields would depend on how many rows there
    /// are.</summary>
    private const int LongDepth = 8192;
    private const int LongSum = 1024;
    private const int FarOperands = 320 * 1024;

    /// <summary>How deep a part is, and how many there are: each adds a whole result, but occupies a thread.</summary>
    private const int PartDepth = 512;
    private const int LeastParts = 4;
    private const int MostParts = 16;

    /// <summary>The largest result whose sums stay in the second cache level while all of it grows with the depth.</summary>
    private const int MostSums = 96 * 1024;
    private const int MostLongRows = 256;

    private ContractPlan(int batch, int rows, int columns, int rowsPerSlice, int columnsPerSlice)
    {
        Batch = batch;
        Rows = rows;
        Columns = columns;
        RowsPerSlice = rowsPerSlice;
        ColumnsPerSlice = columnsPerSlice;
    }

    public int Batch { get; }

    public int Rows { get; }

    public int Columns { get; }

    public int RowsPerSlice { get; }

    public int ColumnsPerSlice { get; }

    /// <summary>Parts of the depth: each is a slice of its own for the whole result, and they are added at the
    /// end.</summary>
    public int Parts { get; private init; } = 1;

    public int RowSlices => Slicing.Ceiling(Rows, RowsPerSlice);

    public int ColumnSlices => Slicing.Ceiling(Columns, ColumnsPerSlice);

    public int Count => Batch * RowSlices * ColumnSlices * Parts;

    /// <summary>Halves a side of a slice until there are enough slices or they become small.</summary>
    /// <param name="batch">Products.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="depth">The whole depth.</param>
    /// <param name="tileRows">Rows of the register tile.</param>
    /// <param name="panel">Columns of the register tile.</param>
    /// <param name="isFlat">Whether the depth is one axis of both operands.</param>
    /// <param name="isSum">Whether the depth is the outer axis of both operands, as where products of positions are summed.</param>
    public static ContractPlan For(
        int batch, int rows, int columns, int depth, int tileRows, int panel, bool isFlat, bool isSum)
    {
        if (batch == 0 || rows == 0 || columns == 0)
        {
            return new ContractPlan(0, 1, 1, 1, 1);
        }

        if (rows == 1)
        {
            // One row is bound by reading B once: long stretches of its rows.
            int stretch = Math.Clamp(Slicing.Ceiling(columns, WantedSlices), Stretch, MostStretch);
            return new ContractPlan(batch, 1, columns, 1, Even(columns, Slicing.RoundUp(stretch, panel), panel));
        }

        bool isLong = depth >= LongDepth || (isSum && depth >= LongSum && (long)depth * (rows + columns) >= FarOperands);
        if (isFlat && isLong && batch == 1 && rows >= 4 * tileRows && rows <= MostLongRows
            && (long)Slicing.RoundUp(rows, tileRows) * Slicing.RoundUp(columns, panel) <= MostSums)
        {
            // A sum over positions, such as the gradient of a weight. Slices of the result would each read all of the
            // depth, in pieces of a few cache lines.
            return new ContractPlan(1, rows, columns, rows, columns) { Parts = Math.Clamp(depth / PartDepth, LeastParts, MostParts) };
        }

        int most = Math.Max(1, MostRows / tileRows) * tileRows;
        int rowsPer = Even(rows, Math.Min(most, Slicing.RoundUp(rows, tileRows)), tileRows);
        int columnsPer = Even(columns, Math.Min(Math.Max(panel, MostColumns), Slicing.RoundUp(columns, panel)), panel);
        while (true)
        {
            var plan = new ContractPlan(batch, rows, columns, rowsPer, columnsPer);
            long work = (long)Math.Min(rowsPer, rows) * Math.Min(columnsPer, columns) * Math.Max(depth, 1);
            if (plan.Count >= WantedSlices || work < 2 * SmallSlice)
            {
                return plan;
            }

            // Columns first: the fewer slices share columns, the less often B is packed, and A is read from the second
            // cache level
            // whatever the width.
            if (columnsPer >= 4 * panel || (columnsPer >= 2 * panel && rowsPer < 8 * tileRows))
            {
                columnsPer = Slicing.RoundUp(columnsPer / 2, panel);
            }
            else if (rowsPer >= 2 * tileRows)
            {
                rowsPer = Slicing.RoundUp(rowsPer / 2, tileRows);
            }
            else
            {
                return plan;
            }
        }
    }

    /// <summary>Steps of the depth between visits to the accumulators: all of it when it is short.</summary>
    public static int Block(int depth) =>
        depth <= ShortDepth ? depth : Slicing.RoundUp(Slicing.Ceiling(depth, Slicing.Ceiling(depth, DepthBlock)), 8);

    /// <summary>True when rows so many elements apart fall on few sets of the cache and push each other out.</summary>
    public static bool Collides(nint stride) => BitOperations.TrailingZeroCount((long)stride) >= 9;

    /// <summary>The part nearest to <paramref name="most"/> that cuts the whole evenly in multiples of a
    /// unit.</summary>
    private static int Even(int whole, int most, int unit) =>
        Slicing.RoundUp(Slicing.Ceiling(whole, Slicing.Ceiling(whole, most)), unit);
}
