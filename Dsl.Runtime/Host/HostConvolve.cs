using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;
using unsafe Consumer = delegate*<
    float*, in Dsl.Kernels.Slots, float*, int, in Dsl.Host.HostConvolve.Row, int, int, int, int, void>;

namespace Dsl.Host;

/// <summary>
/// The Convolve skeleton on the host: implicit products without im2col. A row of pixels is the row dimension of a
/// product
/// whose depth is (tap down, tap across, channel). Transposed, the pixels of one phase of the stride form such a row,
/// with the taps
/// that meet that phase.
/// </summary>
internal static unsafe class HostConvolve
{
    /// <summary>Phases (y mod stride, x mod stride) whose packed weights are kept; beyond, weights are read in
    /// place.</summary>
    private const int MostPhases = 64;

    public static ConvolvePlan Plan(ConvolveLaunch launch) =>
        ConvolvePlan.For(launch.Shape, launch.Images, launch.Height, launch.Width, launch.Tile.Columns);

    public static void Run<F, I, M>(
        ConvolveLaunch launch, TileCode tile, Consumer consume, float* memory, float* scratch, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        ConvolvePlan plan = Plan(launch);
        ConvolveShape shape = launch.Shape;
        if (plan.Depthwise)
        {
            HostDepthwise.Run<F, I, M>(launch, consume, memory, scratch, plan.RowSlices, slice);
            return;
        }

        (int first, int end) = Slicing.Range(launch.Images * launch.Height, plan.RowSlices, slice % plan.RowSlices);
        int part = slice / plan.RowSlices;
        int group = part / plan.ColumnSlices;
        int column = part % plan.ColumnSlices * plan.ColumnsPerSlice;
        int columns = Math.Min(plan.ColumnsPerSlice, shape.OutChannels - column);

        int panel = tile.Columns;
        int phasesY = shape.Transposed ? shape.StrideY : 1;
        int phasesX = shape.Transposed ? shape.StrideX : 1;
        int sums = Slicing.RoundUp(tile.Rows * panel, 16);
        bool packs = plan.Packs && phasesY * phasesX <= MostPhases;

        float** packed = stackalloc float*[packs ? phasesY * phasesX : 1];
        float* weights = memory + launch.Slots.A1 + column
            + ((nint)group * shape.KernelHeight * shape.KernelWidth * shape.InChannels * shape.OutChannels);
        if (packs)
        {
            // The slices of a worker follow each other, and most of them have the same weights.
            int* held = Launch.Held(scratch);
            float* to = scratch + sums;
            for (int phase = 0; phase < phasesY * phasesX; phase++)
            {
                // A residue of the position plus padding stands for all positions of the phase.
                Taps down = Down(shape, (phase / phasesX) - shape.PaddingY);
                Taps across = Across(shape, (phase % phasesX) - shape.PaddingX);
                TileOperands t = Operands(launch, weights, down, across);
                packed[phase] = to;
                if (*held != part)
                {
                    TileWalk.Pack<F, I, M>(ref t, columns, panel, to);
                }

                to += (nint)t.Depth * t.Middle * t.Outer * Slicing.RoundUp(columns, panel);
            }

            *held = part;
        }

        int chunk = plan.Chunk;
        for (int from = first; from < end; from += chunk)
        {
            int to = Math.Min(from + chunk, end);
            for (int c = 0; c < columns; c += panel)
            {
                for (int unit = from; unit < to; unit++)
                {
                    int image = unit / launch.Height;
                    int y = unit % launch.Height;
                    Taps down = Down(shape, y);
                    float* source = memory + launch.Slots.A0 + ((nint)image * launch.ImagePitch)
                        + ((nint)down.Source * launch.RowPitch) + ((nint)group * shape.InChannels);
                    for (int x = 0; x < Math.Min(phasesX, launch.Width); x++)
                    {
                        Taps across = Across(shape, x);
                        TileOperands t = Operands(launch, weights + c, down, across);
                        if (packs)
                        {
                            int phase = (shape.Transposed ? (y + shape.PaddingY) % phasesY * phasesX : 0)
                                + (shape.Transposed ? (x + shape.PaddingX) % phasesX : 0);
                            TileWalk.PointAtPacked(ref t, packed[phase], c, panel);
                        }

                        t.A = source + ((nint)across.Source * shape.Pixel);
                        TileWalk.Merge(ref t);
                        var row = new Row(image, y, x, phasesX, Slicing.Ceiling(launch.Width - x, phasesX));
                        Pixels(
                            tile, consume, memory, in launch.Slots, scratch, ref t, in row, Math.Min(panel, columns - c),
                            (group * shape.OutChannels) + column + c);
                    }
                }
            }
        }
    }

