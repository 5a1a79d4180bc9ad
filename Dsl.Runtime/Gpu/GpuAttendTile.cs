using ILGPU;

namespace Dsl.Gpu;

/// <summary>The 4 × 8 sums of one thread: a strip of a block's results.</summary>
internal struct StripSums
{
    internal TileSums Left;
    internal TileSums Right;

    /// <summary>Multiplies row after row.</summary>
    internal static StripSums Scale(StripSums s, Quad by)
    {
        s.Left = Scale(s.Left, by);
        s.Right = Scale(s.Right, by);
        return s;
    }

    private static TileSums Scale(TileSums s, Quad by)
    {
        s.R0 = Scale(s.R0, by.X);
        s.R1 = Scale(s.R1, by.Y);
        s.R2 = Scale(s.R2, by.Z);
        s.R3 = Scale(s.R3, by.W);
        return s;
    }

    private static Quad Scale(Quad row, float by)
    {
        row.X *= by;
        row.Y *= by;
        row.Z *= by;
        row.W *= by;
        return row;
    }
}

/// <summary>
/// The two products of attention, by 256 threads. Of a block of 64 owners (queries, or keys) and 64 others, thread
/// (y, x) has owners y, y + 16, y + 32, y + 48 and others x, x + 16, …: interleaved, so that what a thread fetches of four
/// rows is one 128-bit store, and shared memory holds four owners, or others, of a thread side by side.
/// </summary>
internal static class GpuAttendTile
{
    /// <summary>Owners, and others, of a block.</summary>
    internal const int Side = 64;

    /// <summary>Columns of a strip of results.</summary>
    internal const int Strip = 128;

    /// <summary>Shared memory of a group in quads: operands of a round, then the block's weights.</summary>
    internal const int SharedQuads = Weights + (Side * Stride);

    /// <summary>Quads from one term, or other, to the next: one more than there are, against bank conflicts.</summary>
    internal const int Stride = 17;

    /// <summary>Where the weights begin, in quads: other after other.</summary>
    internal const int Weights = 2 * Stride * Depth;

    private const int Depth = 16;
    private const int StripQuads = Strip / 4;

    /// <summary>This thread's first owner.</summary>
    internal static int Y => Group.IdxX >> 4;

    /// <summary>This thread's first other, and its first column of a strip.</summary>
    internal static int X => Group.IdxX & 15;

    /// <summary>Where the four rows begin that this thread fetches; rows outside 0 … <paramref name="count"/> - 1 are
    /// replaced by the nearest ones, and nobody takes their sums.</summary>
    internal static IntQuad Rows(int at, int pitch, int first, int count)
    {
        int row = first + Y;
        IntQuad rows;
        rows.X = at + (Clamp(row, count) * pitch);
        rows.Y = at + (Clamp(row + 16, count) * pitch);
        rows.Z = at + (Clamp(row + 32, count) * pitch);
        rows.W = at + (Clamp(row + 48, count) * pitch);
        return rows;
    }

    /// <summary>The products of all owners with all others: row by row, <paramref name="width"/> terms each.</summary>
    internal static TileSums Products(
        ArrayView<float> memory, ArrayView<Quad> shared, IntQuad owners, IntQuad others, int width)
    {
        int term = Group.IdxX & 15;
        int to = (term * Stride) + (Group.IdxX >> 4);
        int y = Y;
        int x = (Stride * Depth) + X;
        var sums = default(TileSums);
        var a = Fetch(memory, owners, term, term < width);
        var b = Fetch(memory, others, term, term < width);
        for (int k = 0; k < width; k += Depth)
        {
            shared[to] = a;
            shared[(Stride * Depth) + to] = b;
            Group.Barrier();

            // On their way while the sums are computed.
            int next = k + Depth + term;
            a = Fetch(memory, owners, next, next < width);
            b = Fetch(memory, others, next, next < width);
            for (int at = 0; at < Depth * Stride; at += 4 * Stride)
            {
                sums = GpuTile.Accumulate(sums, shared[y + at], shared[x + at]);
                sums = GpuTile.Accumulate(sums, shared[y + at + Stride], shared[x + at + Stride]);
                sums = GpuTile.Accumulate(sums, shared[y + at + (2 * Stride)], shared[x + at + (2 * Stride)]);
                sums = GpuTile.Accumulate(sums, shared[y + at + (3 * Stride)], shared[x + at + (3 * Stride)]);
            }

            Group.Barrier();
        }

        return sums;
    }

