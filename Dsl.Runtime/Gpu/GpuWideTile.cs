using ILGPU;

namespace Dsl.Gpu;

/// <summary>The 8 × 8 sums of one thread: 4 × 4 in each quarter of a 128 × 128 block.</summary>
internal struct WideSums
{
    internal TileSums UpperLeft;
    internal TileSums UpperRight;
    internal TileSums LowerLeft;
    internal TileSums LowerRight;

    /// <summary>Quarter 0 … 3, row by row.</summary>
    internal readonly TileSums Quarter(int index)
    {
        var upper = index == 0 ? UpperLeft : UpperRight;
        var lower = index == 2 ? LowerLeft : LowerRight;
        return index < 2 ? upper : lower;
    }
}

/// <summary>
/// <see cref="GpuTile"/> with four times the block: twice the arithmetic for each access of shared memory, for products
/// with enough blocks to fill a device all the same. Terms are added in the same order, so the sums are the same bits.
/// </summary>
internal static class GpuWideTile
{
    /// <summary>Rows and columns of a block.</summary>
    internal const int Side = 128;

    /// <summary>Shared memory of a block in quads: operands of two rounds, or the sums of a quarter.</summary>
    internal const int SharedQuads = 2 * Round;

    private const int Depth = 8;

    // Quads from one term to the next; the padding of A keeps its scattered stores apart.
    private const int AStride = 33;
    private const int BStride = 32;
    private const int BStart = AStride * Depth;
    private const int Round = BStart + (BStride * Depth);

    // Fewer blocks than this leave multiprocessors idle that small blocks would use.
    private const long EnoughBlocks = 128;

    /// <summary>Whether a product is cut into wide blocks.</summary>
    internal static bool Fits(long batch, int rows, int columns) =>
        rows >= Side && columns >= Side && batch * Tiles(rows) * Tiles(columns) >= EnoughBlocks;

    /// <summary>Blocks that cover <paramref name="extent"/> rows or columns.</summary>
    internal static int Tiles(int extent) => (int)(((long)extent + Side - 1) / Side);

    /// <summary>The first of the four rows this thread fetches; the others follow at distances of 32.</summary>
    internal static int FetchRow(bool alongRows) => alongRows ? Group.IdxX & 31 : Group.IdxX >> 3;

    /// <summary>The first of the four columns this thread fetches; the others follow at distances of 32.</summary>
    internal static int FetchColumn() => Group.IdxX & 31;

    /// <summary>Sums all terms; see <see cref="GpuTile.Sum"/>.</summary>
    internal static WideSums Sum(
        ArrayView<float> memory,
        ArrayView<Quad> shared,
        in TileWalk w,
        int safe,
        IntQuad rows,
        IntQuad columns,
        bool alongRows,
        int terms)
    {
        int thread = Group.IdxX;
        int aTerm = alongRows ? thread >> 5 : thread & 7;
        int bTerm = thread >> 5;
        var floats = shared.Cast<float>();
        int aStore = (aTerm * AStride * 4) + FetchRow(alongRows);
        int bStore = ((BStart + (bTerm * BStride)) * 4) + FetchColumn();
        int aRead = thread >> 4;
        int bRead = BStart + (thread & 15);

        var sums = default(WideSums);
        var aCursor = new TileCursor(w, aTerm);
        var bCursor = new TileCursor(w, bTerm);
        var a = GpuTile.FetchA(memory, w, aCursor, safe, rows, aTerm < terms);
        var b = GpuTile.FetchB(memory, w, bCursor, safe, columns, bTerm < terms);

        // Two rounds of operands take turns, so one barrier a round is enough.
        int round = 0;
        for (int k = 0; k < terms; k += Depth)
        {
            int aTo = (round * 4) + aStore;
            int bTo = (round * 4) + bStore;
            floats[aTo] = a.X;
            floats[aTo + 32] = a.Y;
            floats[aTo + 64] = a.Z;
            floats[aTo + 96] = a.W;
            floats[bTo] = b.X;
            floats[bTo + 32] = b.Y;
            floats[bTo + 64] = b.Z;
            floats[bTo + 96] = b.W;
            Group.Barrier();

            aCursor = TileCursor.Next(aCursor, w, Depth);
            bCursor = TileCursor.Next(bCursor, w, Depth);
            a = GpuTile.FetchA(memory, w, aCursor, safe, rows, k + Depth + aTerm < terms);
            b = GpuTile.FetchB(memory, w, bCursor, safe, columns, k + Depth + bTerm < terms);

            for (int term = 0; term < Depth; term += 2)
            {
                int aAt = round + aRead + (term * AStride);
                int bAt = round + bRead + (term * BStride);
                sums = Accumulate(sums, shared[aAt], shared[aAt + 16], shared[bAt], shared[bAt + 16]);
                aAt += AStride;
                bAt += BStride;
                sums = Accumulate(sums, shared[aAt], shared[aAt + 16], shared[bAt], shared[bAt + 16]);
            }

            round = Round - round;
        }

        return sums;
    }

    private static WideSums Accumulate(WideSums s, Quad a0, Quad a1, Quad b0, Quad b1)
    {
        s.UpperLeft = GpuTile.Accumulate(s.UpperLeft, a0, b0);
        s.UpperRight = GpuTile.Accumulate(s.UpperRight, a0, b1);
        s.LowerLeft = GpuTile.Accumulate(s.LowerLeft, a1, b0);
        s.LowerRight = GpuTile.Accumulate(s.LowerRight, a1, b1);
        return s;
    }
}
