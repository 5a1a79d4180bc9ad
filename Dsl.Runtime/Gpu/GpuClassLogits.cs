using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// The ClassLogits skeleton: a group for 64 samples and a part of the classes walks over its classes, 64 rows at a time, with the
/// products of attention. A maximum and a sum for each sample and part go through memory and are merged in order.
/// </summary>
internal static class GpuClassLogits
{
    /// <summary>Rows whose lengths a group takes.</summary>
    internal const int Measured = 8;

    private const int Lanes = GpuKernels.MaxThreads / Measured;

    /// <summary>Lengths of embeddings, then of rows.</summary>
    internal static void Lengths(ArrayView<float> memory, Slots slots, ClassGeometry g)
    {
        var parts = SharedMemory.Allocate<float>(GpuKernels.MaxThreads);
        int inside = Group.IdxX / Lanes;
        int lane = Group.IdxX - (inside * Lanes);
        int item = (Grid.IdxX * Measured) + inside;
        bool there = item < g.Samples + g.Rows;
        bool isRow = item >= g.Samples;
        int at = isRow ? g.Weights + ((item - g.Samples) * g.Width) : g.Embeddings + (item * g.Row);
        float sum = 0f;
        for (int k = lane; k < g.Width; k += Lanes)
        {
            float x = memory[there ? at + k : g.Embeddings];
            sum += x * x;
        }

        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (lane == 0 & there)
        {
            float total = 0f;
            for (int i = 0; i < Lanes; i++)
            {
                total += parts[Group.IdxX + i];
            }

            memory[isRow ? g.RowLengths + item - g.Samples : g.Lengths + item] = MathF.Sqrt(total);
        }
    }

    /// <summary>Samples with their own classes, a group for each: the nearest row, the margin.</summary>
    internal static void Own(ArrayView<float> memory, Slots slots, ClassGeometry g)
    {
        var parts = SharedMemory.Allocate<float>(GpuKernels.MaxThreads);
        int sample = Grid.IdxX;
        int label = new GpuMemory(memory).Int(g.Labels + sample);
        bool there = label >= 0 & label < g.Classes;
        int first = there ? label * g.SubCenters : 0;
        int best = first;
        float nearest = 0f;
        float product = 0f;
        for (int row = first; row < first + g.SubCenters; row++)
        {
            float sum = 0f;
            for (int k = Group.IdxX; k < g.Width; k += GpuKernels.MaxThreads)
            {
                sum += memory[g.Embeddings + (sample * g.Row) + k] * memory[g.Weights + (row * g.Width) + k];
            }

            parts[Group.IdxX] = sum;
            Group.Barrier();
            for (int half = GpuKernels.MaxThreads / 2; half > 0; half /= 2)
            {
                if (Group.IdxX < half)
                {
                    parts[Group.IdxX] += parts[Group.IdxX + half];
                }

                Group.Barrier();
            }

            float u = parts[0];
            float v = u * g.InverseOf(memory, row);
            bool nearer = row == first | v > nearest;
            best = nearer ? row : best;
            product = nearer ? u : product;
            nearest = nearer ? v : nearest;
            Group.Barrier();
        }

        if (Group.IdxX == 0)
        {
            float slope = g.FactorOf(memory, sample) * g.InverseOf(memory, best);
            float z = product * slope;
            float ofEmbedding = 0f;
            float ofRow = 0f;
            if (g.Bias >= 0)
            {
                z += memory[g.Bias + best];
            }

            if (g.Margin.Form != (int)MarginForm.None)
            {
                float length = memory[g.Lengths + sample];
                float rowLength = memory[g.RowLengths + best];
                float a = g.Margin.KeepsLength != 0 ? length : g.Margin.Scale;
                float b = g.Margin.KeepsRows != 0 ? rowLength : 1f;
                float cosine = product * ClassGeometry.Inverse(length) * ClassGeometry.Inverse(rowLength);
                (GpuFloat value, GpuFloat steep) =
                    g.Margin.Of<GpuFloat, GpuInt, GpuMask>(new GpuFloat(cosine), g.Share(memory));
                z = a * b * value.V;
                slope *= steep.V;
                float extra = value.V - (steep.V * cosine);
                ofEmbedding = g.Margin.KeepsLength != 0 ? extra * b * ClassGeometry.Inverse(length) : 0f;
                ofRow = g.Margin.KeepsRows != 0 ? extra * a * ClassGeometry.Inverse(rowLength) : 0f;
            }

            memory[g.OwnRow + sample] = GpuMath.FromBits(there ? best : -1);
            memory[g.OwnLogit + sample] = z;
            memory[g.OwnSlope + sample] = slope;
            memory[g.OfOwnEmbedding + sample] = ofEmbedding;
            memory[g.OfOwnRow + sample] = ofRow;
        }
    }

