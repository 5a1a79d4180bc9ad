using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the ConvolveWeights kernels know.</summary>
internal struct ConvolveWeightsGeometry
{
    internal TileWalk Walk;
    internal int Terms;
    internal int SliceTerms;
    internal int Slices;
    internal int Groups;
    internal int Rows;
    internal int InChannels;
    internal int OutChannels;
    internal int KernelWidth;
    internal int RowTiles;
    internal int ColumnTiles;
    internal int Source;
    internal int SourceTapY;
    internal int SourceTapX;
    internal int Scratch;

    /// <summary>Where row (tap, channel) begins in the source.</summary>
    internal readonly int Row(int source, int row)
    {
        int tap = row / InChannels;
        int u = tap / KernelWidth;
        int v = tap - (u * KernelWidth);
        return source + Source + (u * SourceTapY) + (v * SourceTapX) + (row - (tap * InChannels));
    }
}

/// <summary>
/// The ConvolveWeights skeleton: rows are (tap, input channel), columns output channels, the summed index is (image,
/// row of pixels, pixel). Weights are few and pixels many, so the sum is cut into slices (<see cref="GpuSlices"/>).
/// </summary>
internal static class GpuConvolveWeights
{
    /// <summary>Partial sums of one slice for a block of weights.</summary>
    internal static void Run(ArrayView<float> memory, Slots slots, ConvolveWeightsGeometry g)
    {
        var shared = SharedMemory.Allocate<Quad>(GpuTile.SharedQuads);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuTile.Side;
        int part = tile / g.RowTiles;
        int row0 = (tile - (part * g.RowTiles)) * GpuTile.Side;
        int slice = part / g.Groups;
        int group = part - (slice * g.Groups);
        int from = slice * g.SliceTerms;
        int to = IntrinsicMath.Min(from + g.SliceTerms, g.Terms);

        // Neighbouring rows are neighbouring channels of the source.
        int source = slots.A0 + (group * g.InChannels);
        int row = row0 + GpuTile.FetchRow(true);
        int lastRow = g.Rows - 1;
        IntQuad rows;
        rows.X = g.Row(source, IntrinsicMath.Min(row, lastRow));
        rows.Y = g.Row(source, IntrinsicMath.Min(row + 16, lastRow));
        rows.Z = g.Row(source, IntrinsicMath.Min(row + 32, lastRow));
        rows.W = g.Row(source, IntrinsicMath.Min(row + 48, lastRow));
        var columns = GpuColumns.Clamped(
            slots.A1 + (group * g.OutChannels), column0 + GpuTile.FetchColumn(), GpuTile.Depth, g.OutChannels);

        var sums = GpuTile.Share(
            shared, GpuTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, true, from, to));
        int scratch = g.Scratch + (part * g.Rows * g.OutChannels);
        for (int e = Group.IdxX; e < GpuTile.Side * GpuTile.Side; e += GpuKernels.MaxThreads)
        {
            int r = row0 + (e / GpuTile.Side);
            int c = column0 + (e % GpuTile.Side);
            if (r < g.Rows & c < g.OutChannels)
            {
                memory[scratch + (r * g.OutChannels) + c] = sums[e];
            }
        }
    }

    /// <summary>One thread per weight and slice, for groups with few channels (see <see cref="GpuConvolve.RunThin"/>).
    /// Neighbouring threads take neighbouring channels of the gradient.</summary>
    internal static void RunThin(ArrayView<float> memory, Slots slots, ConvolveWeightsGeometry g)
    {
        int item = GpuLaunch.Item;
        int channels = g.Groups * g.OutChannels;
        int line = item / channels;
        int channel = item - (line * channels);
        int slice = line / g.Rows;
        if (slice < g.Slices)
        {
            int row = line - (slice * g.Rows);
            int group = channel / g.OutChannels;
            int column = channel - (group * g.OutChannels);
            int from = slice * g.SliceTerms;
            int to = IntrinsicMath.Min(from + g.SliceTerms, g.Terms);
            int a = g.Row(slots.A0 + (group * g.InChannels), row);
            int b = slots.A1 + channel;
            float sum = 0f;
            var cursor = new TileCursor(g.Walk, from);
            for (int term = from; term < to; term++)
            {
                int aAt = a + (cursor.Outer * g.Walk.AOuter) + (cursor.Middle * g.Walk.AMiddle)
                    + (cursor.Step * g.Walk.ADepth);
                int bAt = b + (cursor.Outer * g.Walk.BOuter) + (cursor.Middle * g.Walk.BMiddle)
                    + (cursor.Step * g.Walk.BDepth);
                sum += memory[aAt] * memory[bAt];
                cursor = TileCursor.Next(cursor, g.Walk, 1);
            }

            int part = (slice * g.Groups) + group;
            memory[g.Scratch + (((part * g.Rows) + row) * g.OutChannels) + column] = sum;
        }
    }

    /// <summary>One thread per weight: adds its slices in order and hands the sum to the body.</summary>
    internal static void Merge<TBody>(ArrayView<float> memory, Slots slots, ConvolveWeightsGeometry g)
        where TBody : struct, IContractBody
    {
        int item = GpuLaunch.Item;
        int weights = g.Groups * g.Rows * g.OutChannels;
        if (item < weights)
        {
            float sum = 0f;
            for (int slice = 0; slice < g.Slices; slice++)
            {
                sum += memory[g.Scratch + (slice * weights) + item];
            }

            int line = item / g.OutChannels;
            int group = line / g.Rows;
            TBody.Run<GpuFloat, GpuInt, GpuMask, GpuMemory>(
                new GpuMemory(memory), slots, new GpuFloat(sum), group, line - (group * g.Rows),
                item - (line * g.OutChannels));
        }
    }
}

