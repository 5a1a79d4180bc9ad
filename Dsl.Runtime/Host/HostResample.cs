using System;
using System.Runtime.CompilerServices;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Host;

/// <summary>The Resample skeleton on the host: pixel by pixel, lanes are channels, source pixels in row-major order.
/// Transposed it is the same loop over the pixels that read one.</summary>
internal static unsafe class HostResample
{
    /// <summary>Weights that are kept of a row and of a column; those behind are computed again for each
    /// pixel.</summary>
    private const int Kept = 16;

    /// <summary>Pixels that are handed to the body together: their sums stay in the first cache level.</summary>
    private const int MostRun = 32;
    private const int SumFloats = 2048;

    public static int Slices(ResampleShape shape, int images, int height, int width) =>
        Slicing.Count(
            images * height, (long)images * height * width * shape.Channels * (shape.Mode == ResampleMode.Cubic ? 16 : 4));

    public static void Run<F, I, M, TBody>(ResampleLaunch<TBody> launch, float* memory, float* scratch, int slice)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IConvolveBody
    {
        ResampleShape shape = launch.Shape;
        ResampleAxis down = launch.Down;
        ResampleAxis across = launch.Across;
        (int first, int end) = Slicing.Range(
            launch.Images * launch.Height, Slices(shape, launch.Images, launch.Height, launch.Width), slice);
        int pitch = Slicing.RoundUp(shape.Channels, 16);
        int run = Math.Clamp(SumFloats / pitch, 1, MostRun);
        var columns = (Column*)(scratch + (run * pitch));
        int most = (Launch.ScratchFloats - (run * pitch)) / (sizeof(Column) / sizeof(float));
        for (int from = 0; from < launch.Width; from += most)
        {
            // What a column reads is the same in every row.
            int count = Math.Min(most, launch.Width - from);
            for (int i = 0; i < count; i++)
            {
                var reach = new Reach(in across, from + i, shape.Transposed);
                columns[i].Reach = reach;
                reach.Weigh(in across, reach.First, columns[i].Weights);
            }

            for (int unit = first; unit < end; unit++)
            {
                int image = unit / launch.Height;
                int y = unit % launch.Height;
                var rows = new Reach(in down, y, shape.Transposed);
                float* source = memory + launch.Slots.A0 + ((nint)image * launch.ImagePitch);
                for (int x = 0; x < count; x += run)
                {
                    int pixels = Math.Min(run, count - x);
                    Sum<F, I, M, TBody>(launch, source, in rows, columns + x, pixels, scratch, pitch);
                    var row = new HostConvolve.Row(image, y, from + x, 1, pixels);
                    HostConvolve.Consume<F, I, M, TBody>(
                        memory, in launch.Slots, scratch, pitch, in row, 0, pixels, shape.Channels, 0);
                }
            }
        }
    }

    /// <summary>The sums of pixels that follow each other in a row.</summary>
    private static void Sum<F, I, M, TBody>(
        ResampleLaunch<TBody> launch, float* source, in Reach rows, Column* columns, int pixels, float* sums, int pitch)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
        where TBody : struct, IConvolveBody
    {
        ResampleAxis down = launch.Down;
        ResampleAxis across = launch.Across;
        int channels = launch.Shape.Channels;
        nint pixelPitch = launch.Shape.Pixel;
        float* rowWeights = stackalloc float[Kept];
        float* others = stackalloc float[Kept];
        for (int i = 0; i < pixels; i++)
        {
            if (rows.IsEmpty || columns[i].Reach.IsEmpty)
            {
                // Nobody reads this pixel, and no window begins its sums.
                new Span<float>(sums + ((nint)i * pitch), pitch).Clear();
            }
        }

        for (int row = rows.First; row < rows.End; row += Kept)
        {
            int rowCount = rows.Weigh(in down, row, rowWeights);
            for (int i = 0; i < pixels; i++)
            {
                Reach reach = columns[i].Reach;
                float* weights = columns[i].Weights;
                for (int column = reach.First; column < reach.End; column += Kept)
                {
                    int count = Math.Min(Kept, reach.End - column);
                    if (column > reach.First)
                    {
                        reach.Weigh(in across, column, others);
                        weights = others;
                    }

                    var window = new Window(
                        source + ((nint)row * launch.RowPitch) + ((nint)column * pixelPitch), launch.RowPitch, rowWeights,
                        rowCount, weights, count, pixelPitch);
                    bool starts = row == rows.First && column == reach.First;
                    Add<F, I, M>(in window, channels, sums + ((nint)i * pitch), starts);
                }
            }
        }
    }