    /// <summary>Maxima and sums.</summary>
    internal static void Sums<TCenters>(ArrayView<float> memory, Slots slots, ClassGeometry g)
        where TCenters : struct, IGpuCenters
    {
        var shared = SharedMemory.Allocate<Quad>(GpuAttendTile.SharedQuads);
        int block = Grid.IdxX / g.Slices;
        int slice = Grid.IdxX - (block * g.Slices);
        int sample0 = block * GpuAttendTile.Side;
        int y = GpuAttendTile.Y;
        int x = GpuAttendTile.X;
        var samples = GpuAttendTile.Rows(g.Embeddings, g.Row, sample0, g.Samples);
        var largest = GpuAttendTile.Of(
            float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity);
        var sums = default(Quad);
        int end = (int)((long)g.Blocks * (slice + 1) / g.Slices);
        for (int b = (int)((long)g.Blocks * slice / g.Slices); b < end; b++)
        {
            int row0 = b * g.BlockRows;
            int rows = IntrinsicMath.Min(g.BlockRows, g.Rows - row0);
            var s = GpuAttendTile.Products(
                memory, shared, samples, GpuAttendTile.Rows(g.Weights, g.Width, row0, g.Rows), g.Width);
            var nearest = GpuClassNearest.OfSamples<TCenters>(memory, shared, g, row0, rows, s);
            s.R0 = Logits(memory, g, sample0 + y, row0 + x, row0 + rows, s.R0, nearest.R0);
            s.R1 = Logits(memory, g, sample0 + y + 16, row0 + x, row0 + rows, s.R1, nearest.R1);
            s.R2 = Logits(memory, g, sample0 + y + 32, row0 + x, row0 + rows, s.R2, nearest.R2);
            s.R3 = Logits(memory, g, sample0 + y + 48, row0 + x, row0 + rows, s.R3, nearest.R3);
            Group.Barrier();
            shared[(x * GpuAttendTile.Stride) + y] =
                GpuAttendTile.Of(Largest(s.R0), Largest(s.R1), Largest(s.R2), Largest(s.R3));
            Group.Barrier();
            var now = largest;
            for (int i = 0; i < 16; i++)
            {
                var other = shared[(i * GpuAttendTile.Stride) + y];
                now = GpuAttendTile.Of(
                    Larger(now.X, other.X), Larger(now.Y, other.Y), Larger(now.Z, other.Z), Larger(now.W, other.W));
            }

            sums.X = (sums.X * Share(largest.X, now.X)) + Total(s.R0, now.X);
            sums.Y = (sums.Y * Share(largest.Y, now.Y)) + Total(s.R1, now.Y);
            sums.Z = (sums.Z * Share(largest.Z, now.Z)) + Total(s.R2, now.Z);
            sums.W = (sums.W * Share(largest.W, now.W)) + Total(s.R3, now.W);
            largest = now;
            Group.Barrier();
        }

        shared[(x * GpuAttendTile.Stride) + y] = sums;
        Group.Barrier();
        var total = default(Quad);
        for (int i = 0; i < 16; i++)
        {
            total = GpuAttendTile.Add(total, shared[(i * GpuAttendTile.Stride) + y]);
        }

        if (x == 0)
        {
            int part = g.Parts + (2 * slice * g.Samples);
            Store(memory, g, part, sample0 + y, largest.X, total.X);
            Store(memory, g, part, sample0 + y + 16, largest.Y, total.Y);
            Store(memory, g, part, sample0 + y + 32, largest.Z, total.Z);
            Store(memory, g, part, sample0 + y + 48, largest.W, total.W);
        }
    }