/// <summary>A ConvolveWeights launch with its kernels.</summary>
/// <typeparam name="TWide">A host register tile, ignored.</typeparam>
/// <typeparam name="TNarrow">A host register tile, ignored.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuConvolveWeightsLaunch<TWide, TNarrow, TBody> : GpuLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    private readonly ConvolveWeightsLaunch<TWide, TNarrow, TBody> _launch;
    private readonly bool _thin;
    private readonly GpuKernel<ConvolveWeightsGeometry> _kernel;
    private readonly GpuKernel<ConvolveWeightsGeometry> _merge;

    internal GpuConvolveWeightsLaunch(ConvolveWeightsLaunch<TWide, TNarrow, TBody> launch, GpuKernels kernels)
    {
        _launch = launch;
        _thin = GpuConvolve.IsThin(launch.Shape);
        _kernel = kernels.Load<ConvolveWeightsGeometry>(_thin ? GpuConvolveWeights.RunThin : GpuConvolveWeights.Run);
        _merge = kernels.Load<ConvolveWeightsGeometry>(GpuConvolveWeights.Merge<TBody>);
    }

    internal override long Prepare()
    {
        var g = Geometry();
        return (long)g.Slices * g.Groups * g.Rows * g.OutChannels;
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = Geometry();
        long weights = (long)g.Groups * g.Rows * g.OutChannels;
        long groups = _thin
            ? Groups(g.Slices * weights)
            : (long)g.Slices * g.Groups * g.RowTiles * g.ColumnTiles;
        _kernel.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
        _merge.Launch(stream, memory, _launch.Slots, g, Groups(weights), GpuKernels.MaxThreads);
    }

    private ConvolveWeightsGeometry Geometry()
    {
        var s = _launch.Shape;
        int pixel = s.Pixel;
        int rows = s.KernelHeight * s.KernelWidth * s.InChannels;
        var walk = new TileWalk
        {
            Depth = _launch.Width,
            Middle = _launch.Height,
            Outer = _launch.Images,
            ADepth = s.StrideX * pixel,
            AMiddle = s.StrideY * _launch.RowPitch,
            AOuter = _launch.ImagePitch,
            BDepth = _launch.GradientPixel,
            BMiddle = _launch.GradientRowPitch,
            BOuter = _launch.GradientImagePitch,
        };
        int rowTiles = GpuColumns.Tiles(rows);
        int columnTiles = GpuColumns.Tiles(s.OutChannels);
        long weights = (long)s.Groups * rows * s.OutChannels;
        var slices = _thin
            ? GpuSlices.Of(Groups(weights), walk.Length, fewest: 64)
            : GpuSlices.Of((long)s.Groups * rowTiles * columnTiles, walk.Length, fewest: 128, GpuTile.Depth);
        return new ConvolveWeightsGeometry
        {
            Walk = walk.Collapsed(),
            Terms = walk.Length,
            SliceTerms = slices.Length,
            Slices = slices.Count,
            Groups = s.Groups,
            Rows = rows,
            InChannels = s.InChannels,
            OutChannels = s.OutChannels,
            KernelWidth = s.KernelWidth,
            RowTiles = rowTiles,
            ColumnTiles = columnTiles,
            Source = -(s.PaddingY * _launch.RowPitch) - (s.PaddingX * pixel),
            SourceTapY = s.DilationY * _launch.RowPitch,
            SourceTapX = s.DilationX * pixel,
            Scratch = Working,
        };
    }
}
