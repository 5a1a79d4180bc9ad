using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The gradients of the Attend skeleton on the host, in one walk over the scores, which are computed again. A slice has a
/// head of keys and every so many blocks of them: sums for keys and values stay with it, those for queries (and for the bias)
/// are parts of its own that the last phase adds up in order. How many slices share a head depends on the number of heads
/// alone.
/// </summary>
/// <remarks>With P the weights and dP = dO·Vᵀ: dV = Pᵀ·dO; dS = P∘(dP - Σ dO∘O) for softmax (Dao et al. 2022, algorithm 4),
/// else w'(S)∘dP; dQ = dS·K, dK = dSᵀ·Q.</remarks>
internal static unsafe partial class HostAttendGradient
{
    /// <summary>Slices that are worth having: enough for several threads.</summary>
    private const int WantedSlices = 8;

    public static int Slices(AttendGradientLaunch launch, int phase)
    {
        AttendExtents e = launch.Extents;
        return phase == 1 ? Units(launch, 1) : Slicing.Count(
            Units(launch, phase), (long)e.Batch * e.Queries * e.Heads * (e.KeyWidth + e.ValueWidth));
    }

    public static void Run<F, I, M>(
        AttendGradientLaunch launch, TileCode tile, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var at = new AttendBuffers(launch, memory);
        var parts = new AttendParts(launch, tile, at.Scratch);
        (int first, int end) = Slicing.Range(Units(launch, phase), Slices(launch, phase), slice);
        for (int unit = first; unit < end; unit++)
        {
            switch (phase)
            {
                case 0:
                    Prepare<F, I, M>(launch, in at, in parts, unit);
                    break;
                case 1:
                    Walk<F, I, M>(launch, tile, in at, in parts, scratch, unit);
                    break;
                default:
                    Merge<F, I, M>(launch, in at, in parts, unit);
                    break;
            }
        }
    }

    /// <summary>How many slices share a head of keys.</summary>
    public static int Sharing(in AttendExtents e) => 1 + ((WantedSlices - 1) / Math.Max(1, e.Batch * e.KeyHeads));

    private static int Units(AttendGradientLaunch launch, int phase)
    {
        AttendExtents e = launch.Extents;
        int blocks = Slicing.Ceiling(e.Queries, AttendBlocks.Keys);
        return phase switch
        {
            0 => (2 * HostAttend.KeyUnits(in e)) + (e.Batch * blocks),
            1 => e.Batch * e.KeyHeads * Sharing(in e),
            _ => (launch.Gradients.Queries && !IsByChunks(launch) ? e.Batch * e.Heads * blocks : 0)
                + (launch.Gradients.Bias ? e.BiasHead == 0 ? 1 : e.Heads : 0),
        };
    }

    /// <summary>Transposes a block of keys or of values, or sums dO∘O for some queries.</summary>
    private static void Prepare<F, I, M>(AttendGradientLaunch launch, in AttendBuffers at, in AttendParts parts, int unit)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        AttendExtents e = launch.Extents;
        int keyUnits = HostAttend.KeyUnits(in e);
        if (unit < keyUnits)
        {
            HostAttend.Transpose(in e, at.Keys, e.KeyBatch, e.KeyRow, e.KeyWidth, parts.Keys, unit);
        }
        else if (unit < 2 * keyUnits)
        {
            HostAttend.Transpose(in e, at.Values, e.ValueBatch, e.ValueRow, e.ValueWidth, parts.Values, unit - keyUnits);
        }
        else if (at.LogSums != null)
        {
            int blocks = Slicing.Ceiling(e.Queries, AttendBlocks.Keys);
            (int batch, int block) = Math.DivRem(unit - (2 * keyUnits), blocks);
            AttendGradientStrides strides = launch.Strides;
            int first = block * AttendBlocks.Keys;
            for (int row = first; row < Math.Min(first + AttendBlocks.Keys, e.Queries); row++)
            {
                Dots<F, I, M>(
                    at.Result + ((nint)batch * e.ResultBatch) + ((nint)row * e.ResultRow),
                    at.ResultGradient + ((nint)batch * strides.UpstreamBatch) + ((nint)row * strides.UpstreamRow),
                    e.Heads,
                    e.ValueWidth,
                    parts.Dots + ((((nint)batch * e.Queries) + row) * e.Heads));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Dots<F, I, M>(float* a, float* b, int rows, int width, float* to)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int row = 0; row < rows; row++)
        {
            F sum = F.Splat(0f);
            for (int c = 0; c < width; c += F.Lanes)
            {
                int rest = width - c;
                sum = rest >= F.Lanes ? F.Fma(F.Load(a + c), F.Load(b + c), sum)
                    : F.Fma(F.Load(a + c, rest), F.Load(b + c, rest), sum);
            }

            to[row] = F.Sum(sum);
            a += width;
            b += width;
        }
    }

