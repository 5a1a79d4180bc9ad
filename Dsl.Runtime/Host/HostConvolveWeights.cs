using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;
using unsafe Merger = delegate*<float*, in Dsl.Kernels.Slots, float*, nint, int, int, int, int, int, void>;

namespace Dsl.Host;

/// <summary>
/// The ConvolveWeights skeleton on the host: products whose depth is the pixels. Phase 0 sums each slice of the rows of
/// pixels into the kernel's scratch buffer, phase 1 adds the slices in order and hands the sums to the body.
/// </summary>
internal static unsafe class HostConvolveWeights
{
    /// <summary>Pixels of one product: their part of A and of a panel of B stays in the first cache level.</summary>
    private const int BlockPixels = 192;
    private const int MostSums = 320 * 1024;
    private const int MostPacked = 160 * 1024;

    /// <summary>Sums of all taps that stay in the second cache level: then a pass over the pixels serves all taps, and
    /// reads and packs a pixel once.</summary>
    private const int NearSums = 64 * 1024;

    /// <summary>Pieces that keep many threads busy.</summary>
    private const int WantedPieces = 16;

    public static int Slices(ConvolveWeightsLaunch launch, int phase)
    {
        ConvolveShape s = launch.Shape;
        int rows = s.KernelHeight * s.KernelWidth * s.InChannels;
        if (phase == 1)
        {
            return Slicing.Count(s.Groups * rows, (long)s.Groups * rows * s.OutChannels * (launch.PixelSlices + 1));
        }

        long work = (long)launch.Images * launch.Height * launch.Width * s.Groups * rows * s.OutChannels;
        return (int)Math.Clamp(work / (64 * 1024), 1, Cut(launch).Pieces(launch));
    }

    public static void Run<F, I, M>(
        ConvolveWeightsLaunch launch, TileCode tile, Merger merge, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ConvolveShape s = launch.Shape;
        int slices = launch.PixelSlices;
        float* partial = memory + launch.Slots.Offset(launch.Kernel.Buffers.Count - 1);
        int rows = s.KernelHeight * s.KernelWidth * s.InChannels;
        PieceCut cut = Cut(launch);
        int pieces = phase == 0 ? cut.Pieces(launch) : s.Groups * rows;
        (int first, int end) = Slicing.Range(pieces, Slices(launch, phase), slice);
        if (phase == 1)
        {
            nint pitch = (nint)s.Groups * rows * s.OutChannels;
            merge(memory, in launch.Slots, partial, pitch, slices, first, end, rows, s.OutChannels);
            return;
        }

        for (int piece = first; piece < end; piece++)
        {
            int column = piece % cut.Blocks * cut.Columns;
            int rest = piece / cut.Blocks;
            int steps = s.KernelHeight / cut.TapsDown;
            var part = new Part(
                rest / steps / s.Groups,
                rest / steps % s.Groups,
                rest % steps * cut.TapsDown,
                cut.TapsDown,
                column,
                Math.Min(cut.Columns, s.OutChannels - column));
            Sum<F, I, M>(launch, tile, memory, scratch, partial, in part);
        }
    }

    /// <summary>Output channels of a piece: as many as the scratch can hold the sums and the packed gradients of. Taps
    /// down: all of them when their sums are near and there are pieces enough.</summary>
    private static PieceCut Cut(ConvolveWeightsLaunch launch)
    {
        ConvolveShape s = launch.Shape;
        int panel = launch.Tile.Columns;
        int columns = Slicing.RoundUp(s.OutChannels, panel);
        long rows = s.KernelWidth * (long)Slicing.RoundUp(s.InChannels, launch.Tile.Rows);
        long pixels = Math.Max(BlockPixels, launch.Width);
        while (columns > panel && (rows * columns > MostSums || pixels * columns > MostPacked))
        {
            columns = Slicing.RoundUp(columns / 2, panel);
        }

        int blocks = Slicing.Ceiling(s.OutChannels, columns);
        bool all = s.KernelHeight * rows * columns <= NearSums
            && launch.PixelSlices * s.Groups * blocks >= WantedPieces;
        return new PieceCut(columns, blocks, all ? s.KernelHeight : 1);
    }

    /// <summary>Sums one piece over its rows of pixels, block of pixel rows after block.</summary>
    private static void Sum<F, I, M>(
        ConvolveWeightsLaunch launch, TileCode tile, float* memory, float* scratch, float* partial, in Part part)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ConvolveShape s = launch.Shape;
        int panel = tile.Columns;
        nint sourcePixel = s.Pixel;
        nint gradientPixel = launch.GradientPixel;

        // Taps across and channels are contiguous rows when a pixel's neighbour continues it.
        bool merged = s.DilationX == 1 && s.Groups == 1 && s.Pixel == s.InChannels;
        int taps = merged ? 1 : s.KernelWidth;
        int rows = merged ? s.KernelWidth * s.InChannels : s.InChannels;
        int tileFloats = tile.Rows * panel;
        int tiles = Slicing.Ceiling(rows, tile.Rows);
        int panels = Slicing.Ceiling(part.Columns, panel);
        int sums = part.TapsDown * taps * tiles * panels * tileFloats;
        float* packed = scratch + Slicing.RoundUp(sums, 16);
        int block = Math.Clamp(BlockPixels / Math.Max(1, launch.Width), 1, Math.Max(1, launch.Height));