    internal static Taps Down(ConvolveShape s, int y) =>
        Taps.Convolved(y, s.KernelHeight, s.StrideY, s.PaddingY, s.DilationY, s.Transposed);

    internal static Taps Across(ConvolveShape s, int x) =>
        Taps.Convolved(x, s.KernelWidth, s.StrideX, s.PaddingX, s.DilationX, s.Transposed);

    /// <summary>Everything but where A begins.</summary>
    private static TileOperands Operands(ConvolveLaunch launch, float* weights, Taps down, Taps across)
    {
        ConvolveShape s = launch.Shape;
        nint tap = (nint)s.InChannels * s.OutChannels;
        TileOperands t = default;
        t.ARow = (nint)(s.Transposed ? 1 : s.StrideX) * s.Pixel;
        t.ADepth = 1;
        t.AMiddle = (nint)across.SourceStep * s.Pixel;
        t.AOuter = (nint)down.SourceStep * launch.RowPitch;
        t.B = weights + (((down.Tap * s.KernelWidth) + across.Tap) * tap);
        t.BDepth = s.OutChannels;
        t.BMiddle = across.TapStep * tap;
        t.BOuter = down.TapStep * s.KernelWidth * tap;
        t.Depth = s.InChannels;
        t.Middle = across.Count;
        t.Outer = down.Count;
        return t;
    }

    /// <summary>One panel of channels of one row of pixels, tile by tile.</summary>
    private static void Pixels(
        TileCode tile, Consumer consume, float* memory, in Slots s, float* sums, ref TileOperands t, in Row row,
        int columns, int channel)
    {
        int count;
        for (int i = 0; i < row.Count; i += count)
        {
            // A last tile of very few rows is bound by latency: the last two share their rows.
            int left = row.Count - i;
            count = left <= tile.Rows ? left
                : left < tile.Rows + (tile.Rows / 3) ? (left + 1) / 2
                : tile.Rows;
            tile.Run(in t, count, sums, false);
            consume(memory, in s, sums, tile.Columns, in row, i, count, columns, channel);
            t.A += count * t.ARow;
        }
    }

    /// <summary>Hands a tile just stored to the body.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Consume<F, I, M, TBody>(
        float* memory, in Slots s, float* sums, int pitch, in Row row, int first, int count, int columns, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IConvolveBody
    {
        var all = new HostMemory<F, I, M>(memory);
        int image = row.Image;
        int y = row.Y;
        int x = row.X + (first * row.Step);
        for (int i = 0; i < count; i++)
        {
            int c = 0;
            for (; c <= columns - F.Lanes; c += F.Lanes)
            {
                TBody.Run<F, I, M, HostMemory<F, I, M>>(all, in s, F.Load(sums + c), image, y, x, channel + c);
            }

            if (c < columns)
            {
                Tail<F, I, M, TBody>(memory, in s, sums + c, columns - c, image, y, x, channel + c);
            }

            sums += pitch;
            x += row.Step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tail<F, I, M, TBody>(
        float* memory, in Slots s, float* sums, int count, int image, int y, int x, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IConvolveBody =>
        TBody.Run<F, I, M, TailMemory<F, I, M>>(
            new TailMemory<F, I, M>(memory, count), in s, F.Load(sums), image, y, x, channel);

    /// <summary>The pixels of one phase of a row: X, X + Step, ….</summary>
    internal readonly record struct Row(int Image, int Y, int X, int Step, int Count);
}