    private static void Walk<F, I, M>(
        AttendGradientLaunch launch, TileCode tile, in AttendBuffers at, in AttendParts parts, float* scratch, int unit)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        AttendExtents all = launch.Extents;
        var blocks = new AttendBlocks(tile);
        (int sequence, int part) = Math.DivRem(unit, parts.Sharing);
        (int batch, int keyHead) = Math.DivRem(sequence, all.KeyHeads);
        AttendExtents e = at.Own(in all, batch);
        int group = e.Heads / e.KeyHeads;
        bool byChunks = IsByChunks(launch);
        var work = new GradientWork(in e, blocks, scratch, byChunks);
        for (int h = 0; h < group; h++)
        {
            if (!byChunks)
            {
                new Span<float>(parts.QueryPart(unit, h), parts.QueryFloats).Clear();
            }

            if (launch.Gradients.Bias)
            {
                new Span<float>(parts.BiasPart(unit, h), e.BiasLength).Clear();
            }
        }

        int keyBlocks = Slicing.Ceiling(e.Keys, AttendBlocks.Keys);
        int together = byChunks ? e.Chunk / AttendBlocks.Keys : 1;
        int rounds = Slicing.Ceiling(keyBlocks, parts.Sharing * together);
        for (int round = 0; round < rounds; round++)
        {
            // There and back: when keys are causal the first ones are seen most, and slices together do as much as any others.
            int turn = round % 2 == 0 ? part : parts.Sharing - 1 - part;
            int first = ((round * parts.Sharing) + turn) * together;
            if (byChunks)
            {
                new Span<float>(work.Queries, group * work.QueryFloats).Clear();
            }

            for (int block = first; block < Math.Min(first + together, keyBlocks); block++)
            {
                Keys<F, I, M>(launch, in e, in at, in parts, in work, blocks, unit, block);
            }

            if (byChunks && launch.Gradients.Queries && first < keyBlocks)
            {
                int start = first * AttendBlocks.Keys;
                for (int h = 0; h < group; h++)
                {
                    Store<F, I, M>(
                        launch, in at, batch, (keyHead * group) + h, start, Math.Min(e.Queries, start + e.Chunk),
                        work.Queries + (h * work.QueryFloats), 1, 0, work.QueryPitch, blocks.Panel);
                }
            }
        }
    }

    /// <summary>Whether a slice has whole chunks of keys: then it meets all keys of its queries, and their gradients are no sums of
    /// parts.</summary>
    private static bool IsByChunks(AttendGradientLaunch launch)
    {
        AttendExtents e = launch.Extents;
        return e.IsInChunks && e.Chunk % AttendBlocks.Keys == 0 && e.Queries <= e.Keys
            && GradientWork.Floats(in e, launch.Tile.Rows, launch.Tile.Columns) <= Launch.ScratchFloats;
    }

    /// <summary>One block of keys with all queries that see it.</summary>
    private static void Keys<F, I, M>(
        AttendGradientLaunch launch, in AttendExtents e, in AttendBuffers at, in AttendParts parts, in GradientWork work,
        AttendBlocks blocks, int unit, int block)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int sequence = unit / parts.Sharing;
        (int batch, int keyHead) = Math.DivRem(sequence, e.KeyHeads);
        int group = e.Heads / e.KeyHeads;
        AttendGradientStrides strides = launch.Strides;
        nint resultRow = strides.UpstreamRow;
        int from = block * AttendBlocks.Keys;
        int there = Math.Min(AttendBlocks.Keys, e.Keys - from);
        nint ofBlock = ((nint)sequence * Slicing.Ceiling(e.Keys, AttendBlocks.Keys)) + block;
        float* keys = parts.Keys + (ofBlock * AttendBlocks.Keys * e.KeyWidth);
        float* values = parts.Values + (ofBlock * AttendBlocks.Keys * e.ValueWidth);
        float* keyRows = at.Keys + ((nint)batch * e.KeyBatch) + ((nint)from * e.KeyRow) + (keyHead * e.KeyWidth);

        // Blocks of queries are counted from the first one of the chunk, or of the sequence.
        int origin = work.QueryPitch > 0 ? from / e.Chunk * e.Chunk : 0;
        int end = work.QueryPitch > 0 ? Math.Min(e.Queries, origin + e.Chunk) : e.Queries;
        bool any = false;
        for (int h = 0; h < group; h++)
        {
            int head = (keyHead * group) + h;
            float* queryPart = work.QueryPitch > 0 ? work.Queries + (h * work.QueryFloats) : parts.QueryPart(unit, h);
            int queryPitch = work.QueryPitch > 0 ? work.QueryPitch : parts.QueryPitch;
            for (int start = origin + ((FirstQuery(in e, from) - origin) / blocks.Rows * blocks.Rows); start < end; start += blocks.Rows)
            {
                int rows = Math.Min(blocks.Rows, end - start);
                if (e.First(start) >= from + there)
                {
                    break;
                }

                if (e.End(start + rows - 1) <= from || !e.Pattern.Meets(e.PositionOf(start), rows, from, there))
                {
                    continue;
                }

                float* toQueries = queryPart + ((nint)(start - origin) * blocks.Panel);
                if (at.BiasOf(in e, head) == null && at.SegmentsOf(in e, batch) == null
                    && HostAttendPairs.Takes(in e, launch.Shape.Score, start, rows, from, there))
                {
                    if (!any)
                    {
                        Clear(in e, blocks, work.KeySums);
                        any = true;
                    }

                    HostAttendPairs.Gradient<F, I, M>(
                        launch, in at, parts.Dots, new Block(batch, head, start, rows, block), blocks, work.KeySums,
                        work.ValueSums, toQueries, queryPitch);
                    continue;
                }

                float* queries =
                    at.Queries + ((nint)batch * e.QueryBatch) + ((nint)start * e.QueryRow) + (head * e.KeyWidth);
                float* result = at.ResultGradient + ((nint)batch * strides.UpstreamBatch) + (start * resultRow)
                    + (head * e.ValueWidth);
                var seen = new SeenKeys(in e, start, rows, from, there);
                blocks.Score(queries, e.QueryRow, in seen, e.KeyWidth, keys, work.Weights);
                blocks.Score(result, resultRow, in seen, e.ValueWidth, values, work.Gradients);
                Scores<F, I, M>(
                    launch, in at, parts.Dots, new Block(batch, head, start, rows, block), blocks, work.Weights, work.Gradients,
                    launch.Gradients.Bias ? parts.BiasPart(unit, h) : null);
                if (launch.Gradients.Values)
                {
                    blocks.WeighTransposed(work.Weights, in seen, result, resultRow, e.ValueWidth, work.ValueSums, any);
                }

                if (launch.Gradients.Keys)
                {
                    blocks.WeighTransposed(work.Gradients, in seen, queries, e.QueryRow, e.KeyWidth, work.KeySums, any);
                }

                if (launch.Gradients.Queries)
                {
                    blocks.Weigh(work.Gradients, in seen, keyRows, e.KeyRow, e.KeyWidth, toQueries, queryPitch, true);
                }

                any = true;
            }
        }

        if (!any)
        {
            Clear(in e, blocks, work.KeySums);
        }

        if (launch.Gradients.Keys)
        {
            float* to = at.KeyGradient + ((nint)batch * strides.KeyBatch) + ((nint)from * strides.KeyRow);
            blocks.CopyKeys(work.KeySums, there, e.KeyWidth, to + (keyHead * e.KeyWidth), strides.KeyRow);
        }

        if (launch.Gradients.Values)
        {
            float* to = at.ValueGradient + ((nint)batch * strides.ValueBatch) + ((nint)from * strides.ValueRow);
            blocks.CopyKeys(work.ValueSums, there, e.ValueWidth, to + (keyHead * e.ValueWidth), strides.ValueRow);
        }
    }

    /// <summary>Clears the sums of a block's keys, and those of its values behind them.</summary>
    private static void Clear(in AttendExtents e, AttendBlocks blocks, float* sums) =>
        new Span<float>(sums, blocks.KeyFloats(e.KeyWidth) + blocks.KeyFloats(e.ValueWidth)).Clear();

    /// <summary>No query before this one sees a key from here on.</summary>
    private static int FirstQuery(in AttendExtents e, int key)
    {
        int first = e.Causal != 0 ? key : e.Window > 0 ? key - e.Window + 1 : 0;
        return Math.Max(Math.Max(first, e.Chunk > 0 ? key / e.Chunk * e.Chunk : 0), 0);
    }

    /// <summary>Adds the slices' parts of some queries, or of a head's bias.</summary>
    private static void Merge<F, I, M>(AttendGradientLaunch launch, in AttendBuffers at, in AttendParts parts, int unit)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        AttendExtents e = launch.Extents;
        int blocks = Slicing.Ceiling(e.Queries, AttendBlocks.Keys);
        int queryUnits = launch.Gradients.Queries && !IsByChunks(launch) ? e.Batch * e.Heads * blocks : 0;
        if (unit >= queryUnits)
        {
            MergeBias(in e, in at, in parts, unit - queryUnits);
            return;
        }

        (int sequence, int block) = Math.DivRem(unit, blocks);
        (int batch, int head) = Math.DivRem(sequence, e.Heads);
        (int keyHead, int member) = Math.DivRem(head, e.Heads / e.KeyHeads);
        int first = ((batch * e.KeyHeads) + keyHead) * parts.Sharing;
        Store<F, I, M>(
            launch, in at, batch, head, block * AttendBlocks.Keys, Math.Min(e.Queries, (block + 1) * AttendBlocks.Keys),
            parts.QueryPart(first, member) + ((nint)block * AttendBlocks.Keys * parts.Panel), parts.Sharing,
            (nint)(parts.QueryPart(first + 1, member) - parts.QueryPart(first, member)), parts.QueryPitch, parts.Panel);
    }

    /// <summary>Stores the gradients of some queries of a head: sums of parts, in their order.</summary>
    private static void Store<F, I, M>(
        AttendGradientLaunch launch, in AttendBuffers at, int batch, int head, int first, int end, float* sums, int parts,
        nint nextPart, int pitch, int panel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int width = launch.Extents.KeyWidth;
        AttendGradientStrides strides = launch.Strides;
        for (int r = first; r < end; r++)
        {
            float* to = at.QueryGradient + ((nint)batch * strides.QueryBatch) + ((nint)r * strides.QueryRow) + (head * width);
            for (int c = 0; c < width; c += F.Lanes)
            {
                float* from = sums + ((nint)(c / panel) * pitch * panel) + ((nint)(r - first) * panel) + (c % panel);
                F sum = F.Load(from);
                for (int part = 1; part < parts; part++)
                {
                    sum += F.Load(from + (part * nextPart));
                }

                int rest = width - c;
                if (rest >= F.Lanes)
                {
                    F.Store(to + c, sum);
                }
                else
                {
                    F.Store(to + c, sum, rest);
                }
            }
        }
    }

    private static void MergeBias(in AttendExtents e, in AttendBuffers at, in AttendParts parts, int head)
    {
        int group = e.Heads / e.KeyHeads;
        float* to = at.BiasGradient + ((nint)head * e.BiasHead);
        new Span<float>(to, e.BiasLength).Clear();
        for (int unit = 0; unit < e.Batch * e.KeyHeads * parts.Sharing; unit++)
        {
            for (int member = 0; member < group; member++)
            {
                int of = (unit / parts.Sharing % e.KeyHeads * group) + member;
                if (e.BiasHead != 0 && of != head)
                {
                    continue;
                }

                float* from = parts.BiasPart(unit, member);
                for (int i = 0; i < e.BiasLength; i++)
                {
                    to[i] += from[i];
                }
            }
        }
    }
}
