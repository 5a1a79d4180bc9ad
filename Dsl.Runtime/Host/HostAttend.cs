using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The Attend skeleton on the host. First all keys are transposed, block by block, unless there are few queries; then a slice has
/// some blocks of queries, each of which walks over the blocks of keys it sees: scores by register tiles, weights row by row, their
/// products with the values by register tiles again. Softmax keeps a running maximum and sum for each query and rescales what is summed when
/// the maximum grows (Milakov and Gimelshein 2018).
/// </summary>
internal static unsafe partial class HostAttend
{
    private const int MostSlices = 128;

    /// <summary>Room for a number of each row of a block.</summary>
    private const int StatisticFloats = 64;

    /// <summary>How far a score may exceed what exponentials of its row are shifted by: e⁸ does not overflow, and finding
    /// the maximum of a row across the lanes takes as long as its exponentials.</summary>
    internal const float Slack = 8f;

    public static int Slices(AttendLaunch launch, int phase)
    {
        AttendExtents e = launch.Extents;
        return phase == 0
            ? AreFew(in e) ? 0 : Slicing.Count(KeyUnits(in e), (long)e.Batch * e.Keys * e.KeyHeads * e.KeyWidth)
            : Math.Min(QueryUnits(in e, launch.Tile.Rows), MostSlices);
    }

    public static void Run<F, I, M>(AttendLaunch launch, TileCode tile, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var at = new AttendBuffers(launch, memory);
        AttendExtents e = launch.Extents;
        int units = phase == 0 ? KeyUnits(in e) : QueryUnits(in e, tile.Rows);
        (int first, int end) = Slicing.Range(units, Slices(launch, phase), slice);
        for (int unit = first; unit < end; unit++)
        {
            if (phase == 0)
            {
                Transpose(in e, at.Keys, e.KeyBatch, e.KeyRow, e.KeyWidth, at.Scratch, unit);
            }
            else
            {
                Attend<F, I, M>(in e, launch.Shape.Score, tile, in at, scratch, unit);
            }
        }
    }

    /// <summary>Blocks of keys in all.</summary>
    public static int KeyUnits(in AttendExtents e) => e.Batch * e.KeyHeads * Slicing.Ceiling(e.Keys, AttendBlocks.Keys);

    /// <summary>Transposes one block of keys, or of values.</summary>
    public static void Transpose(in AttendExtents e, float* from, nint batch, nint row, int width, float* to, int unit)
    {
        int blocks = Slicing.Ceiling(e.Keys, AttendBlocks.Keys);
        (int sequence, int block) = Math.DivRem(unit, blocks);
        (int b, int head) = Math.DivRem(sequence, e.KeyHeads);
        AttendBlocks.Transpose(
            from + (b * batch) + (head * width), row, e.Keys, width,
            to + ((nint)sequence * blocks * AttendBlocks.Keys * width), block);
    }

    private static int QueryUnits(in AttendExtents e, int tileRows) =>
        e.Batch * e.Heads * QueryBlocks(in e, AttendBlocks.RowsOf(tileRows));

    /// <summary>Blocks of a sequence's queries. Where keys are seen in chunks, none reaches into the next chunk: it would meet twice
    /// as many keys.</summary>
    private static int QueryBlocks(in AttendExtents e, int rows) => e.IsInChunks
        ? (e.Queries / e.Chunk * Slicing.Ceiling(e.Chunk, rows)) + Slicing.Ceiling(e.Queries % e.Chunk, rows)
        : Slicing.Ceiling(e.Queries, rows);

    private static void Attend<F, I, M>(
        in AttendExtents all, AttentionScore score, TileCode tile, in AttendBuffers at, float* scratch, int unit)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var blocks = new AttendBlocks(tile);
        int count = QueryBlocks(in all, blocks.Rows);
        (int sequence, int turn) = Math.DivRem(unit, count);
        (int batch, int head) = Math.DivRem(sequence, all.Heads);
        AttendExtents e = at.Own(in all, batch);