        // Gradients of a single panel are nearly packed as they lie.
        bool packs = (panels > 1 || gradientPixel > 2 * panel)
            && sums + 16 + ((long)block * launch.Width * panels * panel) <= Launch.ScratchFloats;

        TileOperands t = default;
        t.ARow = 1;
        t.ADepth = s.StrideX * sourcePixel;
        t.AOuter = (nint)s.StrideY * launch.RowPitch;
        t.Middle = 1;
        t.Depth = launch.Width;
        (int unit, int end) = Slicing.Range(launch.Images * launch.Height, launch.PixelSlices, part.Slice);
        bool first = true;
        while (unit < end)
        {
            int image = unit / launch.Height;
            int y = unit % launch.Height;
            float* source = memory + launch.Slots.A0 + ((nint)image * launch.ImagePitch) + (y * t.AOuter)
                + ((nint)((part.Tap * s.DilationY) - s.PaddingY) * launch.RowPitch)
                - (s.PaddingX * sourcePixel) + ((nint)part.Group * s.InChannels);
            t.Outer = Math.Min(Math.Min(block, launch.Height - y), end - unit);
            t.B = memory + launch.Slots.A1 + ((nint)image * launch.GradientImagePitch)
                + ((nint)y * launch.GradientRowPitch) + ((nint)part.Group * s.OutChannels) + part.Column;
            t.BDepth = gradientPixel;
            t.BOuter = launch.GradientRowPitch;
            nint columnStep = 1;
            if (packs)
            {
                columnStep = (nint)t.Outer * t.Depth;
                TileWalk.Pack<F, I, M>(ref t, part.Columns, panel, packed);
            }

            float* b = t.B;
            float* to = scratch;
            for (int down = 0; down < part.TapsDown; down++)
            {
                for (int c = 0; c < part.Columns; c += panel)
                {
                    t.B = b + (c * columnStep);
                    for (int tap = 0; tap < taps; tap++)
                    {
                        t.A = source + ((nint)down * s.DilationY * launch.RowPitch)
                            + (tap * s.DilationX * sourcePixel);
                        for (int r = 0; r < rows; r += tile.Rows)
                        {
                            tile.Run(in t, Math.Min(tile.Rows, rows - r), to, !first);
                            t.A += tile.Rows;
                            to += tileFloats;
                        }
                    }
                }
            }

            first = false;
            unit += t.Outer;
        }

        if (first)
        {
            new Span<float>(scratch, sums).Clear();
        }

        // [tap down][panel][tap][tile][row][column] becomes [tap down][tap][row][column].
        nint group = ((nint)part.Slice * s.Groups) + part.Group;
        float* from = scratch;
        for (int down = part.Tap; down < part.Tap + part.TapsDown; down++)
        {
            float* result = partial + part.Column
                + (((group * s.KernelHeight) + down) * s.KernelWidth * s.InChannels * s.OutChannels);
            for (int c = 0; c < part.Columns; c += panel)
            {
                int columns = Math.Min(panel, part.Columns - c);
                for (int tap = 0; tap < taps; tap++)
                {
                    Packing.Rectangle(
                        from, panel, rows, columns, result + ((nint)tap * rows * s.OutChannels) + c, s.OutChannels);
                    from += (nint)tiles * tileFloats;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Merge<F, I, M, TBody>(
        float* memory, in Slots s, float* partial, nint pitch, int slices, int first, int end, int rows, int columns)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IContractBody
    {
        var all = new HostMemory<F, I, M>(memory);
        for (int unit = first; unit < end; unit++)
        {
            float* from = partial + ((nint)unit * columns);
            int c = 0;
            for (; c <= columns - F.Lanes; c += F.Lanes)
            {
                F sum = F.Load(from + c);
                for (int slice = 1; slice < slices; slice++)
                {
                    sum += F.Load(from + c + (slice * pitch));
                }

                TBody.Run<F, I, M, HostMemory<F, I, M>>(all, in s, sum, unit / rows, unit % rows, c);
            }

            if (c < columns)
            {
                Tail<F, I, M, TBody>(memory, in s, from + c, pitch, slices, columns - c, unit / rows, unit % rows, c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tail<F, I, M, TBody>(
        float* memory, in Slots s, float* from, nint pitch, int slices, int count, int batch, int row, int column)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IContractBody
    {
        F sum = F.Load(from, count);
        for (int slice = 1; slice < slices; slice++)
        {
            sum += F.Load(from + (slice * pitch), count);
        }

        TBody.Run<F, I, M, TailMemory<F, I, M>>(new TailMemory<F, I, M>(memory, count), in s, sum, batch, row, column);
    }

    private readonly record struct Part(int Slice, int Group, int Tap, int TapsDown, int Column, int Columns);

    /// <summary>How phase 0 is cut: pieces are (slice of rows of pixels, group, taps down, block of output
    /// channels).</summary>
    private readonly record struct PieceCut(int Columns, int Blocks, int TapsDown)
    {
        public int Pieces(ConvolveWeightsLaunch launch) =>
            launch.PixelSlices * launch.Shape.Groups * (launch.Shape.KernelHeight / TapsDown) * Blocks;
    }
}
