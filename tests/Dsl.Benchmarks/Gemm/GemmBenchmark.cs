using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.CompilerServices;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Profiling;
using Dsl.Runtime.Tests.Host;
using Dsl.Vectors;

namespace Dsl.Benchmarks.Gemm;

/// <summary>Products and convolutions of the host skeletons in GFLOP/s and as a share of the measured peak.</summary>
internal static class GemmBenchmark
{
    /// <summary>Prints a table. Best and median of many runs, because the machine may be shared.</summary>
    public static void Run(string filter, int mostThreads)
    {
        Console.WriteLine($"{HostVectors.Name}, peak of one core {Peak.Best():F1} GFLOP/s");
        for (int threads = 1; threads <= mostThreads; threads++)
        {
            void Try(string name, Kernel kernel, long flops, params int[] lengths)
            {
                if (name.Contains(filter, StringComparison.Ordinal))
                {
                    (double best, double median, double peak) = Time(kernel, threads, lengths);
                    double all = peak * threads;
                    Console.WriteLine(
                        $"{threads} thread(s) {name,-28} {flops / best / 1e9,7:F1} best {flops / median / 1e9,7:F1} median "
                        + $"{flops / best / 1e9 / all,6:P0} {flops / median / 1e9 / all,6:P0}  {best * 1e6,9:F1} us");
                }
            }

            foreach ((int rows, int columns, int depth) in new[]
            {
                (96, 64, 256), (128, 128, 128), (256, 256, 256), (512, 512, 512), (768, 768, 768), (1024, 1024, 1024),
                (2048, 2048, 2048),
                (128, 512, 784), (128, 512, 512), (512, 784, 128), (128, 10, 512), (1, 512, 784), (1, 4096, 1024), (4, 512, 784),
            })
            {
                long flops = 2L * rows * columns * depth;
                Try($"gemm {rows}x{columns}x{depth}", Product(rows, columns, depth, false), flops,
                    rows * depth, depth * columns, rows * columns);
                if (rows >= 128)
                {
                    Try($"gemm T {rows}x{columns}x{depth}", Product(rows, columns, depth, true), flops,
                        rows * depth, depth * columns, rows * columns);
                }
            }

            foreach ((int images, int size, int from, int to) in new[]
            {
                (64, 28, 1, 32), (64, 28, 32, 64), (64, 14, 64, 64), (4, 128, 16, 16), (4, 64, 32, 32), (4, 16, 128, 128),
                (1, 56, 64, 64), (1, 14, 256, 256), (1, 7, 512, 512),
            })
            {
                long flops = 2L * images * size * size * 9 * from * to;
                int source = images * (size + 2) * (size + 2) * from;
                int result = images * (size + 2) * (size + 2) * to;
                string name = $"{images}x{size}x{size} {from}->{to}";
                Try("conv   " + name, Convolution(images, size, from, to), flops, source, 9 * from * to, result);
                Try("conv W " + name, Weights(images, size, from, to), flops, source, result, 9 * from * to, 8 * 9 * from * to);
            }

            Try("transpose 1024x1024 (GB/s)", new TransposeKernel("t", ["a", "b"], 1, 1024, 1024), 8L << 20, 1 << 20, 1 << 20);
            Try("transpose 1000x1000 (GB/s)", new TransposeKernel("t", ["a", "b"], 1, 1000, 1000), 8000000, 1 << 20, 1 << 20);
        }
    }

    private static ContractKernel<Tile14x2, Tile6x2, StoreBody> Product(int rows, int columns, int depth, bool transposed) =>
        new("product", ["a", "b", "c"], new ContractShape
        {
            Rows = rows, Columns = columns, Depth = depth, ARow = transposed ? 1 : depth, ADepth = transposed ? rows : 1,
            BDepth = columns,
        });

