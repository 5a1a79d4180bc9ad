using System;
using Dsl.Host;
using Dsl.Kernels;
using Dsl.Vectors;

namespace Dsl.Profiling;

/// <summary>What a launch is: its skeleton, its extents, and how much it has to do at least.</summary>
/// <remarks>
/// Bytes are a lower bound by extents alone: every buffer that the launch names counts once, with as many elements as
/// its domain has, or as the buffer has where these are fewer. Instead of the domain, an operand of a product counts
/// with its own extents, and the source of a window with the pixels that windows of this stride cover. Scratch does not
/// count, nor what is read again. An update of parameters counts every pass over an array, reading and writing.
/// </remarks>
/// <param name="Skeleton">Map, Row, Reduce, Contract, Convolve, ConvolveWeights, Pool, Resample, Transpose, ScatterRows,
/// Attend, AttendGradient, ClassLogits, ClassLogitsGradient, OuterScan, DecayScan, DiagonalScan, SelectiveScan,
/// LowRankScan, HippoScan, LinearScan, DeltaScan, Spectral, CumulativeSum, Order, Chunk, Collective or Halo; followed by a T
/// for the transposed forms.</param>
/// <param name="Extents">The domain, for people.</param>
/// <param name="Flops">2·M·N·K of a contraction, of a scan its two products with the state; 0 for everything
/// else.</param>
/// <param name="Bytes">Read and written, at least.</param>
internal sealed partial record LaunchReport(string Skeleton, string Extents, long Flops, long Bytes)
{
    /// <summary>What a launch is at its present sizes.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="lengthOf">Elements of a buffer by name; null: as many as the domain needs.</param>
    public static LaunchReport Of(Launch launch, Func<string, long>? lengthOf = null)
    {
        var reader = new Reader(launch.Kernel, lengthOf ?? (static _ => long.MaxValue));
        return launch switch
        {
            MapLaunch map => reader.Map(map),
            RowLaunch row => reader.Row(row),
            ReduceLaunch reduce => reader.Reduce(reduce),
            ContractLaunch contract => reader.Contract(contract),
            ConvolveLaunch convolve => reader.Convolve(convolve),
            ConvolveWeightsLaunch weights => reader.ConvolveWeights(weights),
            PoolLaunch pool => reader.Pool(pool),
            ResampleLaunch resample => reader.Resample(resample),
            TransposeLaunch transpose => reader.Transpose(transpose),
            ScatterRowsLaunch scatter => reader.ScatterRows(scatter),
            MemoryLaunch memory => reader.Memory(memory),
            ClassLogitsLaunch logits => reader.ClassLogits(logits),
            AttendLaunch attend => reader.Attend(attend),
            AttendGradientLaunch gradient => reader.AttendGradient(gradient),
            OuterScanLaunch scan => reader.OuterScan(scan),
            DecayScanLaunch scan => reader.DecayScan(scan),
            DiagonalScanLaunch scan => reader.DiagonalScan(scan),
            SelectiveScanLaunch scan => reader.SelectiveScan(scan),
            LowRankScanLaunch scan => reader.LowRankScan(scan),
            HippoScanLaunch scan => reader.HippoScan(scan),
            LinearScanLaunch scan => reader.LinearScan(scan),
            DeltaScanLaunch scan => reader.DeltaScan(scan),
            SpectralLaunch spectral => reader.Spectral(spectral),
            CumulativeSumLaunch sum => reader.CumulativeSum(sum),
            OrderLaunch order => reader.Order(order),
            CollectiveLaunch collective => reader.Collective(collective),
            ChunkLaunch chunk => reader.Chunk(chunk),
            HaloLaunch halo => reader.Halo(halo),
            _ => throw new NotSupportedException($"{launch.GetType().Name} has no report."),
        };
    }

