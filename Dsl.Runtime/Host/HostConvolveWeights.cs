using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>
/// The ConvolveWeights skeleton on the host: products whose depth is the pixels. Phase 0 sums each slice of the images
/// into the
/// kernel's scratch buffer, phase 1 adds the slices in order and hands the sums to the body.
/// </summary>
internal static unsafe class HostConvolveWeights
{
    /// <summary>Pixels of one product: their part of A and of a panel of B stays in the first cache level.</summary>
    private const int BlockPixels = 192;
    private const int MostSums = 320 * 1024;
    private const int MostPacked = 160 * 1024;

    public static int Slices<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch, int phase)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody
    {
        ConvolveShape s = launch.Description.Shape;
        int rows = s.KernelHeight * s.KernelWidth * s.InChannels;
        if (phase == 1)
        {
            return Slicing.Count(s.Groups * rows, (long)s.Groups * rows * s.OutChannels * (launch.Description.Slices + 1));
        }

        long work = (long)launch.Images * launch.Height * launch.Width * s.Groups * rows * s.OutChannels;
        int parts = Parts(launch);
        return (int)Math.Clamp(work / (64 * 1024), 1, parts);
    }

    public static void Run<F, I, M, TTile, TWide, TNarrow, TBody>(
        ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch, float* memory, float* scratch, int phase, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody
    {
        ConvolveShape s = launch.Description.Shape;
        int slices = launch.Description.Slices;
        float* partial = memory + launch.Slots.Offset(launch.Kernel.Buffers.Count - 1);
        int rows = s.KernelHeight * s.KernelWidth * s.InChannels;
        int pieces = phase == 0 ? Parts(launch) : s.Groups * rows;
        (int first, int end) = Slicing.Range(pieces, Slices(launch, phase), slice);
        if (phase == 1)
        {
            nint pitch = (nint)s.Groups * rows * s.OutChannels;
            Merge<F, I, M, TBody>(memory, in launch.Slots, partial, pitch, slices, first, end, rows, s.OutChannels);
            return;
        }

        int columns = Columns(launch);
        int blocks = Slicing.Ceiling(s.OutChannels, columns);
        for (int piece = first; piece < end; piece++)
        {
            int column = piece % blocks * columns;
            int rest = piece / blocks;
            var part = new Part(
                rest / s.KernelHeight / s.Groups,
                rest / s.KernelHeight % s.Groups,
                rest % s.KernelHeight,
                column,
                Math.Min(columns, s.OutChannels - column));
            Sum<F, I, M, TTile, TWide, TNarrow, TBody>(launch, memory, scratch, partial, in part);
        }
    }

    /// <summary>Pieces of phase 0: (slice of images, group, tap down, block of output channels).</summary>
    private static int Parts<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody
    {
        ConvolveShape s = launch.Description.Shape;
        return launch.Description.Slices * s.Groups * s.KernelHeight * Slicing.Ceiling(s.OutChannels, Columns(launch));
    }

    /// <summary>Output channels of a piece: as many as the scratch can hold the sums and the packed gradients
    /// of.</summary>
    private static int Columns<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch)
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody
    {
        ConvolveShape s = launch.Description.Shape;
        bool wide = HostVectors.Width == 16;
        int panel = HostVectors.Width * (wide ? TWide.Vectors : TNarrow.Vectors);
        int tileRows = wide ? TWide.Rows : TNarrow.Rows;
        int columns = Slicing.RoundUp(s.OutChannels, panel);
        long rows = s.KernelWidth * (long)Slicing.RoundUp(s.InChannels, tileRows);
        long pixels = Math.Max(BlockPixels, launch.Width);
        while (columns > panel && (rows * columns > MostSums || pixels * columns > MostPacked))
        {
            columns = Slicing.RoundUp(columns / 2, panel);
        }

        return columns;
    }

    /// <summary>Sums one piece over its images, block of pixel rows after block.</summary>
    private static void Sum<F, I, M, TTile, TWide, TNarrow, TBody>(
        ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch, float* memory, float* scratch, float* partial, in Part part)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TTile : struct, ITile
        where TWide : struct, ITile
        where TNarrow : struct, ITile
        where TBody : struct, IContractBody
    {
        ConvolveShape s = launch.Description.Shape;
        int panel = TTile.Vectors * F.Lanes;
        nint sourcePixel = s.Pixel;
        nint gradientPixel = launch.Description.GradientPixel;

        // Taps across and channels are contiguous rows when a pixel's neighbour continues it.
        bool merged = s.DilationX == 1 && s.Groups == 1 && s.Pixel == s.InChannels;
        int taps = merged ? 1 : s.KernelWidth;
        int rows = merged ? s.KernelWidth * s.InChannels : s.InChannels;
        int tile = TTile.Rows * panel;
        int tiles = Slicing.Ceiling(rows, TTile.Rows);
        int panels = Slicing.Ceiling(part.Columns, panel);
        int sums = taps * tiles * panels * tile;
        float* packed = scratch + Slicing.RoundUp(sums, 16);
        int block = Math.Clamp(BlockPixels / Math.Max(1, launch.Width), 1, Math.Max(1, launch.Height));
        bool packs = sums + 16 + ((long)block * launch.Width * panels * panel) <= Launch.ScratchFloats;

        TileOperands t = default;
        t.ARow = 1;
        t.ADepth = s.StrideX * sourcePixel;
        t.AOuter = (nint)s.StrideY * launch.RowPitch;
        t.Middle = 1;
        t.Depth = launch.Width;
        bool first = true;
        (int image, int imageEnd) = Slicing.Range(launch.Images, launch.Description.Slices, part.Slice);
        for (; image < imageEnd; image++)
        {
            float* source = memory + launch.Slots.A0 + ((nint)image * launch.ImagePitch)
                + ((nint)((part.Tap * s.DilationY) - s.PaddingY) * launch.RowPitch)
                - (s.PaddingX * sourcePixel) + ((nint)part.Group * s.InChannels);
            float* gradient = memory + launch.Slots.A1 + ((nint)image * launch.GradientImagePitch)
                + ((nint)part.Group * s.OutChannels) + part.Column;
            for (int y = 0; y < launch.Height; y += block)
            {
                t.Outer = Math.Min(block, launch.Height - y);
                t.B = gradient + ((nint)y * launch.GradientRowPitch);
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
                for (int c = 0; c < part.Columns; c += panel)
                {
                    t.B = b + (c * columnStep);
                    for (int tap = 0; tap < taps; tap++)
                    {
                        t.A = source + (y * t.AOuter) + (tap * s.DilationX * sourcePixel);
                        for (int r = 0; r < rows; r += TTile.Rows)
                        {
                            TTile.Run<F, I, M>(in t, Math.Min(TTile.Rows, rows - r), to, !first);
                            t.A += TTile.Rows;
                            to += tile;
                        }
                    }
                }

                first = false;
            }
        }

        if (first)
        {
            new Span<float>(scratch, sums).Clear();
        }

        // [panel][tap][tile][row][column] becomes [tap][row][column].
        nint group = ((nint)part.Slice * s.Groups) + part.Group;
        float* result = partial + part.Column
            + (((group * s.KernelHeight) + part.Tap) * s.KernelWidth * s.InChannels * s.OutChannels);
        for (int c = 0; c < part.Columns; c += panel)
        {
            int columns = Math.Min(panel, part.Columns - c);
            for (int tap = 0; tap < taps; tap++)
            {
                Packing.Rectangle(
                    scratch + ((nint)((c / panel * taps) + tap) * tiles * tile), panel, rows, columns,
                    result + ((nint)tap * rows * s.OutChannels) + c, s.OutChannels);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Merge<F, I, M, TBody>(
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

    private readonly record struct Part(int Slice, int Group, int Tap, int Column, int Columns);
}