    private static ConvolveShape Shape(int images, int size, int from, int to) => new()
    {
        Images = images, Height = size, Width = size, InChannels = from, OutChannels = to, KernelHeight = 3, KernelWidth = 3,
        PaddingX = 1, PaddingY = 1, RowPitch = (size + 2) * from, ImagePitch = (size + 2) * (size + 2) * from,
    };

    private static ConvolveKernel<Tile14x2, Tile6x2, StorePixelBody> Convolution(int images, int size, int from, int to) =>
        new("convolution", ["x", "w", "y"], Shape(images, size, from, to));

    private static ConvolveWeightsKernel<Tile14x2, Tile6x2, StoreBody> Weights(int images, int size, int from, int to) => new(
        "weights", ["x", "g", "dw", "partial"], Shape(images, size, from, to), (size + 2) * (size + 2) * to, (size + 2) * to,
        Math.Min(8, images));

    private static unsafe (double Best, double Median, double Peak) Time(Kernel kernel, int threads, int[] lengths)
    {
        using var engine = new HostEngine(threads);
        Launch launch = kernel.Prepare();
        int at = 4096;
        for (int i = 0; i < lengths.Length; i++)
        {
            // Buffers are staggered, like those of the arena planner; images begin inside their halo.
            bool image = kernel.Name is "convolution" && i != 1 || kernel.Name is "weights" && i < 2;
            launch.Slots.SetOffset(i, at + (image ? 4096 : 0));
            at += ((lengths[i] + 4096 + 63) / 64 * 64) + 64 + 4096;
        }

        ConvolveShape? shape = (kernel as ConvolveKernel<Tile14x2, Tile6x2, StorePixelBody>)?.Shape;
        launch.Slots.SetSize(0, shape?.OutChannels
            ?? (kernel as ContractKernel<Tile14x2, Tile6x2, StoreBody>)?.Shape.Columns.Constant
            ?? (kernel as ConvolveWeightsKernel<Tile14x2, Tile6x2, StoreBody>)?.Shape.OutChannels ?? 0);
        launch.Slots.SetSize(1, shape?.Width.Constant ?? 0);
        launch.Slots.SetSize(2, shape?.Height.Constant ?? 0);
        launch.Resize(new SizeValues([]));
        engine.Allocate(at + 8192);
        var random = new Random(1);
        engine.Write(0, Enumerable.Range(0, at).Select(_ => random.NextSingle() - 0.5f).ToArray());
        object loaded = engine.Load([launch]);
        for (int i = 0; i < 3; i++)
        {
            engine.Run(loaded);
        }

        // The peak is measured in between: a neighbour on the same core halves both.
        double peak = 0;
        double nextPeak = 0;
        var times = new double[2000];
        int count = 0;
        long since = Stopwatch.GetTimestamp();
        while (count < times.Length && (count < 5 || Stopwatch.GetElapsedTime(since).TotalSeconds < 0.4))
        {
            double elapsed = Stopwatch.GetElapsedTime(since).TotalSeconds;
            if (elapsed >= nextPeak)
            {
                peak = Math.Max(peak, Peak.Measure());
                nextPeak = elapsed + 0.02;
            }

            double start = StepClock.Seconds(threads);
            engine.Run(loaded);
            times[count++] = StepClock.Seconds(threads) - start;
        }

        Array.Sort(times, 0, count);
        return (times[0], times[count / 2], peak);
    }

    private readonly struct StoreBody : IContractBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int batch, int row, int column)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> => m.Store(s.A2 + (row * s.N0) + column, sum);
    }

    private readonly struct StorePixelBody : IConvolveBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run<F, I, M, TMem>(TMem m, in Slots s, F sum, int image, int y, int x, int channel)
            where F : struct, IFloats<F, I, M>
            where I : struct, IInts<F, I, M>
            where M : struct, IMask<M>
            where TMem : struct, IMemory<F, I> =>
            m.Store(s.A2 + (((((image * s.N2) + y) * s.N1) + x) * s.N0) + channel, sum);
    }
}
