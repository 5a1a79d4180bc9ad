using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// The gradients of ClassLogits, each a walk that computes logits again: of embeddings a group for 64 samples, a part of the classes and a
/// strip of 128 features; of rows a group for 64 rows and a strip, which walks over the samples. So every sum has one owner and one
/// order.
/// </summary>
internal static class GpuClassGradient
{
    /// <summary>Sums of parts of the classes for the gradient of embeddings.</summary>
    internal static void Embeddings<TCenters>(ArrayView<float> memory, Slots slots, ClassGeometry g)
        where TCenters : struct, IGpuCenters
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        int strips = GpuAttendTile.Strips(g.Width);
        int group = Grid.IdxX / strips;
        int strip = Grid.IdxX - (group * strips);
        int block = group / g.Slices;
        int slice = group - (block * g.Slices);
        int sample0 = block * GpuAttendTile.Side;
        int y = sample0 + GpuAttendTile.Y;
        int columns = GpuAttendTile.Columns(g.Width, strip);
        int column0 = strip * GpuAttendTile.Strip;
        var samples = GpuAttendTile.Rows(g.Embeddings, g.Row, sample0, g.Samples);
        var result = default(StripSums);
        int end = (int)((long)g.Blocks * (slice + 1) / g.Slices);
        for (int b = (int)((long)g.Blocks * slice / g.Slices); b < end; b++)
        {
            int row0 = b * g.BlockRows;
            int rows = IntrinsicMath.Min(g.BlockRows, g.Rows - row0);
            var s = GpuAttendTile.Products(
                memory, shared, samples, GpuAttendTile.Rows(g.Weights, g.Width, row0, g.Rows), g.Width);
            var nearest = GpuClassNearest.OfSamples<TCenters>(memory, shared, g, row0, rows, s);
            int row = row0 + GpuAttendTile.X;
            int last = row0 + rows;
            s.R0 = OfSample(memory, g, y, row, last, s.R0, nearest.R0);
            s.R1 = OfSample(memory, g, y + 16, row, last, s.R1, nearest.R1);
            s.R2 = OfSample(memory, g, y + 32, row, last, s.R2, nearest.R2);
            s.R3 = OfSample(memory, g, y + 48, row, last, s.R3, nearest.R3);
            GpuAttendTile.Share(shared, s);
            result = GpuAttendTile.Weigh(
                memory, shared, result, g.Weights + (row0 * g.Width) + column0, g.Width, rows, columns);
        }

