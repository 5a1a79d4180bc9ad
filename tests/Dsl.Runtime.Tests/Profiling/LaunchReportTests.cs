using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Kernels;
using Dsl.Profiling;
using Dsl.Runtime.Tests.Host;
using Dsl.Runtime.Tests.Training;
using Xunit;

namespace Dsl.Runtime.Tests.Profiling;

/// <summary>What launches are said to compute and to move at least.</summary>
public sealed class LaunchReportTests
{
    private static readonly SizeValues s_sizes = new(["b"]) { ["b"] = 3 };

    [Fact]
    public void A_product_reads_its_operands_once_and_writes_its_result()
    {
        var shape = new ContractShape { Rows = "b", Columns = 7, Depth = 5, ARow = 5, ADepth = 1, BDepth = 7 };
        LaunchReport report = Of(
            new ContractKernel<Tile6x2, Tile6x2, BiasBody>("product", ["a", "weights", "bias", "c"], shape),
            ("a", 15), ("weights", 35), ("bias", 7), ("c", 21));
        Assert.Equal("Contract", report.Skeleton);
        Assert.Equal(2 * 3 * 7 * 5, report.Flops);
        Assert.Equal(4 * (15 + 35 + 7 + 21), report.Bytes);
    }

    [Fact]
    public void Products_that_share_an_operand_read_it_once()
    {
        var shape = new ContractShape
        {
            Batch = "b", Rows = 4, Columns = 7, Depth = 5, ABatch = 20, ARow = 5, ADepth = 1, BBatch = 0, BDepth = 7,
        };
        LaunchReport report = Of(
            new ContractKernel<Tile6x2, Tile6x2, BiasBody>("product", ["a", "b", "c"], shape),
            ("a", 60), ("b", 35), ("c", 84));
        Assert.Equal(2 * 3 * 4 * 7 * 5, report.Flops);
        Assert.Equal(4 * (60 + 35 + 84), report.Bytes);
    }

    [Fact]
    public void A_scan_reads_its_operands_once_and_keeps_no_scores()
    {
        var shape = new OuterScanShape
        {
            Batch = "b", Positions = 50, Heads = 4, Keys = 7, Values = 5, Chunk = 16,
            QBatch = 1400, QPosition = 28, QHead = 7, KBatch = 1400, KPosition = 28, KHead = 7,
            VBatch = 1000, VPosition = 20, VHead = 5, OBatch = 1000, OPosition = 20, OHead = 5,
        };
        LaunchReport report = Of(
            new OuterScanKernel<Tile8x2, Tile6x2>("scan", ["q", "k", "v", "o"], shape),
            ("q", 4200), ("k", 4200), ("v", 3000), ("o", 3000));
        Assert.Equal("OuterScan", report.Skeleton);
        Assert.Equal(4 * 3 * 50 * 4 * 7 * 5, report.Flops);
        Assert.Equal(4 * (4200 + 4200 + 3000 + 3000), report.Bytes);
    }

    /// <summary>b = 3 sequences of 50 positions, 4 channels of 7 states.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scans_with_states_count_them_once(bool toStates)
    {
        var diagonal = new DiagonalScanShape
        {
            Batch = "b", Positions = 50, Channels = 4, States = 7,
            UBatch = 200, UPosition = 4, YBatch = 200, YPosition = 4, FromStates = !toStates, ToStates = toStates,
        };
        LaunchReport report = Of(new DiagonalScanKernel("scan", ["from", "re", "im", "to"], diagonal));
        Assert.Equal(8 * 600 * 7, report.Flops);
        Assert.Equal(4 * (600 + 28 + 28 + 168), report.Bytes);

        var coupled = new LowRankScanShape
        {
            Batch = "b", Positions = 50, Channels = 4, States = 7,
            UBatch = 200, UPosition = 4, YBatch = 200, YPosition = 4, FromStates = true, ToStates = toStates,
        };
        string[] names = toStates ? ["u", "modes", "start", "last"] : ["modes", "y", "start"];
        report = Of(new LowRankScanKernel("scan", names, coupled));
        Assert.Equal(24 * 600 * 7, report.Flops);
        Assert.Equal(4 * (600 + 280 + (toStates ? 2 : 1) * 168), report.Bytes);
        if (toStates)
        {
            names = ["u", "modes", "y", "start", "last", "gradient", "g.Scratch"];
            report = Of(new LowRankScanGradientKernel("gradient", names, coupled));
            Assert.Equal(4 * (600 + 280 + 600 + 168 + 168 + 280), report.Bytes);
        }
    }

    [Fact]
    public void A_running_sum_reads_and_writes_once()
    {
        var shape = new CumulativeSumShape
        {
            Outer = "b", Length = 9, Inner = 4, FromOuter = 36, FromStep = 4, ToOuter = 36, ToStep = 4,
        };
        LaunchReport report = Of(new CumulativeSumKernel("sum", ["x", "y"], shape), ("x", 108), ("y", 108));
        Assert.Equal("CumulativeSum", report.Skeleton);
        Assert.Equal(0, report.Flops);
        Assert.Equal(4 * 2 * 108, report.Bytes);
    }

