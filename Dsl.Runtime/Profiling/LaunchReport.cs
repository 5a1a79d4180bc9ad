using System;
using Dsl.Kernels;

namespace Dsl.Profiling;

/// <summary>What a launch is: its skeleton, its extents, and how much it has to do at least.</summary>
/// <remarks>
/// Bytes are a lower bound by extents alone: every buffer that the launch names counts once, with as many elements as
/// its domain has, or as the buffer has where these are fewer. Instead of the domain, an operand of a product counts
/// with its own extents, and the source of a window with the pixels that windows of this stride cover. Scratch does not
/// count, nor what is read again. An update of parameters counts every pass over an array, reading and writing.
/// </remarks>
/// <param name="Skeleton">Map, Row, Reduce, Contract, Convolve, ConvolveWeights, Pool, Resample, Transpose, ScatterRows
/// or Halo; followed by a T for the transposed forms.</param>
/// <param name="Extents">The domain, for people.</param>
/// <param name="Flops">2·M·N·K of a contraction; 0 for everything else.</param>
/// <param name="Bytes">Read and written, at least.</param>
internal sealed record LaunchReport(string Skeleton, string Extents, long Flops, long Bytes)
{
    /// <summary>What a launch is at its present sizes.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="lengthOf">Elements of a buffer by name; null: as many as the domain needs.</param>
    public static LaunchReport Of(Launch launch, Func<string, long>? lengthOf = null)
    {
        var visitor = new Visitor(launch, lengthOf ?? (static _ => long.MaxValue));
        launch.Accept(visitor);
        return visitor.Report!;
    }

    private sealed class Visitor(Launch launch, Func<string, long> lengthOf) : ILaunchVisitor
    {
        public LaunchReport? Report { get; private set; }

        public void Map<TBody>(MapLaunch<TBody> launch)
            where TBody : struct, IMapBody =>
            Set("Map", $"{launch.Rows}x{launch.Columns}", (long)launch.Rows * launch.Columns);

        public void Row<TBody>(RowLaunch<TBody> launch)
            where TBody : struct, IRowBody =>
            Set("Row", $"{launch.Rows}x{launch.Columns}", (long)launch.Rows * launch.Columns);

        public void Reduce<TBody>(ReduceLaunch<TBody> launch)
            where TBody : struct, IReduceBody => Set(
                "Reduce",
                $"{launch.Outer}x{launch.Rows}x{launch.Columns} / {launch.Description.Slices}",
                (long)launch.Outer * launch.Rows * launch.Columns);

        public void Contract<TWide, TNarrow, TBody>(ContractLaunch<TWide, TNarrow, TBody> launch)
            where TWide : struct, ITile
            where TNarrow : struct, ITile
            where TBody : struct, IContractBody
        {
            long depth = (long)launch.Depth * launch.Middle * launch.Outer;
            long rows = (long)launch.Batch * launch.Rows;
            Set(
                "Contract",
                $"{launch.Batch}x{launch.Rows}x{launch.Columns}x{depth} "
                    + $"{Tile<TWide>()} ({launch.ARow},{launch.ADepth})",
                rows * launch.Columns,
                2 * rows * launch.Columns * depth,
                rows * depth,
                (long)launch.Batch * launch.Columns * depth);
        }

        public void Convolve<TWide, TNarrow, TBody>(ConvolveLaunch<TWide, TNarrow, TBody> launch)
            where TWide : struct, ITile
            where TNarrow : struct, ITile
            where TBody : struct, IConvolveBody
        {
            ConvolveShape s = launch.Description.Shape;
            long pixels = (long)launch.Images * launch.Height * launch.Width;

            // Transposed, a pixel meets one in stride² of the taps, and the source is smaller by as much.
            int share = s.Transposed ? s.StrideX * s.StrideY : 1;
            long source = s.Transposed
                ? (long)launch.Images * (launch.Height / s.StrideY) * (launch.Width / s.StrideX)
                : Covered(s, launch.Images, launch.Height, launch.Width);
            Set(
                s.Transposed ? "Convolve T" : "Convolve",
                Extents(s, launch.Images, launch.Height, launch.Width) + " " + Tile<TWide>(),
                pixels * s.Groups * s.OutChannels,
                2 * pixels * Weights(s) / share,
                source * s.Groups * s.InChannels,
                Weights(s));
        }

        public void ConvolveWeights<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch)
            where TWide : struct, ITile
            where TNarrow : struct, ITile
            where TBody : struct, IContractBody
        {
            ConvolveShape s = launch.Description.Shape;
            long pixels = (long)launch.Images * launch.Height * launch.Width;
            Set(
                "ConvolveWeights",
                Extents(s, launch.Images, launch.Height, launch.Width)
                    + $" / {launch.Description.Slices} {Tile<TWide>()}",
                Weights(s),
                2 * pixels * Weights(s),
                Covered(s, launch.Images, launch.Height, launch.Width) * s.Groups * s.InChannels,
                pixels * s.Groups * s.OutChannels);
        }

