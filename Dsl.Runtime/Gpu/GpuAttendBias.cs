using Dsl.Kernels;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>
/// The gradient of an attention's bias. A group has 64 × 64 elements of a dense bias, or 64 of a relative one, and
/// walks over all the scores that these are part of: sequence after sequence, head after head when heads share it.
/// </summary>
internal static class GpuAttendBias
{
    /// <summary>Groups for the elements of all heads.</summary>
    internal static long Groups(in AttendGeometry g, bool dense)
    {
        long blocks = dense
            ? (long)AttendGroup.Blocks(g.BiasQueries) * AttendGroup.Blocks(g.BiasKeys)
            : AttendGroup.Blocks(g.BiasLength);
        return blocks * (g.BiasHead == 0 ? 1 : g.Heads);
    }

    /// <summary>A dense bias: each thread has the elements whose scores it computes.</summary>
    internal static void Dense<TScore>(ArrayView<float> memory, Slots slots, AttendGeometry g)
        where TScore : struct, IGpuScore
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        int down = AttendGroup.Blocks(g.BiasQueries);
        int across = AttendGroup.Blocks(g.BiasKeys);
        int rest = Grid.IdxX / across;
        int j0 = (Grid.IdxX - (rest * across)) * GpuAttendTile.Side;
        int head = rest / down;
        int i0 = (rest - (head * down)) * GpuAttendTile.Side;
        int heads = g.BiasHead == 0 ? g.Heads : 1;
        var sums = default(TileSums);
        for (int turn = 0; turn < g.Batch * heads; turn++)
        {
            int batch = turn / heads;
            int of = head + (turn - (batch * heads));
            for (int chunk = 0; chunk < g.Chunks; chunk++)
            {
                int query0 = (chunk * g.Chunk.Value) + i0;
                int key0 = (chunk * g.Chunk.Value) + j0;
                if (Meet(g, query0, key0))
                {
                    sums = Add(sums, Gradients<TScore>(memory, shared, g, batch, of, query0, key0));
                }
            }
        }

        int at = g.BiasGradient + (head * g.BiasHead);
        int i = i0 + GpuAttendTile.Y;
        int j = j0 + GpuAttendTile.X;
        Store(memory, g, at, i, j, sums.R0);
        Store(memory, g, at, i + 16, j, sums.R1);
        Store(memory, g, at, i + 32, j, sums.R2);
        Store(memory, g, at, i + 48, j, sums.R3);
    }

    /// <summary>
    /// A relative bias: its elements are distances. The scores of 64 queries at 64 distances lie in two blocks side by
    /// side, of which they are the lower and the upper part; four threads share a distance, 16 queries each.
    /// </summary>
    internal static void Relative<TScore>(ArrayView<float> memory, Slots slots, AttendGeometry g)
        where TScore : struct, IGpuScore
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        var floats = shared.Cast<float>();
        int blocks = AttendGroup.Blocks(g.BiasLength);
        int head = Grid.IdxX / blocks;
        int element0 = (Grid.IdxX - (head * blocks)) * GpuAttendTile.Side;
        int distance0 = element0 - g.BiasOrigin;
        int heads = g.BiasHead == 0 ? g.Heads : 1;
        int distance = Group.IdxX % GpuAttendTile.Side;
        int part = Group.IdxX / GpuAttendTile.Side;
        float sum = 0f;
        for (int turn = 0; turn < g.Batch * heads; turn++)
        {
            int batch = turn / heads;
            int of = head + (turn - (batch * heads));
            for (int query0 = 0; query0 < g.QueryCount; query0 += GpuAttendTile.Side)
            {
                for (int half = 0; half < 2 * GpuAttendTile.Side; half += GpuAttendTile.Side)
                {
                    int key0 = query0 + distance0 + half;
                    if (Meet(g, query0, key0))
                    {
                        GpuAttendTile.Share(shared, Gradients<TScore>(memory, shared, g, batch, of, query0, key0));

                        // Row 16·part + i of a block is number part of the four of thread row i.
                        for (int i = 0; i < 16; i++)
                        {
                            int key = (part * 16) + i + distance - half;
                            bool there = key >= 0 & key < GpuAttendTile.Side;
                            float value = floats[
                                (4 * (GpuAttendTile.Weights + ((there ? key : 0) * GpuAttendTile.Stride) + i)) + part];
                            sum += there ? value : 0f;
                        }

                        Group.Barrier();
                    }
                }
            }
        }

        floats[Group.IdxX] = sum;
        Group.Barrier();
        int element = element0 + Group.IdxX;
        if (Group.IdxX < GpuAttendTile.Side & element < g.BiasLength)
        {
            memory[g.BiasGradient + (head * g.BiasHead) + element] =
                floats[Group.IdxX] + floats[Group.IdxX + 64] + floats[Group.IdxX + 128] + floats[Group.IdxX + 192];
        }
    }

    /// <summary>Whether some query of a block may see some key of another.</summary>
    private static bool Meet(in AttendGeometry g, int query0, int key0)
    {
        int first = IntrinsicMath.Min(query0, g.QueryCount - 1);
        int last = IntrinsicMath.Min(query0 + GpuAttendTile.Side, g.QueryCount) - 1;
        return query0 < g.QueryCount & key0 < g.End(last) & key0 + GpuAttendTile.Side > g.First(first);
    }

    private static TileSums Gradients<TScore>(
        ArrayView<float> memory, ArrayView<Quad> shared, in AttendGeometry g, int batch, int head, int query0, int key0)
        where TScore : struct, IGpuScore
    {
        int keyHead = head / g.Members;
        var s = GpuAttendTile.Products(
            memory,
            shared,
            GpuAttendTile.Rows(g.QueriesAt(batch, head), g.QueryRow, query0, g.QueryCount),
            GpuAttendTile.Rows(g.KeysAt(batch, keyHead), g.KeyRow, key0, g.KeyCount),
            g.KeyWidth);
        var d = GpuAttendTile.Products(
            memory,
            shared,
            GpuAttendTile.Rows(g.UpstreamAt(batch, head), g.UpstreamRow, query0, g.QueryCount),
            GpuAttendTile.Rows(g.ValuesAt(batch, keyHead), g.ValueRow, key0, g.KeyCount),
            g.ValueWidth);
        return GpuAttendWeights.Gradients<TScore>(
            memory, g, batch, head, query0 + GpuAttendTile.Y, key0 + GpuAttendTile.X, s, d);
    }

    private static TileSums Add(TileSums a, TileSums b)
    {
        a.R0 = GpuAttendTile.Add(a.R0, b.R0);
        a.R1 = GpuAttendTile.Add(a.R1, b.R1);
        a.R2 = GpuAttendTile.Add(a.R2, b.R2);
        a.R3 = GpuAttendTile.Add(a.R3, b.R3);
        return a;
    }

    private static void Store(ArrayView<float> memory, in AttendGeometry g, int at, int i, int j, Quad values)
    {
        if (i < g.BiasQueries)
        {
            GpuAttendTile.Store(memory, at + (i * g.BiasKeys), j, g.BiasKeys, values);
        }
    }
}
