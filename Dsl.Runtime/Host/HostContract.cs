using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;
using unsafe Consumer = delegate*<float*, in Dsl.Kernels.Slots, float*, int, int, int, int, int, int, void>;

namespace Dsl.Host;

/// <summary>
/// The Contract skeleton on the host. A slice is a rectangle of the result; its part of B is packed panel by panel
/// when enough
/// rows use it, its depth is blocked when it is long. Finished tiles are handed to the body, through Consume, while
/// they are in the first cache level.
/// </summary>
internal static unsafe partial class HostContract
{
    /// <summary>Floats of the worker's scratch for sums, packed B and packed A; see <see cref="ContractPlan"/> for
    /// their bounds.</summary>
    private const int SumFloats = 96 * 1024;
    private const int PackedBFloats = 224 * 1024;
    private const int PackedAFloats = 128 * 1024;

    /// <summary>Floats of an operand that caches do not keep from one launch to the next.</summary>
    private const int FarFloats = 512 * 1024;

    /// <summary>Floats of B that stay in the first cache level beside A and the sums.</summary>
    private const int NearB = 4096;

    /// <summary>Columns of B that are packed at a time when every row lies in another page. Otherwise a panel at a time:
    /// what was just packed is in the first cache level.</summary>
    private const int PackedColumns = 64;
    private const int Page = 1024;

    public static ContractPlan Plan(ContractLaunch launch) => ContractPlan.For(
        launch.Batch,
        launch.Rows,
        launch.Columns,
        launch.Depth * launch.Middle * launch.Outer,
        launch.Tile.Rows,
        launch.Tile.Columns,
        launch.IsFlat,
        isSum: launch.ARow == 1 && launch.ADepth > 1);

    public static void Run<F, I, M>(
        ContractLaunch launch, TileCode tile, Consumer consume, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ContractPlan plan = launch.Plan;
        if (phase == 1)
        {
            Add<F, I, M>(launch, consume, memory, scratch, slice);
            return;
        }

        if (plan.Parts > 1)
        {
            Part<F, I, M>(launch, tile, memory, scratch, slice);
            return;
        }

        int row = slice % plan.RowSlices * plan.RowsPerSlice;
        int rest = slice / plan.RowSlices;
        int column = rest % plan.ColumnSlices * plan.ColumnsPerSlice;
        int batch = rest / plan.ColumnSlices;
        var area = new Area(
            batch,
            row,
            Math.Min(plan.RowsPerSlice, plan.Rows - row),
            column,
            Math.Min(plan.ColumnsPerSlice, plan.Columns - column))
        {
            AsksForA = IsFar(launch, launch.Rows),
            AsksForB = IsFar(launch, launch.Columns),
            Beside = BodyAhead.Of(launch, memory, batch, FarFloats),
        };
        TileOperands t = Operands(launch, memory, batch, row, column);

        int panel = tile.Columns;
        nint depth = (nint)t.Depth * t.Middle * t.Outer;
        long packed = depth * Slicing.RoundUp(area.Columns, panel);
        bool flat = t.Middle == 1 && t.Outer == 1;

        if (plan.Rows == 1 && flat)
        {
            SingleRow.Sum<F, I, M>(in t, area.Columns, scratch);
            consume(
                memory, in launch.Slots, scratch, area.Columns, 1, area.Columns, batch, row, column);
            return;
        }

        // Packing pays when several tiles read what was packed, and is needless when B is small and lies close
        // together.
        bool packs = area.Rows >= 4 * tile.Rows && packed > 4096;
        if (packs && flat)
        {
            Blocks<F, I, M>(tile, consume, memory, in launch.Slots, scratch, in area, t, null);
            return;
        }

        nint columnStep = 1;
        if (packs && packed <= PackedBFloats)
        {
            TileWalk.Pack<F, I, M>(ref t, area.Columns, panel, scratch + SumFloats);
            TileWalk.Merge(ref t);
            columnStep = depth;
        }

        // A small B stays in the first cache level: then rows come first, so that the body reads and writes whole rows.
        // With next to no depth there is only writing, which prefers few columns.
        int rowStep = packed <= NearB && depth > 4 ? tile.Rows : Math.Max(1, area.Rows);
        for (int from = 0; from < area.Rows; from += rowStep)
        {
            int to = Math.Min(from + rowStep, area.Rows);
            for (int c = 0; c < area.Columns; c += panel)
            {
                TileOperands at = t;
                at.A += from * at.ARow;
                at.B += c * columnStep;
                int columns = Math.Min(panel, area.Columns - c);
                for (int r = from; r < to; r += tile.Rows)
                {
                    int rows = Math.Min(tile.Rows, to - r);
                    if (area.AsksForA && (c == 0 || !area.Beside.Exists))
                    {
                        TileWalk.AskForRows(ref at, at.A + (rows * at.ARow), c / panel);
                    }
                    else if (area.Beside.Exists)
                    {
                        area.Beside.AskFor(ref at, row + r + rows, column, area.Columns, r / tile.Rows, tile.Rows);
                    }

                    tile.Run(in at, rows, scratch, false);
                    consume(
                        memory, in launch.Slots, scratch, panel, rows, columns, batch, row + r, column + c);
                    at.A += tile.Rows * at.ARow;
                }
            }
        }
    }

