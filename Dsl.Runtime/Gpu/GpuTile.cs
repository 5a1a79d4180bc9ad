using ILGPU;

namespace Dsl.Gpu;

/// <summary>Four floats: what one 128-bit access moves.</summary>
internal struct Quad
{
    internal float X;
    internal float Y;
    internal float Z;
    internal float W;
}

/// <summary>Four ints.</summary>
internal struct IntQuad
{
    internal int X;
    internal int Y;
    internal int Z;
    internal int W;
}

/// <summary>The 4 × 4 sums of one thread.</summary>
internal struct TileSums
{
    internal Quad R0;
    internal Quad R1;
    internal Quad R2;
    internal Quad R3;
}

/// <summary>
/// A 64 × 64 block of a product, computed by 256 threads with 4 × 4 sums each, 16 terms at a time through shared
/// memory, the next 16 already on their way. Rows of A begin anywhere (a row may be a pixel of an image), and every
/// offset along k is a sum of three strides: a matrix product, a convolution and both its gradients are the same block.
/// </summary>
internal static class GpuTile
{
    /// <summary>Rows and columns of a block.</summary>
    internal const int Side = 64;

    /// <summary>Terms per round.</summary>
    internal const int Depth = 16;

    /// <summary>Shared memory of a block in quads: its sums; the operands, which need less, come before them.</summary>
    internal const int SharedQuads = Side * Side / 4;

    // Quads from one term to the next: padding against bank conflicts of the scattered stores.
    private const int AStride = 17;
    private const int BStride = 20;
    private const int BStart = AStride * Depth;

    /// <summary>The first of the four rows this thread fetches; the others follow at distances of 16. Neighbouring
    /// threads take neighbouring rows where rows of A are contiguous, else neighbouring terms.</summary>
    internal static int FetchRow(bool alongRows) => alongRows ? Group.IdxX & 15 : Group.IdxX >> 4;

    /// <summary>The first of the four columns this thread fetches; the others follow at distances of 16.</summary>
    internal static int FetchColumn() => Group.IdxX & 15;

    /// <summary>
    /// Sums the terms <paramref name="from"/> … <paramref name="to"/> - 1. Nothing is fetched beyond them.
    /// </summary>
    /// <param name="memory">The session's memory.</param>
    /// <param name="shared">Shared memory of <see cref="SharedQuads"/>.</param>
    /// <param name="w">How k is walked; depth and middle are at least 1.</param>
    /// <param name="safe">An element that may always be read.</param>
    /// <param name="rows">Where this thread's four rows of A begin.</param>
    /// <param name="columns">Where this thread's four columns of B begin.</param>
    /// <param name="alongRows">As given to <see cref="FetchRow"/>.</param>
    /// <param name="from">The first term.</param>
    /// <param name="to">Behind the last term.</param>
    internal static TileSums Sum(
        ArrayView<float> memory,
        ArrayView<Quad> shared,
        in TileWalk w,
        int safe,
        IntQuad rows,
        IntQuad columns,
        bool alongRows,
        int from,
        int to)
    {
        int thread = Group.IdxX;
        int aTerm = alongRows ? thread >> 4 : thread & 15;
        int bTerm = thread >> 4;
        var floats = shared.Cast<float>();
        int aStore = (aTerm * AStride * 4) + FetchRow(alongRows);
        int bStore = ((BStart + (bTerm * BStride)) * 4) + FetchColumn();
        int aRead = thread >> 4;
        int bRead = BStart + (thread & 15);

        var sums = default(TileSums);
        var aCursor = new TileCursor(w, from + aTerm);
        var bCursor = new TileCursor(w, from + bTerm);
        var a = FetchA(memory, w, aCursor, safe, rows, from + aTerm < to);
        var b = FetchB(memory, w, bCursor, safe, columns, from + bTerm < to);

        for (int k = from; k < to; k += Depth)
        {
            floats[aStore] = a.X;
            floats[aStore + 16] = a.Y;
            floats[aStore + 32] = a.Z;
            floats[aStore + 48] = a.W;
            floats[bStore] = b.X;
            floats[bStore + 16] = b.Y;
            floats[bStore + 32] = b.Z;
            floats[bStore + 48] = b.W;
            Group.Barrier();

            aCursor = TileCursor.Next(aCursor, w, Depth);
            bCursor = TileCursor.Next(bCursor, w, Depth);
            a = FetchA(memory, w, aCursor, safe, rows, k + Depth + aTerm < to);
            b = FetchB(memory, w, bCursor, safe, columns, k + Depth + bTerm < to);

            for (int term = 0; term < Depth; term += 4)
            {
                int aAt = aRead + (term * AStride);
                int bAt = bRead + (term * BStride);
                sums = Accumulate(sums, shared[aAt], shared[bAt]);
                sums = Accumulate(sums, shared[aAt + AStride], shared[bAt + BStride]);
                sums = Accumulate(sums, shared[aAt + (2 * AStride)], shared[bAt + (2 * BStride)]);
                sums = Accumulate(sums, shared[aAt + (3 * AStride)], shared[bAt + (3 * BStride)]);
            }

            Group.Barrier();
        }

        return sums;
    }