    [Fact]
    public void Chunks_have_each_row_once_for_each_round_and_twice_looking_back()
    {
        var shape = new ChunkShape
        {
            Rows = "b", Positions = 10, Heads = 2, Width = 5, Size = 4, Rounds = 3, LookBack = true, PlainBatch = 100,
            PlainRow = 10,
        };
        LaunchReport report = Of(new ChunkKernel("chunk", ["x", "order", "y"], shape), ("x", 300), ("order", 180), ("y", 2160));
        Assert.Equal("Chunk", report.Skeleton);
        Assert.Equal(4 * (300 + 180 + 1800), report.Bytes);
    }

    [Theory]
    [InlineData(1, 3, 1, 10 * 8)]
    [InlineData(2, 3, 1, 20 * 16)]
    [InlineData(2, 1, 1, 10 * 8)]
    [InlineData(2, 3, 2, 10 * 8)]
    public void A_convolution_reads_the_pixels_that_its_windows_cover(int stride, int taps, int dilation, int covered)
    {
        LaunchReport report = Of(Convolution(stride, taps, dilation, transposed: false));
        Assert.Equal(2L * 3 * 10 * 8 * taps * taps * 2 * 6, report.Flops);
        Assert.Equal(4L * ((3 * covered * 2) + (taps * taps * 2 * 6) + (3 * 10 * 8 * 6)), report.Bytes);
    }

    [Fact]
    public void A_transposed_convolution_meets_one_in_stride_squared_of_its_taps()
    {
        LaunchReport report = Of(Convolution(stride: 2, taps: 4, dilation: 1, transposed: true));
        Assert.Equal("Convolve T", report.Skeleton);
        Assert.Equal(2L * 3 * 10 * 8 * 4 * 4 * 2 * 6 / 4, report.Flops);
        Assert.Equal(4L * ((3 * 5 * 4 * 2) + (4 * 4 * 2 * 6) + (3 * 10 * 8 * 6)), report.Bytes);
    }

    [Fact]
    public void Buffers_count_as_far_as_the_domain_reaches_and_scratch_does_not()
    {
        var kernel = new ReduceKernel<SumAndMaxBody>("sum", ["x", "sum", "sum.Scratch"], 1, "b", 8, 2);
        LaunchReport report = Of(kernel, ("x", 1000), ("sum", 8), ("sum.Scratch", 32));
        Assert.Equal(("Reduce", 0L, 4L * (24 + 8)), (report.Skeleton, report.Flops, report.Bytes));

        report = Of(new TransposeKernel("t", ["x", "y"], 2, "b", 4), ("x", 24), ("y", 24));
        Assert.Equal(4 * 48, report.Bytes);

        report = Of(new MapKernel<SwishBody>("rows of 3", ["x", "b", "y"], "b", 8, 3), ("x", 1000), ("b", 24), ("y", 1000));
        Assert.Equal(("3x8 of 3", 4L * (72 + 24 + 72)), (report.Extents, report.Bytes));

        var halo = new HaloShape { Images = "b", Height = 4, Width = 5, Channels = 2, Top = 1, Bottom = 1, Left = 2 };
        report = Of(new HaloKernel("x.Halo", ["x"], halo), ("x", 1000));
        Assert.Equal(4 * 3 * ((6 * 7) - 20) * 2, report.Bytes);
    }

    [Fact]
    public void Updates_pass_their_arrays_several_times()
    {
        using var memory = new FlatMemory(states: 2, threads: 1, (100, true), (30, false));
        var optimizer = new Adam(0.1f) { ClipNorm = 1 };
        IReadOnlyList<Launch> launches = optimizer.StepLaunches(memory);
        IEnumerable<Launch> updates = launches.Where(static l => l.Kernel.Name == "Adam");
        long[] bytes = [.. updates.Select(static l => LaunchReport.Of(l).Bytes)];

        // Parameters, both means: read and written; gradients: read. Lengths are padded to 16 floats.
        Assert.Equal([4L * 7 * 112, 4L * 7 * 32], bytes);
        Assert.Equal(["Squares", "GradientNorm", "Adam", "Adam"], launches.Select(static l => l.Kernel.Name));
    }

    /// <summary>To 10×8 pixels, from 2 channels to 6.</summary>
    private static ConvolveKernel<Tile6x2, Tile6x2, PixelBody> Convolution(
        int stride, int taps, int dilation, bool transposed) => new("conv", ["x", "weights", "y"], new ConvolveShape
        {
            Images = "b",
            Height = 10,
            Width = 8,
            InChannels = 2,
            OutChannels = 6,
            KernelHeight = taps,
            KernelWidth = taps,
            StrideY = stride,
            StrideX = stride,
            DilationY = dilation,
            DilationX = dilation,
            Transposed = transposed,
            ImagePitch = 1000,
            RowPitch = 40,
        });

    /// <summary>The report of a launch; without lengths every buffer is longer than the launch reaches.</summary>
    private static LaunchReport Of(Kernel kernel, params (string Name, long Length)[] buffers)
    {
        Launch launch = kernel.Prepare();
        launch.Resize(s_sizes);
        Dictionary<string, long> lengths = buffers.ToDictionary(static b => b.Name, static b => b.Length);
        return LaunchReport.Of(launch, name => lengths.Count == 0 ? 1_000_000 : lengths[name]);
    }
}