    /// <summary>The operands of a rectangle of the result, with axes of the depth merged that follow each other.</summary>
    public static TileOperands Operands(ContractLaunch launch, float* memory, int batch, int row, int column)
    {
        TileOperands t = default;
        t.A = memory + launch.Slots.A0 + ((nint)batch * launch.ABatch) + ((nint)row * launch.ARow);
        t.ARow = launch.ARow;
        t.ADepth = launch.ADepth;
        t.AMiddle = launch.AMiddle;
        t.AOuter = launch.AOuter;
        t.B = memory + launch.Slots.A1 + ((nint)batch * launch.BBatch) + column;
        t.BDepth = launch.BDepth;
        t.BMiddle = launch.BMiddle;
        t.BOuter = launch.BOuter;
        t.Depth = launch.Depth;
        t.Middle = launch.Middle;
        t.Outer = launch.Outer;
        TileWalk.Merge(ref t);
        return t;
    }

    /// <summary>Depth block by depth block: packs its part of B (and of A), and adds every tile's products to its sums, which
    /// at the end the body gets, or <paramref name="keep"/>.</summary>
    private static void Blocks<F, I, M>(
        TileCode tile, Consumer consume, float* memory, in Slots s, float* scratch, in Area area, TileOperands t, float* keep)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int panel = tile.Columns;
        int depth = t.Depth;
        int block = ContractPlan.Block(depth);
        float* packedB = scratch + SumFloats;
        float* packedA = packedB + PackedBFloats;
        bool blocked = block < depth;
        int tileFloats = tile.Rows * panel;
        bool packsA = area.Columns >= 8 * panel
            && ((t.ADepth == 1 && ContractPlan.Collides(t.ARow)) || (t.ARow == 1 && area.Rows >= 4 * tile.Rows));
        for (int from = 0; from < depth; from += block)
        {
            int steps = Math.Min(block, depth - from);
            bool last = from + steps == depth;
            TileOperands part = t;
            part.A += from * t.ADepth;
            part.Depth = steps;
            if (packsA)
            {
                PackA(ref part, area.Rows, packedA);
            }

            part.BDepth = panel;
            float* sums = scratch;
            int group = t.BDepth >= Page ? Math.Max(1, PackedColumns / panel) * panel : panel;
            for (int c = 0; c < area.Columns; c += panel)
            {
                int columns = Math.Min(panel, area.Columns - c);
                if (c % group == 0)
                {
                    float* b = t.B + (from * t.BDepth) + c;
                    Packing.Panels<F, I, M>(b, t.BDepth, steps, Math.Min(group, area.Columns - c), panel, packedB);
                }

                part.B = packedB + ((nint)(c % group) * steps);
                TileOperands at = part;
                for (int r = 0; r < area.Rows; r += tile.Rows)
                {
                    int rows = Math.Min(tile.Rows, area.Rows - r);
                    if (c == 0 && area.AsksForA)
                    {
                        // Behind the last rows come those of the next block.
                        bool ends = r + rows == area.Rows && at.ARow == 1;
                        TileWalk.AskForRows(ref at, ends ? t.A + ((from + steps) * t.ADepth) : at.A + (rows * at.ARow), 0);
                    }
                    else if (c > 0 && area.AsksForB)
                    {
                        // What the next packing reads; behind the last columns of a block comes the next block, or the next slice.
                        bool ends = c + group >= area.Columns && !last;
                        float* next = t.B + (ends ? ((from + steps) * t.BDepth) + (c % group) : (from * t.BDepth) + c + group);
                        TileWalk.AskForPanel(ref at, next, t.BDepth, panel, r / tile.Rows);
                    }
                    else if (last && area.Beside.Exists)
                    {
                        area.Beside.AskFor(
                            ref at, area.Row + r + rows, area.Column + c, columns, r / tile.Rows, tile.Rows);
                    }

                    tile.Run(in at, rows, sums, from > 0);
                    if (last && keep != null)
                    {
                        Keep(sums, panel, rows, columns, keep + ((nint)r * area.Columns) + c, area.Columns);
                    }
                    else if (last)
                    {
                        consume(
                            memory, in s, sums, panel, rows, columns, area.Batch, area.Row + r, area.Column + c);
                    }

                    at.A += tile.Rows * at.ARow;
                    sums += blocked ? tileFloats : 0;
                }
            }
        }
    }

    /// <summary>Copies a block of A so that the rows a tile reads together do not push each other out of the
    /// cache.</summary>
    private static void PackA(ref TileOperands part, int rows, float* to)
    {
        // The pitch is an odd number of cache lines.
        if (part.ADepth == 1)
        {
            nint pitch = (Slicing.RoundUp(part.Depth, 32) + 16);
            Packing.Rectangle(part.A, part.ARow, rows, part.Depth, to, pitch);
            part.ARow = pitch;
        }
        else
        {
            nint pitch = (Slicing.RoundUp(rows, 32) + 16);
            Packing.Rectangle(part.A, part.ADepth, part.Depth, rows, to, pitch);
            part.ADepth = pitch;
        }

        part.A = to;
    }

    /// <summary>Hands a tile just stored to the body. Its own method: the tile's registers and the body's do not
    /// compete.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Consume<F, I, M, TBody>(
        float* memory, in Slots s, float* sums, int pitch, int rows, int columns, int batch, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IContractBody
    {
        var all = new HostMemory<F, I, M>(memory);
        for (int r = 0; r < rows; r++)
        {
            int c = 0;
            for (; c <= columns - F.Lanes; c += F.Lanes)
            {
                TBody.Run<F, I, M, HostMemory<F, I, M>>(all, in s, F.Load(sums + c), batch, row + r, column + c);
            }

            if (c < columns)
            {
                Tail<F, I, M, TBody>(memory, in s, sums + c, columns - c, batch, row + r, column + c);
            }

            sums += pitch;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tail<F, I, M, TBody>(
        float* memory, in Slots s, float* sums, int count, int batch, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IContractBody =>
        TBody.Run<F, I, M, TailMemory<F, I, M>>(
            new TailMemory<F, I, M>(memory, count), in s, F.Load(sums), batch, row, column);

    /// <summary>Whether an operand with so many rows (or columns) is asked for ahead.</summary>
    private static bool IsFar(ContractLaunch launch, int rows) =>
        (long)rows * launch.Depth * launch.Middle * launch.Outer >= FarFloats;

    /// <summary>A rectangle of the result, and what comes from memory, so that tiles ask for it ahead.</summary>
    private readonly record struct Area(int Batch, int Row, int Rows, int Column, int Columns)
    {
        public bool AsksForA { get; init; }

        public bool AsksForB { get; init; }

        public BodyAhead Beside { get; init; }
    }
}
