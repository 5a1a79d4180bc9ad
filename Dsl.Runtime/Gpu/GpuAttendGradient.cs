using Dsl.Kernels;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>
/// The gradients of the Attend skeleton, which compute its scores again. With P the weights and dP = dO·Vᵀ: dV = Pᵀ·dO;
/// dS = P∘(dP - Σ dO∘O) for softmax (Dao et al. 2022, algorithm 4), else w'(S)∘dP; dQ = dS·K, dK = dSᵀ·Q. Every
/// gradient has a kernel of its own, whose groups have 64 of its positions and a strip of its columns and walk over
/// what they meet: each sum has one owner and one order.
/// </summary>
internal static class GpuAttendGradient
{
    /// <summary>Threads for each row of <see cref="Dots"/>.</summary>
    internal const int Across = 16;

    /// <summary>Rows of a group of <see cref="Dots"/>.</summary>
    internal const int Down = GpuKernels.MaxThreads / Across;

    /// <summary>Σ dO∘O of each query of each head.</summary>
    internal static void Dots(ArrayView<float> memory, Slots slots, AttendGeometry g)
    {
        var shared = SharedMemory.Allocate<float>(GpuKernels.MaxThreads);
        int row = (Grid.IdxX * Down) + (Group.IdxX / Across);
        int rows = g.Batch * g.QueryCount * g.Heads;
        int statistic = IntrinsicMath.Min(row, rows - 1);
        int head = statistic % g.Heads;
        int position = statistic / g.Heads;
        int batch = position / g.QueryCount;
        int query = position % g.QueryCount;
        int result = g.ResultsAt(batch, head) + (query * g.ResultRow);
        int upstream = g.UpstreamAt(batch, head) + (query * g.UpstreamRow);
        float sum = 0f;
        for (int column = Group.IdxX % Across; column < g.ValueWidth; column += Across)
        {
            sum += memory[result + column] * memory[upstream + column];
        }

        shared[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX % Across == 0 & row < rows)
        {
            float total = 0f;
            for (int i = 0; i < Across; i++)
            {
                total += shared[Group.IdxX + i];
            }

            memory[g.Dots + row] = total;
        }
    }

    /// <summary>dQ: groups have queries and walk over the keys that these see.</summary>
    internal static void Queries<TScore>(ArrayView<float> memory, Slots slots, AttendGeometry g)
        where TScore : struct, IGpuScore
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        var at = AttendGroup.Of(g.Batch, g.Heads, GpuAttendTile.Strips(g.KeyWidth));

        // Queries that see most keys come first when they are causal.
        int query0 = (AttendGroup.Blocks(g.QueryCount) - 1 - at.Block) * GpuAttendTile.Side;
        int keyHead = at.Head / g.Members;
        int first = at.Strip * GpuAttendTile.Strip;
        int columns = GpuAttendTile.Columns(g.KeyWidth, at.Strip);
        int keys = g.KeysAt(at.Batch, keyHead);
        int values = g.ValuesAt(at.Batch, keyHead);
        var queries = GpuAttendTile.Rows(g.QueriesAt(at.Batch, at.Head), g.QueryRow, query0, g.QueryCount);
        var upstream = GpuAttendTile.Rows(
            g.UpstreamAt(at.Batch, at.Head), g.UpstreamRow, query0, g.QueryCount);
        var sums = default(StripSums);
        int end = g.End(IntrinsicMath.Min(query0 + GpuAttendTile.Side, g.QueryCount) - 1);
        for (int key0 = g.First(query0); key0 < end; key0 += GpuAttendTile.Side)
        {
            var s = GpuAttendTile.Products(
                memory, shared, queries, GpuAttendTile.Rows(keys, g.KeyRow, key0, g.KeyCount), g.KeyWidth);
            var d = GpuAttendTile.Products(
                memory, shared, upstream, GpuAttendTile.Rows(values, g.ValueRow, key0, g.KeyCount), g.ValueWidth);
            s = GpuAttendWeights.Gradients<TScore>(
                memory, g, at.Batch, at.Head, query0 + GpuAttendTile.Y, key0 + GpuAttendTile.X, s, d);
            GpuAttendTile.Share(shared, s);
            sums = GpuAttendTile.Weigh(
                memory, shared, sums, keys + first + (key0 * g.KeyRow), g.KeyRow, end - key0, columns);
        }

