using Dsl.Kernels;

namespace Dsl.Benchmarks.Steps;

/// <summary>What a launch is: its skeleton, its extents and the floating-point operations of its contraction.</summary>
/// <param name="Skeleton">Map, Row, Reduce, Contract, Convolve, ConvolveWeights, Pool, Transpose, ScatterRows or
/// Halo.</param>
/// <param name="Extents">The domain, for people.</param>
/// <param name="Flops">2·M·N·K of a contraction; 0 for everything else.</param>
internal sealed record LaunchReport(string Skeleton, string Extents, long Flops)
{
    public static LaunchReport Of(Launch launch)
    {
        var visitor = new Visitor();
        launch.Accept(visitor);
        return visitor.Report!;
    }

    private sealed class Visitor : ILaunchVisitor
    {
        public LaunchReport? Report { get; private set; }

        public void Map<TBody>(MapLaunch<TBody> launch)
            where TBody : struct, IMapBody => Set("Map", $"{launch.Rows}x{launch.Columns}");

        public void Row<TBody>(RowLaunch<TBody> launch)
            where TBody : struct, IRowBody => Set("Row", $"{launch.Rows}x{launch.Columns}");

        public void Reduce<TBody>(ReduceLaunch<TBody> launch)
            where TBody : struct, IReduceBody =>
            Set("Reduce", $"{launch.Outer}x{launch.Rows}x{launch.Columns} / {launch.Description.Slices}");

        public void Contract<TWide, TNarrow, TBody>(ContractLaunch<TWide, TNarrow, TBody> launch)
            where TWide : struct, ITile
            where TNarrow : struct, ITile
            where TBody : struct, IContractBody
        {
            long depth = (long)launch.Depth * launch.Middle * launch.Outer;
            Set(
                "Contract",
                $"{launch.Batch}x{launch.Rows}x{launch.Columns}x{depth} {Tile<TWide>()} ({launch.ARow},{launch.ADepth})",
                2 * launch.Batch * launch.Rows * launch.Columns * depth);
        }

        public void Convolve<TWide, TNarrow, TBody>(ConvolveLaunch<TWide, TNarrow, TBody> launch)
            where TWide : struct, ITile
            where TNarrow : struct, ITile
            where TBody : struct, IConvolveBody
        {
            ConvolveShape s = launch.Description.Shape;

            // Transposed, a pixel meets one in stride² of the taps.
            int share = s.Transposed ? s.StrideX * s.StrideY : 1;
            Set(
                s.Transposed ? "Convolve T" : "Convolve",
                Extents(s, launch.Images, launch.Height, launch.Width) + " " + Tile<TWide>(),
                Flops(s, launch.Images, launch.Height, launch.Width) / share);
        }

        public void ConvolveWeights<TWide, TNarrow, TBody>(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch)
            where TWide : struct, ITile
            where TNarrow : struct, ITile
            where TBody : struct, IContractBody
        {
            ConvolveShape s = launch.Description.Shape;
            Set(
                "ConvolveWeights",
                Extents(s, launch.Images, launch.Height, launch.Width)
                    + $" / {launch.Description.Slices} {Tile<TWide>()}",
                Flops(s, launch.Images, launch.Height, launch.Width));
        }

        public void Pool<TBody>(PoolLaunch<TBody> launch)
            where TBody : struct, IPoolBody
        {
            PoolShape p = launch.Description.Shape;
            Set(
                p.Transposed ? "Pool T" : "Pool",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{p.Channels} by {p.KernelHeight}x{p.KernelWidth}");
        }

        public void Resample<TBody>(ResampleLaunch<TBody> launch)
            where TBody : struct, IConvolveBody
        {
            ResampleShape s = launch.Description.Shape;
            Set(
                s.Transposed ? "Resample T" : "Resample",
                $"{launch.Images}x{launch.Height}x{launch.Width}x{s.Channels} {s.Mode}");
        }

        public void Transpose(TransposeLaunch launch) =>
            Set("Transpose", $"{launch.Batch}x{launch.Rows}x{launch.Columns}");

        public void ScatterRows(ScatterRowsLaunch launch) =>
            Set("ScatterRows", $"{launch.Positions}->{launch.Rows}x{launch.Width}");

        public void Halo(HaloLaunch launch) =>
            Set("Halo", $"{launch.Images}x{launch.Height}x{launch.Width}x{launch.Description.Shape.Channels}");

        private static string Tile<T>()
            where T : struct, ITile => $"[{T.Rows}x{T.Vectors}]";

        private static string Extents(ConvolveShape s, int images, int height, int width) =>
            $"{images}x{height}x{width} {s.InChannels}->{s.OutChannels} by {s.KernelHeight}x{s.KernelWidth}";

        private static long Flops(ConvolveShape s, int images, int height, int width) =>
            2L * images * height * width * s.KernelHeight * s.KernelWidth * s.Groups * s.InChannels * s.OutChannels;

        private void Set(string skeleton, string extents, long flops = 0) => Report = new(skeleton, extents, flops);
    }
}