    /// <summary>Lays the block's sums out in shared memory, row after row, so that neighbouring threads can take
    /// neighbouring columns.</summary>
    internal static ArrayView<float> Share(ArrayView<Quad> shared, in TileSums sums)
    {
        int at = ((Group.IdxX >> 4) * Side) + (Group.IdxX & 15);
        shared[at] = sums.R0;
        shared[at + (Side / 4)] = sums.R1;
        shared[at + (2 * Side / 4)] = sums.R2;
        shared[at + (3 * Side / 4)] = sums.R3;
        Group.Barrier();
        return shared.Cast<float>();
    }

    /// <summary>How the sums of blocks are cut; large blocks are many and never are.</summary>
    internal static GpuSlices Slices(bool wide, long blocks, int terms) =>
        wide ? new GpuSlices(1, terms) : GpuSlices.Of(blocks, terms, fewest: 128, Depth);

    /// <summary>Keeps a group's partial sums in working memory.</summary>
    internal static void Keep(ArrayView<float> memory, int working, ArrayView<float> sums)
    {
        int at = working + (Grid.IdxX * Side * Side);
        for (int e = Group.IdxX; e < Side * Side; e += GpuKernels.MaxThreads)
        {
            memory[at + e] = sums[e];
        }
    }

    /// <summary>Adds up what <see cref="Keep"/> kept of a block. A thread finds its own sums in
    /// <paramref name="sums"/>.</summary>
    internal static void Merge(ArrayView<float> memory, int working, int blocks, int slices, ArrayView<float> sums)
    {
        for (int e = Group.IdxX; e < Side * Side; e += GpuKernels.MaxThreads)
        {
            int at = working + (Grid.IdxX * Side * Side) + e;
            float sum = memory[at];
            for (int slice = 1; slice < slices; slice++)
            {
                sum += memory[at + (slice * blocks * Side * Side)];
            }

            sums[e] = sum;
        }
    }

    internal static Quad FetchA(
        ArrayView<float> memory, in TileWalk w, TileCursor c, int safe, IntQuad rows, bool valid)
    {
        int offset = (c.Outer * w.AOuter) + (c.Middle * w.AMiddle) + (c.Step * w.ADepth);
        return Fetch(memory, offset, safe, rows, valid);
    }

    internal static Quad FetchB(
        ArrayView<float> memory, in TileWalk w, TileCursor c, int safe, IntQuad columns, bool valid)
    {
        int offset = (c.Outer * w.BOuter) + (c.Middle * w.BMiddle) + (c.Step * w.BDepth);
        return Fetch(memory, offset, safe, columns, valid);
    }

    // The address is made safe rather than the load skipped: no branch, and no way to read outside whatever is done
    // with it.
    private static Quad Fetch(ArrayView<float> memory, int offset, int safe, IntQuad starts, bool valid)
    {
        float x = memory[valid ? starts.X + offset : safe];
        float y = memory[valid ? starts.Y + offset : safe];
        float z = memory[valid ? starts.Z + offset : safe];
        float v = memory[valid ? starts.W + offset : safe];
        Quad quad;
        quad.X = valid ? x : 0f;
        quad.Y = valid ? y : 0f;
        quad.Z = valid ? z : 0f;
        quad.W = valid ? v : 0f;
        return quad;
    }

    internal static TileSums Accumulate(TileSums s, Quad a, Quad b)
    {
        s.R0 = Accumulate(s.R0, a.X, b);
        s.R1 = Accumulate(s.R1, a.Y, b);
        s.R2 = Accumulate(s.R2, a.Z, b);
        s.R3 = Accumulate(s.R3, a.W, b);
        return s;
    }

    private static Quad Accumulate(Quad s, float a, Quad b)
    {
        s.X += a * b.X;
        s.Y += a * b.Y;
        s.Z += a * b.Z;
        s.W += a * b.W;
        return s;
    }
}

/// <summary>The columns of a block as one thread fetches them.</summary>
internal static class GpuColumns
{
    /// <summary>Where the thread's four columns begin; columns beyond the last fetch the last, and nobody takes their
    /// sums.</summary>
    internal static IntQuad Clamped(int at, int column, int apart, int count)
    {
        int last = count - 1;
        IntQuad columns;
        columns.X = at + IntrinsicMath.Min(column, last);
        columns.Y = at + IntrinsicMath.Min(column + apart, last);
        columns.Z = at + IntrinsicMath.Min(column + (2 * apart), last);
        columns.W = at + IntrinsicMath.Min(column + (3 * apart), last);
        return columns;
    }

    /// <summary>Blocks that cover <paramref name="extent"/> rows or columns.</summary>
    internal static int Tiles(int extent) => (int)(((long)extent + GpuTile.Side - 1) / GpuTile.Side);
}