        int row = g.QueryGradientRow;
        int to = g.QueryGradient + (at.Batch * g.QueryGradientBatch) + (query0 * row) + (at.Head * g.KeyWidth) + first;
        sums = StripSums.Scale(sums, GpuAttendTile.Of(g.Scale, g.Scale, g.Scale, g.Scale));
        GpuAttendTile.Store(memory, to, row, g.QueryCount - query0, columns, sums);
    }

    /// <summary>dK: groups have keys and walk over the queries that see these, of all heads that share them.</summary>
    internal static void Keys<TScore>(ArrayView<float> memory, Slots slots, AttendGeometry g)
        where TScore : struct, IGpuScore
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        var at = AttendGroup.Of(g.Batch, g.KeyHeads, GpuAttendTile.Strips(g.KeyWidth));
        int key0 = at.Block * GpuAttendTile.Side;
        int first = at.Strip * GpuAttendTile.Strip;
        int columns = GpuAttendTile.Columns(g.KeyWidth, at.Strip);
        var keys = GpuAttendTile.Rows(g.KeysAt(at.Batch, at.Head), g.KeyRow, key0, g.KeyCount);
        var values = GpuAttendTile.Rows(g.ValuesAt(at.Batch, at.Head), g.ValueRow, key0, g.KeyCount);
        var sums = default(StripSums);
        int end = g.EndQuery(IntrinsicMath.Min(key0 + GpuAttendTile.Side, g.KeyCount) - 1);
        for (int member = 0; member < g.Members; member++)
        {
            int head = (at.Head * g.Members) + member;
            int queries = g.QueriesAt(at.Batch, head);
            int upstream = g.UpstreamAt(at.Batch, head);
            for (int query0 = g.FirstQuery(key0); query0 < end; query0 += GpuAttendTile.Side)
            {
                var s = GpuAttendTile.Products(
                    memory, shared, keys, GpuAttendTile.Rows(queries, g.QueryRow, query0, g.QueryCount), g.KeyWidth);
                var d = GpuAttendTile.Products(
                    memory, shared, values, GpuAttendTile.Rows(upstream, g.UpstreamRow, query0, g.QueryCount),
                    g.ValueWidth);
                s = GpuAttendWeights.Gradients<TScore>(
                    memory, g, at.Batch, head, query0 + GpuAttendTile.X, key0 + GpuAttendTile.Y,
                    GpuAttendTile.Transpose(s), GpuAttendTile.Transpose(d));
                GpuAttendTile.Share(shared, GpuAttendTile.Transpose(s));
                sums = GpuAttendTile.Weigh(
                    memory, shared, sums, queries + first + (query0 * g.QueryRow), g.QueryRow, end - query0, columns);
            }
        }

        int row = g.KeyGradientRow;
        int to = g.KeyGradient + (at.Batch * g.KeyGradientBatch) + (key0 * row) + (at.Head * g.KeyWidth) + first;
        sums = StripSums.Scale(sums, GpuAttendTile.Of(g.Scale, g.Scale, g.Scale, g.Scale));
        GpuAttendTile.Store(memory, to, row, g.KeyCount - key0, columns, sums);
    }

    /// <summary>dV: as <see cref="Keys{TScore}"/>.</summary>
    internal static void Values<TScore>(ArrayView<float> memory, Slots slots, AttendGeometry g)
        where TScore : struct, IGpuScore
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        var at = AttendGroup.Of(g.Batch, g.KeyHeads, GpuAttendTile.Strips(g.ValueWidth));
        int key0 = at.Block * GpuAttendTile.Side;
        int first = at.Strip * GpuAttendTile.Strip;
        int columns = GpuAttendTile.Columns(g.ValueWidth, at.Strip);
        var keys = GpuAttendTile.Rows(g.KeysAt(at.Batch, at.Head), g.KeyRow, key0, g.KeyCount);
        var sums = default(StripSums);
        int end = g.EndQuery(IntrinsicMath.Min(key0 + GpuAttendTile.Side, g.KeyCount) - 1);
        for (int member = 0; member < g.Members; member++)
        {
            int head = (at.Head * g.Members) + member;
            int queries = g.QueriesAt(at.Batch, head);
            int upstream = g.UpstreamAt(at.Batch, head) + first;
            for (int query0 = g.FirstQuery(key0); query0 < end; query0 += GpuAttendTile.Side)
            {
                var s = GpuAttendTile.Products(
                    memory, shared, keys, GpuAttendTile.Rows(queries, g.QueryRow, query0, g.QueryCount), g.KeyWidth);
                s = GpuAttendWeights.Weights<TScore>(
                    memory, g, at.Batch, head, query0 + GpuAttendTile.X, key0 + GpuAttendTile.Y,
                    GpuAttendTile.Transpose(s));
                GpuAttendTile.Share(shared, GpuAttendTile.Transpose(s));
                sums = GpuAttendTile.Weigh(
                    memory, shared, sums, upstream + (query0 * g.UpstreamRow), g.UpstreamRow, end - query0, columns);
            }
        }

        int row = g.ValueGradientRow;
        int to = g.ValueGradient + (at.Batch * g.ValueGradientBatch) + (key0 * row) + (at.Head * g.ValueWidth) + first;
        GpuAttendTile.Store(memory, to, row, g.KeyCount - key0, columns, sums);
    }
}
