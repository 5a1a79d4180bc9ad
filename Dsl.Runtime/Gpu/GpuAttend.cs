using System;
using Dsl.Host;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// The Attend skeleton: a group for 64 queries of a head and a strip of the result walks over the keys that they see,
/// 64 at a time, and never stores a score (Dao et al. 2022). Softmax keeps a running maximum and sum for each query and
/// rescales what is summed when the maximum grows (Milakov and Gimelshein 2018).
/// </summary>
internal static class GpuAttend
{
    internal static void Run<TScore>(ArrayView<float> memory, Slots slots, AttendGeometry g)
        where TScore : struct, IGpuScore
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        var at = AttendGroup.Of(g.Batch, g.Heads, GpuAttendTile.Strips(g.ValueWidth));

        // Queries that see most keys come first when they are causal.
        int query0 = (AttendGroup.Blocks(g.QueryCount) - 1 - at.Block) * GpuAttendTile.Side;
        int keyHead = at.Head / g.Members;
        int columns = GpuAttendTile.Columns(g.ValueWidth, at.Strip);
        int keys = g.KeysAt(at.Batch, keyHead);
        int values = g.ValuesAt(at.Batch, keyHead) + (at.Strip * GpuAttendTile.Strip);
        int y = GpuAttendTile.Y;
        int x = GpuAttendTile.X;
        var queries = GpuAttendTile.Rows(g.QueriesAt(at.Batch, at.Head), g.QueryRow, query0, g.QueryCount);
        var result = default(StripSums);
        var largest = GpuAttendTile.Of(
            float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity);
        var sums = default(Quad);
        int end = g.End(IntrinsicMath.Min(query0 + GpuAttendTile.Side, g.QueryCount) - 1);
        for (int key0 = g.First(query0); key0 < end; key0 += GpuAttendTile.Side)
        {
            var s = GpuAttendTile.Products(
                memory, shared, queries, GpuAttendTile.Rows(keys, g.KeyRow, key0, g.KeyCount), g.KeyWidth);
            if (TScore.Normalized)
            {
                s = GpuAttendWeights.Scores(memory, g, at.Batch, at.Head, query0 + y, key0 + x, s);
                shared[(x * GpuAttendTile.Stride) + y] =
                    GpuAttendTile.Of(Largest(s.R0), Largest(s.R1), Largest(s.R2), Largest(s.R3));
                Group.Barrier();
                var now = largest;
                for (int i = 0; i < 16; i++)
                {
                    now = Larger(now, shared[(i * GpuAttendTile.Stride) + y]);
                }

                var share = GpuAttendTile.Of(
                    Share(largest.X, now.X), Share(largest.Y, now.Y), Share(largest.Z, now.Z), Share(largest.W, now.W));
                largest = now;
                s.R0 = Exponentials(s.R0, now.X);
                s.R1 = Exponentials(s.R1, now.Y);
                s.R2 = Exponentials(s.R2, now.Z);
                s.R3 = Exponentials(s.R3, now.W);
                sums.X = (sums.X * share.X) + Total(s.R0);
                sums.Y = (sums.Y * share.Y) + Total(s.R1);
                sums.Z = (sums.Z * share.Z) + Total(s.R2);
                sums.W = (sums.W * share.W) + Total(s.R3);
                result = StripSums.Scale(result, share);
            }
            else
            {
                s = GpuAttendWeights.Weights<TScore>(memory, g, at.Batch, at.Head, query0 + y, key0 + x, s);
            }

            GpuAttendTile.Share(shared, s);
            result = GpuAttendTile.Weigh(
                memory, shared, result, values + (key0 * g.ValueRow), g.ValueRow, end - key0, columns);
        }

        if (TScore.Normalized)
        {
            // The parts of a query's sum lie with the threads that share it.
            shared[(x * GpuAttendTile.Stride) + y] = sums;
            Group.Barrier();
            var total = default(Quad);
            for (int i = 0; i < 16; i++)
            {
                total = GpuAttendTile.Add(total, shared[(i * GpuAttendTile.Stride) + y]);
            }

            result = StripSums.Scale(
                result, GpuAttendTile.Of(Inverse(total.X), Inverse(total.Y), Inverse(total.Z), Inverse(total.W)));
            if (g.HasLogSums != 0 & at.Strip == 0 & x == 0)
            {
                int to = g.LogSums + (at.Batch * g.QueryCount * g.Heads) + at.Head;
                StoreLogSum(memory, g, to, query0 + y, largest.X, total.X);
                StoreLogSum(memory, g, to, query0 + y + 16, largest.Y, total.Y);
                StoreLogSum(memory, g, to, query0 + y + 32, largest.Z, total.Z);
                StoreLogSum(memory, g, to, query0 + y + 48, largest.W, total.W);
            }
        }