    private readonly partial struct Reader(Kernel kernel, Func<string, long> lengthOf)
    {
        public LaunchReport Map(MapLaunch launch) =>
            Report(
                "Map",
                $"{launch.Rows}x{launch.Columns}{(launch.Elements == 1 ? "" : $" of {launch.Elements}")}",
                (long)launch.Rows * launch.Columns * launch.Elements);

        public LaunchReport Row(RowLaunch launch) =>
            Report("Row", $"{launch.Rows}x{launch.Columns}", (long)launch.Rows * launch.Columns);

        public LaunchReport Reduce(ReduceLaunch launch) => Report(
                "Reduce",
                $"{launch.Outer}x{launch.Rows}x{launch.Columns} / {launch.RowSlices}",
                (long)launch.Outer * launch.Rows * launch.Columns);

        public LaunchReport Contract(ContractLaunch launch)
        {
            long depth = (long)launch.Depth * launch.Middle * launch.Outer;
            long rows = (long)launch.Batch * launch.Rows;
            return Report(
                "Contract",
                $"{launch.Batch}x{launch.Rows}x{launch.Columns}x{depth} "
                    + $"{Tile(launch.Tile)} ({launch.ARow},{launch.ADepth})",
                rows * launch.Columns,
                2 * rows * launch.Columns * depth,
                rows * depth,
                (long)launch.Batch * launch.Columns * depth);
        }

        public LaunchReport Convolve(ConvolveLaunch launch)
        {
            ConvolveShape s = launch.Shape;
            long pixels = (long)launch.Images * launch.Height * launch.Width;

            // Transposed, a pixel meets one in stride² of the taps, and the source is smaller by as much.
            int share = s.Transposed ? s.StrideX * s.StrideY : 1;
            long source = s.Transposed
                ? (long)launch.Images * (launch.Height / s.StrideY) * (launch.Width / s.StrideX)
                : Covered(s, launch.Images, launch.Height, launch.Width);
            return Report(
                s.Transposed ? "Convolve T" : "Convolve",
                Extents(s, launch.Images, launch.Height, launch.Width) + " " + Tile(launch.Tile),
                pixels * s.Groups * s.OutChannels,
                2 * pixels * Weights(s) / share,
                source * s.Groups * s.InChannels,
                Weights(s));
        }

        public LaunchReport ConvolveWeights(ConvolveWeightsLaunch launch)
        {
            ConvolveShape s = launch.Shape;
            long pixels = (long)launch.Images * launch.Height * launch.Width;
            return Report(
                "ConvolveWeights",
                Extents(s, launch.Images, launch.Height, launch.Width)
                    + $" / {launch.PixelSlices} {Tile(launch.Tile)}",
                Weights(s),
                2 * pixels * Weights(s),
                Covered(s, launch.Images, launch.Height, launch.Width) * s.Groups * s.InChannels,
                pixels * s.Groups * s.OutChannels);
        }

        public LaunchReport Pool(PoolLaunch launch)
        {
            PoolShape p = launch.Shape;
            long domain = (long)launch.Images * launch.Height * launch.Width * p.Channels;
            long source = p.Transposed ? domain : (long)launch.Images * p.Channels
                * Covered(launch.Height, p.StrideY, p.KernelHeight, p.DilationY)
                * Covered(launch.Width, p.StrideX, p.KernelWidth, p.DilationX);
            return Report(
                p.Transposed ? "Pool T" : "Pool",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{p.Channels} by {p.KernelHeight}x{p.KernelWidth}",
                domain,
                0,
                source,
                p.ImagesInnermost ? long.MaxValue : domain); // A local convolution reads all its weights, slot 1.
        }

        public LaunchReport Resample(ResampleLaunch launch)
        {
            ResampleShape s = launch.Shape;
            long perPixel = (long)launch.Images * s.Channels;
            (ResampleAxis down, ResampleAxis across) = (launch.Down, launch.Across);
            long source = s.Transposed
                ? (long)down.Result * across.Result
                : (long)Math.Min(down.Source, down.Result) * Math.Min(across.Source, across.Result);
            return Report(
                s.Transposed ? "Resample T" : "Resample",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{s.Channels} {s.Mode}",
                perPixel * launch.Height * launch.Width,
                0,
                perPixel * source);
        }

        public LaunchReport Transpose(TransposeLaunch launch) => Report(
            "Transpose",
            $"{launch.Batch}x{launch.Rows}x{launch.Columns}",
            (long)launch.Batch * launch.Rows * launch.Columns);

        public LaunchReport ScatterRows(ScatterRowsLaunch launch) => Report(
            "ScatterRows",
            $"{launch.Positions}->{launch.Rows}x{launch.Width}",
            (long)launch.Rows * launch.Width,
            0,
            (long)launch.Positions * launch.Width,
            launch.Positions);

        public LaunchReport Memory(MemoryLaunch launch) => Report(
            "Memory",
            $"{launch.Shape.Kind} {launch.Units}x{launch.Width}x{launch.ValueWidth}",
            (long)launch.Units * launch.Width * Math.Max(1, launch.ValueWidth),
            launch.Shape.Kind == MemoryKind.Products ? 4L * launch.Units * launch.Width * launch.ValueWidth : 0);

        public LaunchReport Attend(AttendLaunch launch) => Report(
            "Attend",
            Extents(launch.Extents),
            (long)launch.Extents.Batch * launch.Extents.Queries * launch.Extents.Heads * launch.Extents.ValueWidth,
            2 * Pairs(launch.Extents) * (launch.Extents.KeyWidth + launch.Extents.ValueWidth),
            long.MaxValue,
            long.MaxValue,
            long.MaxValue);

        public LaunchReport AttendGradient(AttendGradientLaunch launch)
        {
            AttendExtents e = launch.Extents;
            AttendGradients asked = launch.Gradients;
            int width = e.KeyWidth + e.ValueWidth + (asked.Queries ? e.KeyWidth : 0) + (asked.Keys ? e.KeyWidth : 0)
                + (asked.Values ? e.ValueWidth : 0);
            return Report(
                "AttendGradient",
                Extents(e),
                (long)e.Batch * Math.Max(e.Queries, e.Keys) * e.Heads * Math.Max(e.KeyWidth, e.ValueWidth),
                2 * Pairs(e) * width);
        }

        public LaunchReport ClassLogits(ClassLogitsLaunch launch)
        {
            ClassLogitsShape s = launch.Shape;
            long rows = (long)s.Classes * s.SubCenters;
            (long embeddings, long weights) = ((long)launch.Samples * s.Width, rows * s.Width);
            int products = 1 + (s.Gradients.HasFlag(ClassGradients.Embeddings) ? 1 : 0)
                + (s.Gradients.HasFlag(ClassGradients.Rows) ? 1 : 0);
            LaunchReport report = Report(
                launch.IsGradient ? "ClassLogitsGradient" : "ClassLogits",
                $"{launch.Samples}x{s.Classes}x{s.Width}" + (s.SubCenters > 1 ? $" of {s.SubCenters}" : ""),
                launch.Samples * rows,
                2 * products * launch.Samples * weights,
                launch.IsGradient
                    ? [launch.Samples, launch.Samples, embeddings, weights, launch.Samples, embeddings, weights]
                    : [embeddings, weights, launch.Samples, launch.Samples]);

            // Rows that take their step here are written in place of the gradient; what the optimiser knows of them is read and
            // written, too.
            return launch.Update is { } update
                ? report with { Bytes = report.Bytes + (2L * update.States * weights * sizeof(float)) } : report;
        }

        /// <summary>Pairs of a query and a key it sees, segments aside.</summary>
        private static long Pairs(AttendExtents e)
        {
            long pairs = 0;
            for (int query = 0; query < e.Queries; query++)
            {
                pairs += e.Pattern.Count(query, Math.Max(0, e.First(query)), e.End(query));
            }

            return pairs * e.Batch * e.Heads;
        }

        private static string Extents(AttendExtents e) =>
            $"{e.Batch}x{e.Heads}x{e.Queries}x{e.Keys} {e.KeyWidth}->{e.ValueWidth}";

        public LaunchReport Collective(CollectiveLaunch launch) =>
            Report("Collective", $"{launch.Shape.Kind} {launch.Length} of {launch.Shape.Ranks}", launch.Length);

        public LaunchReport Order(OrderLaunch launch) =>
            Report("Order", $"{launch.Rows}x{launch.Length}", (long)launch.Rows * launch.Length);

        /// <summary>Chunks have each plain row once for each round, and twice where they look back.</summary>
        public LaunchReport Chunk(ChunkLaunch launch)
        {
            ChunkShape s = launch.Shape;
            long items = (long)launch.Rows * launch.Positions * s.Heads;
            long plain = items * launch.Width;
            long chunks = plain * s.Rounds * (s.LookBack ? 2 : 1);
            return Report(
                s.Back ? "ChunkT" : "Chunk",
                $"{launch.Rows}x{launch.Positions}x{s.Heads}x{launch.Width} by {s.Size}",
                chunks,
                0,
                s.Back ? chunks : plain,
                items * s.Rounds,
                s.Back ? plain : chunks);
        }

        public LaunchReport Halo(HaloLaunch launch)
        {
            HaloShape s = launch.Shape;
            long around = ((long)(launch.Height + s.Top + s.Bottom) * (launch.Width + s.Left + s.Right))
                - ((long)launch.Height * launch.Width);
            return Report(
                "Halo",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{s.Channels}",
                launch.Images * around * s.Channels);
        }

        private static string Tile(TileSizes tile) => $"[{tile.Rows}x{tile.Vectors}{(tile.Lanes == HostVectors.Width ? "" : $" of {tile.Lanes}")}]";

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
        /// <param name="domain">Elements that the launch computes or sweeps: what it touches of a buffer at
        /// most.</param>
        /// <param name="flops">See <see cref="Flops"/>.</param>
        /// <param name="operands">The same for buffers 0, 1, … where that differs from the domain.</param>
        private LaunchReport Report(
            string skeleton, string extents, long domain, long flops = 0, params ReadOnlySpan<long> operands)
        {
            long elements = kernel.Passes * domain;
            for (int slot = 0; slot < kernel.Buffers.Count && kernel.Passes == 0; slot++)
            {
                if (!kernel.Buffers[slot].EndsWith(".Scratch", StringComparison.Ordinal))
                {
                    elements += Math.Min(
                        lengthOf(kernel.Buffers[slot]), slot < operands.Length ? operands[slot] : domain);
                }
            }

            return new(skeleton, extents, flops, elements * sizeof(float));
        }
    }
}