        // The last, the first, the last but one, …: neighbours together see as many keys as any others when keys are causal.
        int own = turn % 2 == 0 ? count - 1 - (turn / 2) : turn / 2;
        int start = own * blocks.Rows;
        int end = e.Queries;
        if (e.IsInChunks)
        {
            (int chunk, int inside) = Math.DivRem(own, Slicing.Ceiling(e.Chunk, blocks.Rows));
            start = (chunk * e.Chunk) + (inside * blocks.Rows);
            end = Math.Min(end, (chunk + 1) * e.Chunk);
        }

        int rows = Math.Min(blocks.Rows, end - start);
        int keyHead = head / (e.Heads / e.KeyHeads);
        float* queries = at.Queries + ((nint)batch * e.QueryBatch) + ((nint)start * e.QueryRow) + (head * e.KeyWidth);
        float* values = at.Values + ((nint)batch * e.ValueBatch) + (keyHead * e.ValueWidth);
        float* keyRows = at.Keys + ((nint)batch * e.KeyBatch) + (keyHead * e.KeyWidth);
        bool areFew = AreFew(in all);
        nint sequenceKeys = (nint)Slicing.Ceiling(e.Keys, AttendBlocks.Keys) * AttendBlocks.Keys * e.KeyWidth;
        float* keys = at.Scratch + (((batch * e.KeyHeads) + keyHead) * sequenceKeys);
        float* shifts = scratch;
        float* sums = shifts + StatisticFloats;
        float* scores = sums + (StatisticFloats * F.Lanes);
        float* result = scores + blocks.Floats;
        new Span<float>(shifts, rows).Fill(float.NegativeInfinity);
        new Span<float>(sums, rows * F.Lanes).Clear();
        bool any = false;
        bool isPlain = at.BiasOf(in e, head) == null && at.SegmentsOf(in e, batch) == null;
        int last = Slicing.Ceiling(e.End(start + rows - 1), AttendBlocks.Keys);
        for (int block = Math.Max(e.First(start), 0) / AttendBlocks.Keys; block < last; block++)
        {
            int from = block * AttendBlocks.Keys;
            if (!e.Pattern.Meets(e.PositionOf(start), rows, from, AttendBlocks.Keys))
            {
                continue;
            }

            var rowsOf = new Block(batch, head, start, rows, block);
            if (isPlain && HostAttendPairs.Takes(in e, score, start, rows, from, AttendBlocks.Keys))
            {
                if (!any)
                {
                    Clear(result, blocks, e.ValueWidth);
                    any = true;
                }

                HostAttendPairs.Attend<F, I, M>(in e, in at, rowsOf, blocks, shifts, sums, result);
                continue;
            }

            var seen = new SeenKeys(in e, start, rows, from, Math.Min(AttendBlocks.Keys, e.Keys - from));
            if (areFew)
            {
                ScoreFew<F, I, M>(
                    queries, e.QueryRow, keyRows + (from * (nint)e.KeyRow), e.KeyRow, in seen, e.KeyWidth, blocks, scores);
            }
            else
            {
                blocks.Score(queries, e.QueryRow, in seen, e.KeyWidth, keys + ((nint)from * e.KeyWidth), scores);
            }

            switch (score)
            {
                case AttentionScore.Softmax:
                    Softmax<F, I, M>(in e, in at, rowsOf, blocks, scores, shifts, sums, any ? result : null);
                    break;
                case AttentionScore.ReluSquared:
                    Weights<F, I, M, ReluSquaredScore>(in e, in at, rowsOf, blocks, scores);
                    break;
                case AttentionScore.Laplace:
                    Weights<F, I, M, LaplaceScore>(in e, in at, rowsOf, blocks, scores);
                    break;
                default:
                    Weights<F, I, M, IdentityScore>(in e, in at, rowsOf, blocks, scores);
                    break;
            }

            float* some = values + ((nint)from * e.ValueRow);
            if (areFew)
            {
                WeighFew<F, I, M>(scores, in seen, some, e.ValueRow, e.ValueWidth, blocks, result, any);
            }
            else
            {
                blocks.Weigh(scores, in seen, some, e.ValueRow, e.ValueWidth, result, blocks.Rows, any);
            }

            any = true;
        }

        if (!any)
        {
            Clear(result, blocks, e.ValueWidth);
        }