    /// <summary>Losses and logarithms of sums, a thread for each sample.</summary>
    internal static void Merge(ArrayView<float> memory, Slots slots, ClassGeometry g)
    {
        int sample = GpuLaunch.Item;
        if (sample < g.Samples)
        {
            float top = float.NegativeInfinity;
            for (int i = 0; i < g.Slices; i++)
            {
                top = Larger(top, memory[g.Parts + (2 * i * g.Samples) + sample]);
            }

            float sum = 0f;
            for (int i = 0; i < g.Slices; i++)
            {
                int part = g.Parts + (2 * i * g.Samples) + sample;
                sum += memory[part + g.Samples] * GpuMath.Exp(memory[part] - top);
            }

            float log = top + GpuMath.Log(sum);
            int label = new GpuMemory(memory).Int(g.Labels + sample);
            if (g.Losses >= 0)
            {
                bool there = label >= 0 & label < g.Classes;
                float own = memory[g.OwnLogit + sample];
                memory[g.Losses + sample] = log - (there ? own : 0f);
            }

            if (g.LogSums >= 0)
            {
                memory[g.LogSums + sample] = log;
            }
        }
    }

    // The logits of a sample with every sixteenth row; those that are not there, or not the nearest of their class, are -∞.
    private static Quad Logits(
        ArrayView<float> memory, in ClassGeometry g, int sample, int row, int end, Quad products, Quad nearest)
    {
        bool there = sample < g.Samples;
        int safe = there ? sample : 0;
        int label = new GpuMemory(memory).Int(g.Labels + safe);
        return GpuAttendTile.Of(
            Logit(memory, g, safe, row, label, products.X, there & row < end, nearest.X),
            Logit(memory, g, safe, row + 16, label, products.Y, there & row + 16 < end, nearest.Y),
            Logit(memory, g, safe, row + 32, label, products.Z, there & row + 32 < end, nearest.Z),
            Logit(memory, g, safe, row + 48, label, products.W, there & row + 48 < end, nearest.W));
    }

    private static float Logit(
        ArrayView<float> memory, in ClassGeometry g, int sample, int row, int label, float product, bool there, float nearest)
    {
        var cell = ClassCell.Of(memory, g, sample, there ? row : 0, label, product, nearest);
        return there & cell.Counts ? cell.Logit : float.NegativeInfinity;
    }

    private static float Larger(float a, float b) => a > b ? a : b;

    private static float Largest(Quad s) => Larger(Larger(s.X, s.Y), Larger(s.Z, s.W));

    // -∞ less -∞ is no number: a sample that is not there.
    private static float Share(float before, float now) => now > before ? GpuMath.Exp(before - now) : 1f;

    private static float Total(Quad s, float top) =>
        Exponential(s.X, top) + Exponential(s.Y, top) + (Exponential(s.Z, top) + Exponential(s.W, top));

    private static float Exponential(float z, float top) => z > float.NegativeInfinity ? GpuMath.Exp(z - top) : 0f;

    private static void Store(ArrayView<float> memory, in ClassGeometry g, int part, int sample, float top, float sum)
    {
        if (sample < g.Samples)
        {
            memory[part + sample] = top;
            memory[part + g.Samples + sample] = sum;
        }
    }
}
