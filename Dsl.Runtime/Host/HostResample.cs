using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The Resample skeleton on the host: pixel by pixel, lanes are channels, source pixels in row-major order.
/// Transposed it is the same loop over the pixels that read one.</summary>
internal static unsafe class HostResample
{
    /// <summary>Weights across that are kept while a pixel's rows are summed.</summary>
    private const int Kept = 64;

    public static int Slices(ResampleShape shape, int images, int height, int width) =>
        Slicing.Count(
            images * height, (long)images * height * width * shape.Channels * (shape.Mode == ResampleMode.Cubic ? 16 : 4));

    public static void Run<F, I, M, TBody>(ResampleLaunch<TBody> launch, float* memory, float* sums, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IConvolveBody
    {
        ResampleShape shape = launch.Description.Shape;
        ResampleAxis down = launch.Down;
        ResampleAxis across = launch.Across;
        int channels = shape.Channels;
        int pitch = Slicing.RoundUp(channels, 16);
        float* weights = stackalloc float[Kept];
        (int first, int end) = Slicing.Range(
            launch.Images * launch.Height, Slices(shape, launch.Images, launch.Height, launch.Width), slice);
        for (int unit = first; unit < end; unit++)
        {
            int image = unit / launch.Height;
            int y = unit % launch.Height;
            var rows = new Reach(in down, y, shape.Transposed);
            float* source = memory + launch.Slots.A0 + ((nint)image * launch.ImagePitch);
            for (int x = 0; x < launch.Width; x++)
            {
                var columns = new Reach(in across, x, shape.Transposed);
                new Span<float>(sums, pitch).Clear();
                for (int from = columns.First; from < columns.End; from += Kept)
                {
                    int count = Math.Min(columns.End - from, Kept);
                    for (int i = 0; i < count; i++)
                    {
                        weights[i] = columns.Weight(in across, from + i);
                    }

                    for (int row = rows.First; row < rows.End; row++)
                    {
                        float* pixels = source + ((nint)row * launch.RowPitch) + ((nint)from * channels);
                        Add<F, I, M>(pixels, rows.Weight(in down, row), weights, count, channels, sums);
                    }
                }

                var pixel = new HostConvolve.Row(image, y, x, 1, 1);
                HostConvolve.Consume<F, I, M, TBody>(memory, in launch.Slots, sums, pitch, in pixel, 0, 1, channels, 0);
            }
        }
    }

    /// <summary>Adds the pixels of a row, each times its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add<F, I, M>(
        float* pixels, float rowWeight, float* weights, int count, int channels, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int c = 0;
        for (; c <= channels - F.Lanes; c += F.Lanes)
        {
            F sum = F.Load(sums + c);
            float* at = pixels + c;
            for (int i = 0; i < count; i++)
            {
                sum = F.Fma(F.Splat(rowWeight * weights[i]), F.Load(at), sum);
                at += channels;
            }

            F.Store(sums + c, sum);
        }

        if (c < channels)
        {
            F sum = F.Load(sums + c);
            float* at = pixels + c;
            for (int i = 0; i < count; i++)
            {
                sum = F.Fma(F.Splat(rowWeight * weights[i]), F.Load(at, channels - c), sum);
                at += channels;
            }

            F.Store(sums + c, sum);
        }
    }

    /// <summary>The source pixels that make a domain pixel, along one axis.</summary>
    private readonly struct Reach
    {
        private readonly int _pixel;
        private readonly bool _transposed;

        public Reach(in ResampleAxis axis, int pixel, bool transposed)
        {
            _pixel = pixel;
            _transposed = transposed;
            First = transposed ? axis.FirstReader(pixel) : axis.First(pixel);
            End = transposed ? axis.EndReader(pixel) : axis.End(pixel);
        }

        public int First { get; }

        public int End { get; }

        public float Weight(in ResampleAxis axis, int source) =>
            _transposed ? axis.Weight(source, _pixel) : axis.Weight(_pixel, source);
    }
}