        int to = g.Parts + (((slice * g.Samples) + sample0) * g.Width) + column0;
        GpuAttendTile.Store(memory, to, g.Width, g.Samples - sample0, columns, result);
    }

    /// <summary>Gradients of embeddings: the sums of all parts in their order, with what each has of itself. A group for each.</summary>
    internal static void Merge(ArrayView<float> memory, Slots slots, ClassGeometry g)
    {
        var parts = SharedMemory.Allocate<float>(GpuKernels.MaxThreads);
        int sample = Grid.IdxX;
        int x = g.Embeddings + (sample * g.Row);
        int to = g.OfEmbeddings + (sample * g.OfRow);
        float dot = 0f;
        for (int k = Group.IdxX; k < g.Width; k += GpuKernels.MaxThreads)
        {
            float sum = 0f;
            for (int i = 0; i < g.Slices; i++)
            {
                sum += memory[g.Parts + (((i * g.Samples) + sample) * g.Width) + k];
            }

            memory[to + k] = sum;
            dot += sum * memory[x + k];
        }

        parts[Group.IdxX] = dot;
        Group.Barrier();
        for (int half = GpuKernels.MaxThreads / 2; half > 0; half /= 2)
        {
            if (Group.IdxX < half)
            {
                parts[Group.IdxX] += parts[Group.IdxX + half];
            }

            Group.Barrier();
        }

        float own = 0f;
        int label = new GpuMemory(memory).Int(g.Labels + sample);
        if (g.Margin.KeepsLength == 0)
        {
            float inverse = ClassGeometry.Inverse(memory[g.Lengths + sample]);
            own = -parts[0] * inverse * inverse;
        }
        else if (g.Margin.Form != (int)MarginForm.None & label >= 0 & label < g.Classes)
        {
            float p = GpuMath.Exp(memory[g.OwnLogit + sample] - memory[g.LogSums + sample]);
            own = memory[g.Upstream + sample] * (p - 1f) * memory[g.OfOwnEmbedding + sample];
        }

        for (int k = Group.IdxX; k < g.Width; k += GpuKernels.MaxThreads)
        {
            memory[to + k] += own * memory[x + k];
        }
    }

    /// <summary>Gradients of rows, and of offsets.</summary>
    internal static void Rows<TCenters>(ArrayView<float> memory, Slots slots, ClassGeometry g)
        where TCenters : struct, IGpuCenters
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        int strips = GpuAttendTile.Strips(g.Width);
        int block = Grid.IdxX / strips;
        int strip = Grid.IdxX - (block * strips);
        int row0 = block * g.BlockRows;
        int rows = IntrinsicMath.Min(g.BlockRows, g.Rows - row0);
        int y = GpuAttendTile.Y;
        int x = GpuAttendTile.X;
        int columns = GpuAttendTile.Columns(g.Width, strip);
        int column0 = strip * GpuAttendTile.Strip;
        var owners = GpuAttendTile.Rows(g.Weights, g.Width, row0, g.Rows);
        var result = default(StripSums);
        var along = default(Quad);
        var offsets = default(Quad);
        for (int sample0 = 0; sample0 < g.Samples; sample0 += GpuAttendTile.Side)
        {
            var s = GpuAttendTile.Products(
                memory, shared, owners, GpuAttendTile.Rows(g.Embeddings, g.Row, sample0, g.Samples), g.Width);
            var nearest = GpuClassNearest.OfRows<TCenters>(memory, shared, g, row0, rows, s);
            var r0 = OfRow(memory, g, sample0 + x, row0 + y, y < rows, s.R0, nearest.R0);
            var r1 = OfRow(memory, g, sample0 + x, row0 + y + 16, y + 16 < rows, s.R1, nearest.R1);
            var r2 = OfRow(memory, g, sample0 + x, row0 + y + 32, y + 32 < rows, s.R2, nearest.R2);
            var r3 = OfRow(memory, g, sample0 + x, row0 + y + 48, y + 48 < rows, s.R3, nearest.R3);
            (s.R0, s.R1, s.R2, s.R3) = (r0.Cells, r1.Cells, r2.Cells, r3.Cells);
            along = GpuAttendTile.Add(along, GpuAttendTile.Of(r0.Along, r1.Along, r2.Along, r3.Along));
            offsets = GpuAttendTile.Add(offsets, GpuAttendTile.Of(r0.Offset, r1.Offset, r2.Offset, r3.Offset));
            GpuAttendTile.Share(shared, s);
            result = GpuAttendTile.Weigh(
                memory, shared, result, g.Embeddings + (sample0 * g.Row) + column0, g.Row, g.Samples - sample0, columns);
        }

        along = Across(shared, along);
        offsets = Across(shared, offsets);
        if (g.OfWeights >= 0)
        {
            result = WithRows(memory, g, result, along, row0, rows, column0, columns);
            GpuAttendTile.Store(memory, g.OfWeights + (row0 * g.Width) + column0, g.Width, rows, columns, result);
        }

        if (g.OfBias >= 0 & x == 0 & strip == 0)
        {
            StoreOffset(memory, g, row0 + y, y < rows, offsets.X);
            StoreOffset(memory, g, row0 + y + 16, y + 16 < rows, offsets.Y);
            StoreOffset(memory, g, row0 + y + 32, y + 32 < rows, offsets.Z);
            StoreOffset(memory, g, row0 + y + 48, y + 48 < rows, offsets.W);
        }
    }

    /// <summary>Sums over the threads that share an owner.</summary>
    private static Quad Across(ArrayView<Quad> shared, Quad part)
    {
        Group.Barrier();
        shared[(GpuAttendTile.X * GpuAttendTile.Stride) + GpuAttendTile.Y] = part;
        Group.Barrier();
        var total = default(Quad);
        for (int i = 0; i < 16; i++)
        {
            total = GpuAttendTile.Add(total, shared[(i * GpuAttendTile.Stride) + GpuAttendTile.Y]);
        }

        return total;
    }

    private static StripSums WithRows(
        ArrayView<float> memory, in ClassGeometry g, StripSums result, Quad along, int row0, int rows, int column0, int columns)
    {
        int y = GpuAttendTile.Y;
        int x = GpuAttendTile.X;
        result.Left.R0 = WithRow(memory, g, result.Left.R0, along.X, row0, y, rows, column0, x, columns);
        result.Left.R1 = WithRow(memory, g, result.Left.R1, along.Y, row0, y + 16, rows, column0, x, columns);
        result.Left.R2 = WithRow(memory, g, result.Left.R2, along.Z, row0, y + 32, rows, column0, x, columns);
        result.Left.R3 = WithRow(memory, g, result.Left.R3, along.W, row0, y + 48, rows, column0, x, columns);
        int right = x + GpuAttendTile.Side;
        result.Right.R0 = WithRow(memory, g, result.Right.R0, along.X, row0, y, rows, column0, right, columns);
        result.Right.R1 = WithRow(memory, g, result.Right.R1, along.Y, row0, y + 16, rows, column0, right, columns);
        result.Right.R2 = WithRow(memory, g, result.Right.R2, along.Z, row0, y + 32, rows, column0, right, columns);
        result.Right.R3 = WithRow(memory, g, result.Right.R3, along.W, row0, y + 48, rows, column0, right, columns);
        return result;
    }

    private static Quad WithRow(
        ArrayView<float> memory, in ClassGeometry g, Quad sums, float along, int row0, int row, int rows, int column0, int column,
        int columns)
    {
        int safe = row0 + IntrinsicMath.Min(row, rows - 1);
        float factor = along;
        if (g.Margin.KeepsRows == 0)
        {
            float inverse = ClassGeometry.Inverse(memory[g.RowLengths + safe]);
            factor = -along * inverse * inverse;
        }

        int at = g.Weights + (safe * g.Width) + column0;
        int last = columns - 1;
        return GpuAttendTile.Of(
            sums.X + (factor * memory[at + IntrinsicMath.Min(column, last)]),
            sums.Y + (factor * memory[at + IntrinsicMath.Min(column + 16, last)]),
            sums.Z + (factor * memory[at + IntrinsicMath.Min(column + 32, last)]),
            sums.W + (factor * memory[at + IntrinsicMath.Min(column + 48, last)]));
    }

    private static void StoreOffset(ArrayView<float> memory, in ClassGeometry g, int row, bool there, float sum)
    {
        if (there)
        {
            memory[g.OfBias + row] = sum;
        }
    }

    private static Quad OfSample(
        ArrayView<float> memory, in ClassGeometry g, int sample, int row, int end, Quad products, Quad nearest)
    {
        bool there = sample < g.Samples;
        int safe = there ? sample : 0;
        return GpuAttendTile.Of(
            Cell(memory, g, safe, row, products.X, there & row < end, nearest.X).G,
            Cell(memory, g, safe, row + 16, products.Y, there & row + 16 < end, nearest.Y).G,
            Cell(memory, g, safe, row + 32, products.Z, there & row + 32 < end, nearest.Z).G,
            Cell(memory, g, safe, row + 48, products.W, there & row + 48 < end, nearest.W).G);
    }

    private static RowCells OfRow(
        ArrayView<float> memory, in ClassGeometry g, int sample, int row, bool there, Quad products, Quad nearest)
    {
        int safe = there ? row : 0;
        var a = Cell(memory, g, sample, safe, products.X, there & sample < g.Samples, nearest.X);
        var b = Cell(memory, g, sample + 16, safe, products.Y, there & sample + 16 < g.Samples, nearest.Y);
        var c = Cell(memory, g, sample + 32, safe, products.Z, there & sample + 32 < g.Samples, nearest.Z);
        var d = Cell(memory, g, sample + 48, safe, products.W, there & sample + 48 < g.Samples, nearest.W);
        RowCells cells;
        cells.Cells = GpuAttendTile.Of(a.G, b.G, c.G, d.G);
        cells.Along = a.Along + b.Along + (c.Along + d.Along);
        cells.Offset = a.Offset + b.Offset + (c.Offset + d.Offset);
        return cells;
    }

    // A cell that does not count is zeros.
    private static GradientCell Cell(
        ArrayView<float> memory, in ClassGeometry g, int sample, int row, float product, bool there, float nearest)
    {
        int safe = there ? sample : 0;
        int label = new GpuMemory(memory).Int(g.Labels + safe);
        var cell = ClassCell.Of(memory, g, safe, there ? row : 0, label, product, nearest);
        float p = GpuMath.Exp(cell.Logit - memory[g.LogSums + safe]);
        float gradient = memory[g.Upstream + safe] * (cell.IsOwn ? p - 1f : p);
        gradient = there & cell.Counts ? gradient : 0f;
        float ofRow = cell.IsOwn ? memory[g.OfOwnRow + safe] : 0f;
        GradientCell result;
        result.G = gradient * cell.Slope;
        result.Along = g.Margin.KeepsRows == 0 ? result.G * product : gradient * ofRow;
        result.Offset = gradient;
        return result;
    }

    private struct GradientCell
    {
        internal float G;
        internal float Along;
        internal float Offset;
    }

    private struct RowCells
    {
        internal Quad Cells;
        internal float Along;
        internal float Offset;
    }
}
