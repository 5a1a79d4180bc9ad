using System;
using Dsl.Kernels;

namespace Dsl.Host;

/// <summary>How a convolution is cut: into (group, block of output channels) × contiguous rows of pixels.</summary>
internal readonly record struct ConvolvePlan(
    int Groups, int ColumnSlices, int ColumnsPerSlice, int RowSlices, bool Packs, int Chunk, bool Depthwise = false)
{
    /// <summary>Packed weights of a slice; the worker's scratch holds them and the sums of a tile.</summary>
    private const int MostPacked = 384 * 1024;

    /// <summary>Packed weights above this are not read again from the second cache level for every row of
    /// pixels.</summary>
    private const int NearPacked = 64 * 1024;
    private const int ChunkFloats = 24 * 1024;
    private const int WantedSlices = 32;

    /// <summary>Pixels of a slice that make packing its weights worth it.</summary>
    private const int PackingPixels = 48;
    private const long SmallSlice = 64 * 1024;

    public int Count => Groups * ColumnSlices * RowSlices;

    public static ConvolvePlan For(ConvolveShape s, int images, int height, int width, int panel)
    {
        int rows = images * height;
        if (rows == 0 || width == 0)
        {
            return new ConvolvePlan(0, 1, 1, 1, false, 1);
        }

        // Transposed, a pixel meets one in stride² of the taps.
        long taps = (long)s.KernelHeight * s.KernelWidth;
        long depth = taps * s.InChannels;
        long work = (long)rows * width * s.Groups * s.OutChannels * depth / (s.Transposed ? s.StrideX * s.StrideY : 1);
        int wanted = (int)Math.Clamp(work / SmallSlice, 1, WantedSlices);
        if (s.IsDepthwise && taps * (s.Groups + 16) <= MostPacked)
        {
            // Lanes are groups: one part, and a product costs about a vector load.
            return new ConvolvePlan(1, 1, 1, (int)Math.Clamp(work / (16 * 1024), 1, Math.Min(rows, WantedSlices)), true, 1, true);
        }

        int most = Math.Max(1, rows / Math.Max(1, Slicing.Ceiling(PackingPixels, width)));

        int columns = Slicing.RoundUp(s.OutChannels, panel);
        while (columns > panel && (depth * columns > MostPacked
            || s.Groups * Slicing.Ceiling(s.OutChannels, columns) * Math.Min(most, wanted) < Math.Min(wanted, 16)))
        {
            columns = Slicing.RoundUp(columns / 2, panel);
        }

        int parts = s.Groups * Slicing.Ceiling(s.OutChannels, columns);
        bool packs = depth * columns <= MostPacked && (long)rows * width >= PackingPixels;
        int rowSlices = Math.Clamp(wanted / parts, 1, packs ? most : rows);
        int chunk = depth * columns <= NearPacked
            ? 1
            : Math.Max(1, ChunkFloats / Math.Max(1, s.Groups * s.InChannels * width * s.StrideX * s.StrideY));
        return new ConvolvePlan(
            s.Groups, Slicing.Ceiling(s.OutChannels, columns), columns, rowSlices, packs, chunk);
    }
}