    /// <summary>Lays the block's weights out in shared memory and waits for all of them.</summary>
    internal static void Share(ArrayView<Quad> shared, in TileSums w)
    {
        int to = Weights + (X * Stride) + Y;
        shared[to] = Of(w.R0.X, w.R1.X, w.R2.X, w.R3.X);
        shared[to + (16 * Stride)] = Of(w.R0.Y, w.R1.Y, w.R2.Y, w.R3.Y);
        shared[to + (32 * Stride)] = Of(w.R0.Z, w.R1.Z, w.R2.Z, w.R3.Z);
        shared[to + (48 * Stride)] = Of(w.R0.W, w.R1.W, w.R2.W, w.R3.W);
        Group.Barrier();
    }

    /// <summary>Adds the others' rows, weighed by <see cref="Share"/>'s weights.</summary>
    /// <param name="memory">The session's memory.</param>
    /// <param name="shared">Shared memory of <see cref="SharedQuads"/>.</param>
    /// <param name="sums">What there is.</param>
    /// <param name="at">Where the strip begins in the first other's row.</param>
    /// <param name="pitch">From one row to the next.</param>
    /// <param name="count">How many others there are: 64 and more are a whole block.</param>
    /// <param name="columns">Columns of the strip.</param>
    internal static StripSums Weigh(
        ArrayView<float> memory, ArrayView<Quad> shared, StripSums sums, int at, int pitch, int count, int columns)
    {
        int to = (Y * StripQuads) + X;
        int end = IntrinsicMath.Min(count, Side);
        for (int k = 0; k < end; k += Depth)
        {
            int row = k + Y;
            bool there = row < end;
            int from = there ? at + (row * pitch) : at;
            shared[to] = FetchColumns(memory, from, X, columns, there);
            int weights = Weights + (k * Stride) + Y;
            int x = X;
            if (columns > Side)
            {
                shared[to + 16] = FetchColumns(memory, from, X + Side, columns, there);
                Group.Barrier();
                for (int term = 0; term < Depth; term += 2)
                {
                    sums = Accumulate(sums, shared[weights], shared[x], shared[x + 16]);
                    sums = Accumulate(
                        sums, shared[weights + Stride], shared[x + StripQuads], shared[x + StripQuads + 16]);
                    weights += 2 * Stride;
                    x += 2 * StripQuads;
                }

                Group.Barrier();
            }
            else
            {
                Group.Barrier();
                for (int term = 0; term < Depth; term += 4)
                {
                    sums.Left = GpuTile.Accumulate(sums.Left, shared[weights], shared[x]);
                    sums.Left = GpuTile.Accumulate(sums.Left, shared[weights + Stride], shared[x + StripQuads]);
                    sums.Left = GpuTile.Accumulate(
                        sums.Left, shared[weights + (2 * Stride)], shared[x + (2 * StripQuads)]);
                    sums.Left = GpuTile.Accumulate(
                        sums.Left, shared[weights + (3 * Stride)], shared[x + (3 * StripQuads)]);
                    weights += 4 * Stride;
                    x += 4 * StripQuads;
                }

                Group.Barrier();
            }
        }

        return sums;
    }