    /// <summary>Adds the pixels of a window, each times its weights, row after row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add<F, I, M>(in Window window, int channels, float* sums, bool starts)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        int c = 0;
        if (starts && window.Rows == 2 && window.Columns == 2)
        {
            c = AddFour<F, I, M>(in window, channels, sums);
        }

        for (; c <= channels - F.Lanes; c += F.Lanes)
        {
            F sum = starts ? F.Splat(0f) : F.Load(sums + c);
            float* row = window.Pixels + c;
            for (int y = 0; y < window.Rows; y++)
            {
                float rowWeight = window.RowWeights[y];
                float* at = row;
                for (int x = 0; x < window.Columns; x++)
                {
                    sum = F.Fma(F.Splat(rowWeight * window.Weights[x]), F.Load(at), sum);
                    at += window.PixelPitch;
                }

                row += window.RowPitch;
            }

            F.Store(sums + c, sum);
        }

        if (c < channels)
        {
            F sum = starts ? F.Splat(0f) : F.Load(sums + c);
            float* row = window.Pixels + c;
            for (int y = 0; y < window.Rows; y++)
            {
                float* at = row;
                for (int x = 0; x < window.Columns; x++)
                {
                    F weight = F.Splat(window.RowWeights[y] * window.Weights[x]);
                    sum = F.Fma(weight, F.Load(at, channels - c), sum);
                    at += window.PixelPitch;
                }

                row += window.RowPitch;
            }

            F.Store(sums + c, sum);
        }
    }

    /// <summary>The sums of two by two pixels, as where an image is interpolated, of whole vectors.</summary>
    /// <returns>How many channels that were.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AddFour<F, I, M>(in Window window, int channels, float* sums)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        F weight0 = F.Splat(window.RowWeights[0] * window.Weights[0]);
        F weight1 = F.Splat(window.RowWeights[0] * window.Weights[1]);
        F weight2 = F.Splat(window.RowWeights[1] * window.Weights[0]);
        F weight3 = F.Splat(window.RowWeights[1] * window.Weights[1]);
        float* at = window.Pixels;
        float* beside = at + window.PixelPitch;
        nint below = window.RowPitch;
        int c = 0;
        for (; c <= channels - F.Lanes; c += F.Lanes)
        {
            F sum = F.Fma(weight1, F.Load(beside + c), F.Fma(weight0, F.Load(at + c), F.Splat(0f)));
            sum = F.Fma(weight2, F.Load(at + below + c), sum);
            F.Store(sums + c, F.Fma(weight3, F.Load(beside + below + c), sum));
        }

        return c;
    }

    /// <summary>Source pixels with their weights.</summary>
    private readonly struct Window(
        float* pixels, nint rowPitch, float* rowWeights, int rows, float* weights, int columns, nint pixelPitch)
    {
        public readonly float* Pixels = pixels;
        public readonly nint RowPitch = rowPitch;
        public readonly nint PixelPitch = pixelPitch;
        public readonly float* RowWeights = rowWeights;
        public readonly int Rows = rows;
        public readonly float* Weights = weights;
        public readonly int Columns = columns;
    }

    /// <summary>What a column of the domain reads, with the first weights.</summary>
    private struct Column
    {
        public Reach Reach;
        public fixed float Weights[Kept];
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

        public bool IsEmpty => First >= End;

        /// <summary>The weights of source pixels from one on, <see cref="Kept"/> at most; how many.</summary>
        public int Weigh(in ResampleAxis axis, int source, float* weights)
        {
            int count = Math.Min(Kept, End - source);
            for (int i = 0; i < count; i++)
            {
                weights[i] = _transposed ? axis.Weight(source + i, _pixel) : axis.Weight(_pixel, source + i);
            }

            return count;
        }
    }
}
