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
            _ => (launch.Gradients.Queries ? e.Batch * e.Heads * blocks : 0)
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

            to[row] = HostAttend.Total<F, I, M>(sum);
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
        float* weights = scratch + 256;
        float* gradients = weights + blocks.Floats;
        float* keySums = gradients + blocks.Floats;
        float* valueSums = keySums + blocks.KeyFloats(e.KeyWidth);
        AttendGradientStrides strides = launch.Strides;
        nint resultRow = strides.UpstreamRow;
        for (int h = 0; h < group; h++)
        {
            new Span<float>(parts.QueryPart(unit, h), parts.QueryFloats).Clear();
            if (launch.Gradients.Bias)
            {
                new Span<float>(parts.BiasPart(unit, h), e.BiasLength).Clear();
            }
        }

        int keyBlocks = Slicing.Ceiling(e.Keys, AttendBlocks.Keys);
        for (int block = part; block < keyBlocks; block += parts.Sharing)
        {
            int from = block * AttendBlocks.Keys;
            int there = Math.Min(AttendBlocks.Keys, e.Keys - from);
            nint ofBlock = ((nint)sequence * keyBlocks) + block;
            float* keys = parts.Keys + (ofBlock * AttendBlocks.Keys * e.KeyWidth);
            float* values = parts.Values + (ofBlock * AttendBlocks.Keys * e.ValueWidth);
            float* keyRows = at.Keys + ((nint)batch * e.KeyBatch) + ((nint)from * e.KeyRow) + (keyHead * e.KeyWidth);
            bool any = false;
            for (int h = 0; h < group; h++)
            {
                int head = (keyHead * group) + h;
                for (int start = FirstQuery(in e, from) / blocks.Rows * blocks.Rows; start < e.Queries; start += blocks.Rows)
                {
                    int rows = Math.Min(blocks.Rows, e.Queries - start);
                    if (e.First(start) >= from + there)
                    {
                        break;
                    }

                    if (e.End(start + rows - 1) <= from || !e.Pattern.Meets(e.PositionOf(start), rows, from, there))
                    {
                        continue;
                    }

                    if (at.BiasOf(in e, head) == null && at.SegmentsOf(in e, batch) == null
                        && HostAttendPairs.Takes(in e, launch.Shape.Score, start, rows, from, there))
                    {
                        if (!any)
                        {
                            Clear(in e, blocks, keySums);
                            any = true;
                        }

                        HostAttendPairs.Gradient<F, I, M>(
                            launch, in at, parts.Dots, new Block(batch, head, start, rows, block), blocks, keySums,
                            valueSums, parts.QueryPart(unit, h) + ((nint)start * blocks.Panel), parts.QueryPitch);
                        continue;
                    }

                    float* queries =
                        at.Queries + ((nint)batch * e.QueryBatch) + ((nint)start * e.QueryRow) + (head * e.KeyWidth);
                    float* result = at.ResultGradient + ((nint)batch * strides.UpstreamBatch) + (start * resultRow)
                        + (head * e.ValueWidth);
                    blocks.Score(queries, e.QueryRow, rows, e.KeyWidth, keys, weights);
                    blocks.Score(result, resultRow, rows, e.ValueWidth, values, gradients);
                    Scores<F, I, M>(
                        launch, in at, parts.Dots, new Block(batch, head, start, rows, block), blocks, weights, gradients,
                        launch.Gradients.Bias ? parts.BiasPart(unit, h) : null);
                    if (launch.Gradients.Values)
                    {
                        blocks.WeighTransposed(weights, rows, result, resultRow, e.ValueWidth, valueSums, any);
                    }

                    if (launch.Gradients.Keys)
                    {
                        blocks.WeighTransposed(gradients, rows, queries, e.QueryRow, e.KeyWidth, keySums, any);
                    }

                    if (launch.Gradients.Queries)
                    {
                        float* to = parts.QueryPart(unit, h) + ((nint)start * blocks.Panel);
                        blocks.Weigh(gradients, rows, there, keyRows, e.KeyRow, e.KeyWidth, to, parts.QueryPitch, true);
                    }

                    any = true;
                }
            }

            if (!any)
            {
                Clear(in e, blocks, keySums);
            }

            if (launch.Gradients.Keys)
            {
                float* to = at.KeyGradient + ((nint)batch * strides.KeyBatch) + ((nint)from * strides.KeyRow);
                blocks.CopyKeys(keySums, there, e.KeyWidth, to + (keyHead * e.KeyWidth), strides.KeyRow);
            }

            if (launch.Gradients.Values)
            {
                float* to = at.ValueGradient + ((nint)batch * strides.ValueBatch) + ((nint)from * strides.ValueRow);
                blocks.CopyKeys(valueSums, there, e.ValueWidth, to + (keyHead * e.ValueWidth), strides.ValueRow);
            }
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
        int queryUnits = launch.Gradients.Queries ? e.Batch * e.Heads * blocks : 0;
        if (unit >= queryUnits)
        {
            MergeBias(in e, in at, in parts, unit - queryUnits);
            return;
        }

        (int sequence, int block) = Math.DivRem(unit, blocks);
        (int batch, int head) = Math.DivRem(sequence, e.Heads);
        (int keyHead, int member) = Math.DivRem(head, e.Heads / e.KeyHeads);
        int first = ((batch * e.KeyHeads) + keyHead) * parts.Sharing;
        int panel = parts.Panel;
        AttendGradientStrides strides = launch.Strides;
        for (int r = block * AttendBlocks.Keys; r < Math.Min(e.Queries, (block + 1) * AttendBlocks.Keys); r++)
        {
            float* to = at.QueryGradient + ((nint)batch * strides.QueryBatch) + ((nint)r * strides.QueryRow)
                + (head * e.KeyWidth);
            for (int c = 0; c < e.KeyWidth; c += F.Lanes)
            {
                nint from = ((nint)(c / panel) * parts.QueryPitch * panel) + ((nint)r * panel) + (c % panel);
                F sum = F.Load(parts.QueryPart(first, member) + from);
                for (int part = 1; part < parts.Sharing; part++)
                {
                    sum += F.Load(parts.QueryPart(first + part, member) + from);
                }

                int rest = e.KeyWidth - c;
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
