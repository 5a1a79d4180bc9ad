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

    public static void Run<F, I, M, TBody>(PoolLaunch<TBody> launch, float* memory, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IPoolBody
    {
        PoolShape p = launch.Description.Shape;
        (int first, int end) = Slicing.Range(
            launch.Images * launch.Height, Slices(p, launch.Images, launch.Height, launch.Width), slice);
        for (int unit = first; unit < end; unit++)
        {
            (int image, int y) = p.ImagesInnermost
                ? (unit % launch.Images, unit / launch.Images)
                : (unit / launch.Height, unit % launch.Height);
            Taps down = Taps.Visible(
                y, p.KernelHeight, p.StrideY, p.PaddingY, p.DilationY, p.Transposed, launch.SourceHeight);
            for (int x = 0; x < launch.Width; x++)
            {
                Taps across = Taps.Visible(
                    x, p.KernelWidth, p.StrideX, p.PaddingX, p.DilationX, p.Transposed, launch.SourceWidth);
                var pixel = new Pixel(image, y, x, p.KernelWidth, p.Channels, down, across);
                Window<F, I, M, TBody>(memory, in launch.Slots, in pixel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Window<F, I, M, TBody>(float* memory, in Slots s, in Pixel pixel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IPoolBody
    {
        var m = new HostMemory<F, I, M>(memory);
        int channels = pixel.Channels;
        int channel = 0;
        for (; channel <= channels - F.Lanes; channel += F.Lanes)
        {
            State<F> state = default;
            TBody.Open<F, I, M>(ref state);
            for (int i = 0; i < pixel.Down.Count; i++)
            {
                int y = pixel.Down.Source + (i * pixel.Down.SourceStep);
                int x = pixel.Across.Source;
                int tap = ((pixel.Down.Tap + (i * pixel.Down.TapStep)) * pixel.KernelWidth) + pixel.Across.Tap;
                for (int j = pixel.Across.Count; j > 0; j--)
                {
                    TBody.Accumulate<F, I, M, HostMemory<F, I, M>>(m, in s, pixel.Image, y, x, channel, tap, ref state);
                    x += pixel.Across.SourceStep;
                    tap += pixel.Across.TapStep;
                }
            }

            TBody.Close<F, I, M, HostMemory<F, I, M>>(m, in s, pixel.Image, pixel.Y, pixel.X, channel, ref state);
        }

        if (channel < channels)
        {
            Tail<F, I, M, TBody>(new TailMemory<F, I, M>(memory, channels - channel), in s, in pixel, channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tail<F, I, M, TBody>(TailMemory<F, I, M> m, in Slots s, in Pixel pixel, int channel)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IPoolBody
    {
        State<F> state = default;
        TBody.Open<F, I, M>(ref state);
        for (int i = 0; i < pixel.Down.Count; i++)
        {
            int y = pixel.Down.Source + (i * pixel.Down.SourceStep);
            int tap = (pixel.Down.Tap + (i * pixel.Down.TapStep)) * pixel.KernelWidth;
            for (int j = 0; j < pixel.Across.Count; j++)
            {
                int x = pixel.Across.Source + (j * pixel.Across.SourceStep);
                TBody.Accumulate<F, I, M, TailMemory<F, I, M>>(
                    m, in s, pixel.Image, y, x, channel, tap + pixel.Across.Tap + (j * pixel.Across.TapStep), ref state);
            }
        }

        TBody.Close<F, I, M, TailMemory<F, I, M>>(m, in s, pixel.Image, pixel.Y, pixel.X, channel, ref state);
    }

    private readonly record struct Pixel(
        int Image, int Y, int X, int KernelWidth, int Channels, Taps Down, Taps Across);
}