    /// <summary>Writes a strip.</summary>
    /// <param name="memory">The session's memory.</param>
    /// <param name="at">Where the strip begins in the first owner's row.</param>
    /// <param name="pitch">From one row to the next.</param>
    /// <param name="count">How many owners there are.</param>
    /// <param name="columns">Columns of the strip.</param>
    /// <param name="sums">The strip.</param>
    internal static void Store(ArrayView<float> memory, int at, int pitch, int count, int columns, in StripSums sums)
    {
        int row = Y;
        Store(memory, at + (row * pitch), row < count, columns, sums.Left.R0, sums.Right.R0);
        row += 16;
        Store(memory, at + (row * pitch), row < count, columns, sums.Left.R1, sums.Right.R1);
        row += 16;
        Store(memory, at + (row * pitch), row < count, columns, sums.Left.R2, sums.Right.R2);
        row += 16;
        Store(memory, at + (row * pitch), row < count, columns, sums.Left.R3, sums.Right.R3);
    }

    /// <summary>Others become owners.</summary>
    internal static TileSums Transpose(in TileSums s)
    {
        TileSums t;
        t.R0 = Of(s.R0.X, s.R1.X, s.R2.X, s.R3.X);
        t.R1 = Of(s.R0.Y, s.R1.Y, s.R2.Y, s.R3.Y);
        t.R2 = Of(s.R0.Z, s.R1.Z, s.R2.Z, s.R3.Z);
        t.R3 = Of(s.R0.W, s.R1.W, s.R2.W, s.R3.W);
        return t;
    }

    internal static Quad Of(float x, float y, float z, float w)
    {
        Quad quad;
        quad.X = x;
        quad.Y = y;
        quad.Z = z;
        quad.W = w;
        return quad;
    }

    internal static Quad Add(Quad a, Quad b) => GpuAttendTile.Of(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    /// <summary>Columns of strip <paramref name="strip"/>.</summary>
    internal static int Columns(int width, int strip) => IntrinsicMath.Min(width - (strip * Strip), Strip);

    /// <summary>Strips that cover a width.</summary>
    internal static int Strips(int width) => (width + Strip - 1) / Strip;

    private static int Clamp(int row, int count) => IntrinsicMath.Max(IntrinsicMath.Min(row, count - 1), 0);

    // As in GpuTile the address is made safe rather than the load skipped.
    private static Quad Fetch(ArrayView<float> memory, IntQuad rows, int offset, bool valid)
    {
        int safe = valid ? offset : 0;
        float x = memory[rows.X + safe];
        float y = memory[rows.Y + safe];
        float z = memory[rows.Z + safe];
        float w = memory[rows.W + safe];
        return Of(valid ? x : 0f, valid ? y : 0f, valid ? z : 0f, valid ? w : 0f);
    }

    private static Quad FetchColumns(ArrayView<float> memory, int at, int column, int columns, bool there) =>
        Of(
            FetchColumn(memory, at, column, columns, there),
            FetchColumn(memory, at, column + 16, columns, there),
            FetchColumn(memory, at, column + 32, columns, there),
            FetchColumn(memory, at, column + 48, columns, there));

    private static float FetchColumn(ArrayView<float> memory, int at, int column, int columns, bool there)
    {
        bool valid = there & column < columns;
        float value = memory[valid ? at + column : at];
        return valid ? value : 0f;
    }

    private static StripSums Accumulate(StripSums s, Quad weights, Quad left, Quad right)
    {
        s.Left = GpuTile.Accumulate(s.Left, weights, left);
        s.Right = GpuTile.Accumulate(s.Right, weights, right);
        return s;
    }

    private static void Store(ArrayView<float> memory, int at, bool there, int columns, Quad left, Quad right)
    {
        if (there)
        {
            int x = X;
            Store(memory, at, x, columns, left);
            Store(memory, at, x + Side, columns, right);
        }
    }

    /// <summary>Writes every sixteenth column of a row, as far as it has them.</summary>
    internal static void Store(ArrayView<float> memory, int at, int column, int columns, Quad values)
    {
        if (column < columns)
        {
            memory[at + column] = values.X;
        }

        if (column + 16 < columns)
        {
            memory[at + column + 16] = values.Y;
        }

        if (column + 32 < columns)
        {
            memory[at + column + 32] = values.Z;
        }

        if (column + 48 < columns)
        {
            memory[at + column + 48] = values.W;
        }
    }
}