        int results = g.ResultsAt(at.Batch, at.Head) + (at.Strip * GpuAttendTile.Strip);
        GpuAttendTile.Store(
            memory, results + (query0 * g.ResultRow), g.ResultRow, g.QueryCount - query0, columns, result);
    }

    private static float Larger(float a, float b) => a > b ? a : b;

    private static Quad Larger(Quad a, Quad b) =>
        GpuAttendTile.Of(Larger(a.X, b.X), Larger(a.Y, b.Y), Larger(a.Z, b.Z), Larger(a.W, b.W));

    private static float Largest(Quad s) => Larger(Larger(s.X, s.Y), Larger(s.Z, s.W));

    private static float Total(Quad s) => s.X + s.Y + (s.Z + s.W);

    /// <summary>What sums of exponentials less one maximum are multiplied by for another.</summary>
    private static float Share(float before, float now) => now > before ? GpuMath.Exp(before - now) : 1f;

    private static Quad Exponentials(Quad s, float largest) =>
        GpuAttendTile.Of(
            Exponential(s.X, largest), Exponential(s.Y, largest), Exponential(s.Z, largest), Exponential(s.W, largest));

    // A hidden score yields 0 even where all are hidden. It is known by its bits: NaN is to stay NaN.
    private static float Exponential(float score, float largest) =>
        GpuMath.Bits(score) == unchecked((int)0xFF800000) ? 0f : GpuMath.Exp(score - largest);

    // A query that sees no key yields zeros.
    private static float Inverse(float sum) => sum > 0f ? 1f / sum : 0f;

    private static void StoreLogSum(
        ArrayView<float> memory, in AttendGeometry g, int at, int query, float largest, float sum)
    {
        if (query < g.QueryCount)
        {
            memory[at + (query * g.Heads)] = sum > 0f ? largest + GpuMath.Log(sum) : float.PositiveInfinity;
        }
    }
}

/// <summary>Which block, of what, a group has. Groups of one block come one after the other, so that the longest walks,
/// which are those of the first blocks, begin first.</summary>
internal struct AttendGroup
{
    internal int Batch;
    internal int Head;
    internal int Block;
    internal int Strip;

    internal static AttendGroup Of(int batch, int heads, int strips)
    {
        int sequences = batch * heads;
        int rest = Grid.IdxX / strips;
        AttendGroup group;
        group.Strip = Grid.IdxX - (rest * strips);
        group.Block = rest / sequences;
        int sequence = rest - (group.Block * sequences);
        group.Batch = sequence / heads;
        group.Head = sequence - (group.Batch * heads);
        return group;
    }

    /// <summary>Blocks that cover some positions.</summary>
    internal static int Blocks(int positions) => (positions + GpuAttendTile.Side - 1) / GpuAttendTile.Side;

    /// <summary>Groups for all of them.</summary>
    internal static long Count(int batch, int heads, int positions, int width) =>
        (long)batch * heads * Blocks(positions) * GpuAttendTile.Strips(width);
}

/// <summary>An Attend launch with its kernel.</summary>
internal sealed class GpuAttendLaunch(AttendLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<AttendGeometry> _kernel = launch.Shape.Score switch
    {
        AttentionScore.Softmax => kernels.Load<AttendGeometry>(GpuAttend.Run<GpuSoftmax>),
        AttentionScore.ReluSquared => kernels.Load<AttendGeometry>(GpuAttend.Run<GpuScore<ReluSquaredScore>>),
        AttentionScore.Laplace => kernels.Load<AttendGeometry>(GpuAttend.Run<GpuScore<LaplaceScore>>),
        AttentionScore.Identity => kernels.Load<AttendGeometry>(GpuAttend.Run<GpuScore<IdentityScore>>),
        var other => throw new NotSupportedException($"The score {other} has no kernel."),
    };

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = AttendGeometry.Of(launch);
        long groups = AttendGroup.Count(g.Batch, g.Heads, g.QueryCount, g.ValueWidth);
        _kernel.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
    }
}
