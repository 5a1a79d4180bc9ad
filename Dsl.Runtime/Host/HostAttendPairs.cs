using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// Blocks of a sparse pattern in which queries see few keys: pair after pair, in place of the products of whole blocks.
/// Beside the blocks that are near, this is what makes the work grow as the number of pairs.
/// </summary>
internal static unsafe class HostAttendPairs
{
    /// <summary>Whether a block of queries and keys is walked by pairs.</summary>
    public static bool Takes(in AttendExtents e, AttentionScore score, int query, int queries, int key, int keys) =>
        score == AttentionScore.Softmax && e.Pattern.IsThin(e.PositionOf(query), queries, key, keys);

    /// <summary>Adds what the rows of a block see to their results, shifts and sums of exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Attend<F, I, M>(
        in AttendExtents e, in AttendBuffers at, Block block, AttendBlocks blocks, float* shifts, float* sums,
        float* result)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int from = block.Keys * AttendBlocks.Keys;
        int keyHead = block.Head / (e.Heads / e.KeyHeads);
        float* query = at.Queries + ((nint)block.Batch * e.QueryBatch) + ((nint)block.Start * e.QueryRow)
            + (block.Head * e.KeyWidth);
        float* keys = at.Keys + ((nint)block.Batch * e.KeyBatch) + ((nint)from * e.KeyRow) + (keyHead * e.KeyWidth);
        float* values = at.Values + ((nint)block.Batch * e.ValueBatch) + ((nint)from * e.ValueRow)
            + (keyHead * e.ValueWidth);
        float* weights = stackalloc float[AttendBlocks.Keys];
        int panel = blocks.Panel;
        nint panelStep = (nint)blocks.Rows * panel;
        for (int r = 0; r < block.Rows; r++, query += e.QueryRow)
        {
            ulong seen = Seen(in e, block.Start + r, from);
            int count = 0;
            float top = float.NegativeInfinity;
            for (ulong rest = seen; rest != 0; rest &= rest - 1)
            {
                float* key = keys + (BitOperations.TrailingZeroCount(rest) * (nint)e.KeyRow);
                float score = DotProduct.Of<F, I, M>(query, key, e.KeyWidth) * e.Scale;
                weights[count++] = score;
                top = MathF.Max(top, score);
            }

            if (count == 0)
            {
                continue;
            }

            F sum = F.Load(sums + (r * F.Lanes));
            if (shifts[r] + HostAttend.Slack < top)
            {
                float share = MathF.Exp(shifts[r] - top);
                shifts[r] = top;
                sum *= F.Splat(share);
                HostAttend.Scale<F, I, M>(result + (r * panel), e.ValueWidth, panel, blocks.Rows * panel, share);
            }

            // A multiple of every vector's lanes fits, and those behind the last weigh nothing.
            new Span<float>(weights + count, AttendBlocks.Keys - count).Fill(float.NegativeInfinity);
            F shift = F.Splat(shifts[r]);
            for (int i = 0; i < count; i += F.Lanes)
            {
                F weight = F.Exp(F.Load(weights + i) - shift);
                F.Store(weights + i, weight);
                sum += weight;
            }

            F.Store(sums + (r * F.Lanes), sum);
            count = 0;
            for (ulong rest = seen; rest != 0; rest &= rest - 1)
            {
                float* value = values + (BitOperations.TrailingZeroCount(rest) * (nint)e.ValueRow);
                Add<F, I, M>(result + (r * panel), panel, panelStep, value, weights[count++], e.ValueWidth);
            }
        }
    }

    /// <summary>Adds what the pairs of a block give to the gradients of its keys and values, and of its
    /// queries.</summary>
    /// <param name="launch">The gradient.</param>
    /// <param name="at">Its buffers.</param>
    /// <param name="dots">Σ dO∘O of each row.</param>
    /// <param name="block">The block.</param>
    /// <param name="blocks">How sums lie.</param>
    /// <param name="keySums">Sums of the block's keys.</param>
    /// <param name="valueSums">Sums of the block's values.</param>
    /// <param name="querySums">Sums of the block's first query.</param>
    /// <param name="queryPitch">Rows of a panel of those.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient<F, I, M>(
        AttendGradientLaunch launch, in AttendBuffers at, float* dots, Block block, AttendBlocks blocks, float* keySums,
        float* valueSums, float* querySums, nint queryPitch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        AttendExtents e = at.Own(launch.Extents, block.Batch);
        AttendGradientStrides strides = launch.Strides;
        int from = block.Keys * AttendBlocks.Keys;
        int keyHead = block.Head / (e.Heads / e.KeyHeads);
        float* query = at.Queries + ((nint)block.Batch * e.QueryBatch) + ((nint)block.Start * e.QueryRow)
            + (block.Head * e.KeyWidth);
        float* keys = at.Keys + ((nint)block.Batch * e.KeyBatch) + ((nint)from * e.KeyRow) + (keyHead * e.KeyWidth);
        float* values = at.Values + ((nint)block.Batch * e.ValueBatch) + ((nint)from * e.ValueRow)
            + (keyHead * e.ValueWidth);
        float* upstream = at.ResultGradient + ((nint)block.Batch * strides.UpstreamBatch)
            + ((nint)block.Start * strides.UpstreamRow) + (block.Head * e.ValueWidth);
        int panel = blocks.Panel;
        nint keyStep = blocks.KeyFloats(1);
        for (int r = 0; r < block.Rows; r++, query += e.QueryRow, upstream += strides.UpstreamRow)
        {
            nint statistic = ((((nint)block.Batch * e.Queries) + block.Start + r) * e.Heads) + block.Head;
            for (ulong rest = Seen(in e, block.Start + r, from); rest != 0; rest &= rest - 1)
            {
                int j = BitOperations.TrailingZeroCount(rest);
                float* key = keys + (j * (nint)e.KeyRow);
                float score = DotProduct.Of<F, I, M>(query, key, e.KeyWidth) * e.Scale;
                float weight = F.First(F.Exp(F.Splat(score - at.LogSums[statistic])));
                float slope = DotProduct.Of<F, I, M>(upstream, values + (j * (nint)e.ValueRow), e.ValueWidth) - dots[statistic];
                float gradient = weight * slope * e.Scale;
                if (launch.Gradients.Values)
                {
                    Add<F, I, M>(valueSums + blocks.KeyAt(j), panel, keyStep, upstream, weight, e.ValueWidth);
                }

                if (launch.Gradients.Keys)
                {
                    Add<F, I, M>(keySums + blocks.KeyAt(j), panel, keyStep, query, gradient, e.KeyWidth);
                }

                if (launch.Gradients.Queries)
                {
                    Add<F, I, M>(querySums + (r * panel), panel, queryPitch * panel, key, gradient, e.KeyWidth);
                }
            }
        }
    }

    /// <summary>A bit for each key of a block that a query sees.</summary>
    private static ulong Seen(in AttendExtents e, int query, int from) =>
        e.Pattern.Bits(e.PositionOf(query), from) & SparsePattern.Range(e.First(query) - from, e.End(query) - from);

    /// <summary>to += by · from; sums lie panel after panel and are padded to whole ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<F, I, M>(float* to, int panel, nint panelStep, float* from, float by, int width)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F factor = F.Splat(by);
        for (int start = 0; start < width; start += panel, to += panelStep)
        {
            int end = Math.Min(panel, width - start);
            for (int c = 0; c < end; c += F.Lanes)
            {
                F x = end - c >= F.Lanes ? F.Load(from + start + c) : F.Load(from + start + c, end - c);
                F.Store(to + c, F.Fma(x, factor, F.Load(to + c)));
            }
        }
    }
}
