using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The Pool skeleton on the host: pixel by pixel, the taps that fall inside the source in order of their
/// number.</summary>
internal static unsafe class HostPool
{
    public static int Slices(PoolShape shape, int images, int height, int width) => Slicing.Count(
        images * height, (long)images * height * width * shape.Channels * shape.KernelHeight * shape.KernelWidth);

    public static void Run<F, I, M, TBody>(PoolLaunch<TBody> launch, float* memory, float* scratch, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IPoolBody
    {
        PoolShape p = launch.Shape;
        (int first, int end) = Slicing.Range(
            launch.Images * launch.Height, Slices(p, launch.Images, launch.Height, launch.Width), slice);

        // What a column sees is the same in every row.
        Taps* across = (Taps*)scratch;
        int most = Launch.ScratchFloats / (sizeof(Taps) / sizeof(float));
        for (int from = 0; from < launch.Width; from += most)
        {
            int count = Math.Min(most, launch.Width - from);
            for (int i = 0; i < count; i++)
            {
                across[i] = Taps.Visible(
                    from + i, p.KernelWidth, p.StrideX, p.PaddingX, p.DilationX, p.Transposed, launch.SourceWidth);
            }

            for (int unit = first; unit < end; unit++)
            {
                (int image, int y) = p.ImagesInnermost
                    ? (unit % launch.Images, unit / launch.Images)
                    : (unit / launch.Height, unit % launch.Height);
                Taps down = Taps.Visible(
                    y, p.KernelHeight, p.StrideY, p.PaddingY, p.DilationY, p.Transposed, launch.SourceHeight);
                var row = new Row(image, y, from, count, p.KernelWidth, p.Channels, down);
                Pixels<F, I, M, TBody>(memory, in launch.Slots, in row, across);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Pixels<F, I, M, TBody>(float* memory, in Slots s, in Row row, Taps* across)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IPoolBody
    {
        var m = new HostMemory<F, I, M>(memory);
        int channels = row.Channels;
        for (int at = 0; at < row.Count; at++)
        {
            Taps taps = across[at];
            int channel = 0;
            for (; channel <= channels - F.Lanes; channel += F.Lanes)
            {
                State<F> state = default;
                TBody.Open<F, I, M>(ref state);
                for (int i = 0; i < row.Down.Count; i++)
                {
                    int y = row.Down.Source + (i * row.Down.SourceStep);
                    int x = taps.Source;
                    int tap = ((row.Down.Tap + (i * row.Down.TapStep)) * row.KernelWidth) + taps.Tap;
                    for (int j = taps.Count; j > 0; j--)
                    {
                        TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(
                            m, in s, row.Image, y, x, channel, tap, ref state);
                        x += taps.SourceStep;
                        tap += taps.TapStep;
                    }
                }

                TBody.Close<F, I, M, HostMemory<F, I, M>>(m, in s, row.Image, row.Y, row.X + at, channel, ref state);
            }

            if (channel < channels)
            {
                var some = new TailMemory<F, I, M>(memory, channels - channel);
                Tail<F, I, M, TBody>(some, in s, in row, in taps, row.X + at, channel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tail<F, I, M, TBody>(
        TailMemory<F, I, M> m, in Slots s, in Row row, in Taps taps, int column, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IPoolBody
    {
        State<F> state = default;
        TBody.Open<F, I, M>(ref state);
        for (int i = 0; i < row.Down.Count; i++)
        {
            int y = row.Down.Source + (i * row.Down.SourceStep);
            int tap = (row.Down.Tap + (i * row.Down.TapStep)) * row.KernelWidth;
            for (int j = 0; j < taps.Count; j++)
            {
                int x = taps.Source + (j * taps.SourceStep);
                TBody.Accumulate<F, I, M, TailMemory<F, I, M>>(
                    m, in s, row.Image, y, x, channel, tap + taps.Tap + (j * taps.TapStep), ref state);
            }
        }

        TBody.Close<F, I, M, TailMemory<F, I, M>>(m, in s, row.Image, row.Y, column, channel, ref state);
    }

    private readonly record struct Row(int Image, int Y, int X, int Count, int KernelWidth, int Channels, Taps Down);
}