        Finish<F, I, M>(
            in e, in at, new Block(batch, head, start, rows, 0), blocks, result, shifts,
            score == AttentionScore.Softmax ? sums : null);
    }

    private static void Clear(float* result, AttendBlocks blocks, int width) =>
        new Span<float>(result, Slicing.RoundUp(width, blocks.Panel) * blocks.Rows).Clear();

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Weights<F, I, M, TScore>(
        in AttendExtents e, in AttendBuffers at, Block block, AttendBlocks blocks, float* scores)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TScore : struct, IAttentionScore
    {
        F scale = F.Splat(e.Scale);
        F none = F.Splat(0f);
        float* bias = at.BiasOf(in e, block.Head);
        int* segments = at.SegmentsOf(in e, block.Batch);
        int panel = blocks.Panel;
        for (int r = 0; r < block.Rows; r++)
        {
            var seen = new AttendRow(in e, block.Start + r, block.Keys, bias, segments);
            bool whole = seen.IsWhole;
            for (int p = 0; p < AttendBlocks.Keys; p += panel)
            {
                float* cell = scores + (r * panel) + (p * blocks.Rows);
                for (int c = p; c < p + panel; c += F.Lanes)
                {
                    F w = none;
                    if (whole)
                    {
                        w = TScore.Weight<F, I, M>(seen.Score<F, I, M>(cell, c, scale));
                    }
                    else if (seen.Meets(c, F.Lanes))
                    {
                        w = F.Select(
                            seen.Visible<F, I, M>(c), TScore.Weight<F, I, M>(seen.Score<F, I, M>(cell, c, scale)), none);
                    }

                    F.Store(cell, w);
                    cell += F.Lanes;
                }
            }
        }
    }

    /// <summary>Writes the rows of the result; of softmax divided by their sums, beside the logarithms of
    /// these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Finish<F, I, M>(
        in AttendExtents e, in AttendBuffers at, Block block, AttendBlocks blocks, float* result, float* shifts, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int panel = blocks.Panel;
        nint row = e.ResultRow;
        float* to = at.Result + ((nint)block.Batch * e.ResultBatch) + (block.Start * row) + (block.Head * e.ValueWidth);
        for (int r = 0; r < block.Rows; r++)
        {
            F factor = F.Splat(1f);
            if (sums != null)
            {
                // A query that sees no key yields zeros.
                float sum = F.Sum(F.Load(sums + (r * F.Lanes)));
                factor = F.Splat(sum > 0f ? 1f / sum : 0f);
                if (at.LogSums != null)
                {
                    at.LogSums[(((((nint)block.Batch * e.Queries) + block.Start) + r) * e.Heads) + block.Head] =
                        sum > 0f ? shifts[r] + MathF.Log(sum) : float.PositiveInfinity;
                }
            }

            for (int p = 0; p < e.ValueWidth; p += panel)
            {
                float* from = result + (p * blocks.Rows) + (r * panel);
                for (int c = p; c < Math.Min(p + panel, e.ValueWidth); c += F.Lanes)
                {
                    F value = F.Load(from) * factor;
                    int rest = e.ValueWidth - c;
                    if (rest >= F.Lanes)
                    {
                        F.Store(to + c, value);
                    }
                    else
                    {
                        F.Store(to + c, value, rest);
                    }

                    from += F.Lanes;
                }
            }

            to += row;
        }
    }

    internal static void Scale<F, I, M>(float* row, int width, int panel, int panelStep, float by)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F factor = F.Splat(by);
        for (int c = 0; c < width; c += F.Lanes)
        {
            float* at = row + (c / panel * panelStep) + (c % panel);
            F.Store(at, F.Load(at) * factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest<F, I, M>(F x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        for (int by = F.Lanes / 2; by > 0; by /= 2)
        {
            x = F.Max(x, F.Rotate(x, by));
        }

        return F.First(x);
    }
}

/// <summary>Some queries of a head before a block of keys.</summary>
/// <param name="Batch">The sequence.</param>
/// <param name="Head">The head of the queries.</param>
/// <param name="Start">The first query.</param>
/// <param name="Rows">How many queries.</param>
/// <param name="Keys">Which block of keys.</param>
internal readonly record struct Block(int Batch, int Head, int Start, int Rows, int Keys);