        public void Pool<TBody>(PoolLaunch<TBody> launch)
            where TBody : struct, IPoolBody
        {
            PoolShape p = launch.Description.Shape;
            long domain = (long)launch.Images * launch.Height * launch.Width * p.Channels;
            long source = p.Transposed ? domain : (long)launch.Images * p.Channels
                * Covered(launch.Height, p.StrideY, p.KernelHeight, p.DilationY)
                * Covered(launch.Width, p.StrideX, p.KernelWidth, p.DilationX);
            Set(
                p.Transposed ? "Pool T" : "Pool",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{p.Channels} by {p.KernelHeight}x{p.KernelWidth}",
                domain,
                0,
                source,
                p.ImagesInnermost ? long.MaxValue : domain); // A local convolution reads all its weights, slot 1.
        }

        public void Resample<TBody>(ResampleLaunch<TBody> launch)
            where TBody : struct, IConvolveBody
        {
            ResampleShape s = launch.Description.Shape;
            long perPixel = (long)launch.Images * s.Channels;
            (ResampleAxis down, ResampleAxis across) = (launch.Down, launch.Across);
            long source = s.Transposed
                ? (long)down.Result * across.Result
                : (long)Math.Min(down.Source, down.Result) * Math.Min(across.Source, across.Result);
            Set(
                s.Transposed ? "Resample T" : "Resample",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{s.Channels} {s.Mode}",
                perPixel * launch.Height * launch.Width,
                0,
                perPixel * source);
        }

        public void Transpose(TransposeLaunch launch) => Set(
            "Transpose",
            $"{launch.Batch}x{launch.Rows}x{launch.Columns}",
            (long)launch.Batch * launch.Rows * launch.Columns);

        public void ScatterRows(ScatterRowsLaunch launch) => Set(
            "ScatterRows",
            $"{launch.Positions}->{launch.Rows}x{launch.Width}",
            (long)launch.Rows * launch.Width,
            0,
            (long)launch.Positions * launch.Width,
            launch.Positions);

        public void Halo(HaloLaunch launch)
        {
            HaloShape s = launch.Description.Shape;
            long around = ((long)(launch.Height + s.Top + s.Bottom) * (launch.Width + s.Left + s.Right))
                - ((long)launch.Height * launch.Width);
            Set(
                "Halo",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{s.Channels}",
                launch.Images * around * s.Channels);
        }

        private static string Tile<T>()
            where T : struct, ITile => $"[{T.Rows}x{T.Vectors}]";

        private static string Extents(ConvolveShape s, int images, int height, int width) =>
            $"{images}x{height}x{width} {s.InChannels}->{s.OutChannels} by {s.KernelHeight}x{s.KernelWidth}";

        private static long Weights(ConvolveShape s) =>
            (long)s.KernelHeight * s.KernelWidth * s.Groups * s.InChannels * s.OutChannels;

        private static long Covered(ConvolveShape s, int images, int height, int width) => images
            * Covered(height, s.StrideY, s.KernelHeight, s.DilationY)
            * Covered(width, s.StrideX, s.KernelWidth, s.DilationX);

        /// <summary>Source pixels along an axis that windows cover, at least.</summary>
        private static long Covered(int windows, int stride, int taps, int dilation) =>
            dilation > 1 ? windows : (long)windows * Math.Min(stride, taps);

        /// <param name="skeleton">See <see cref="Skeleton"/>.</param>
        /// <param name="extents">See <see cref="LaunchReport.Extents"/>.</param>
        /// <param name="domain">Elements that the launch computes or sweeps: what it touches of a buffer at most.</param>
        /// <param name="flops">See <see cref="Flops"/>.</param>
        /// <param name="operands">The same for buffers 0, 1, … where that differs from the domain.</param>
        private void Set(
            string skeleton, string extents, long domain, long flops = 0, params ReadOnlySpan<long> operands)
        {
            Kernel kernel = launch.Kernel;
            long elements = kernel.Passes * domain;
            for (int slot = 0; slot < kernel.Buffers.Count && kernel.Passes == 0; slot++)
            {
                if (!kernel.Buffers[slot].EndsWith(".Scratch", StringComparison.Ordinal))
                {
                    elements += Math.Min(
                        lengthOf(kernel.Buffers[slot]), slot < operands.Length ? operands[slot] : domain);
                }
            }

            Report = new(skeleton, extents, flops, elements * sizeof(float));
        }
    }
}
