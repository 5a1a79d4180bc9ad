using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Convolve kernels know: one phase of a convolution as a product, rows being pixels.</summary>
internal struct ConvolveGeometry
{
    internal TileWalk Walk;
    internal int Terms;
    internal int Pixels;
    internal int OutChannels;
    internal int RowTiles;
    internal int ColumnTiles;
    internal GpuDivisor ImagePixels;
    internal GpuDivisor RowPixels;
    internal GpuDivisor AllChannels;
    internal int YStart;
    internal int YStep;
    internal int XStart;
    internal int XStep;
    internal int Source;
    internal int SourceImage;
    internal int SourceY;
    internal int SourceX;
    internal int SourceGroup;
    internal int Weights;
    internal int WeightsGroup;

    /// <summary>Blocks, in each slice.</summary>
    internal int Blocks;
    internal int Slices;
    internal int SliceTerms;
    internal int Working;
}

/// <summary>A pixel of the domain, and where its first term begins in the source.</summary>
internal struct ConvolvePixel
{
    internal int Image;
    internal int Y;
    internal int X;
    internal int Source;

    internal ConvolvePixel(in ConvolveGeometry g, int source, int index)
    {
        Image = g.ImagePixels.Divide(index);
        int inImage = index - (Image * g.ImagePixels.Value);
        int y = g.RowPixels.Divide(inImage);
        int x = inImage - (y * g.RowPixels.Value);
        Y = g.YStart + (y * g.YStep);
        X = g.XStart + (x * g.XStep);
        Source = source + g.Source + (Image * g.SourceImage) + (y * g.SourceY) + (x * g.SourceX);
    }
}

/// <summary>
/// The Convolve skeleton as an implicit product: rows are pixels, columns output channels, the summed index (tap row,
/// tap column, channel). Nothing is tested: the source's halo holds the zeros.
/// </summary>
internal static class GpuConvolve
{
    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, ConvolveGeometry g)
        where TBody : struct, IConvolveBody
    {
        var shared = SharedMemory.Allocate<Quad>(GpuTile.SharedQuads);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuTile.Side;
        int group = tile / g.RowTiles;
        int row0 = (tile - (group * g.RowTiles)) * GpuTile.Side;

        var rows = Rows(slots, g, group, row0 + GpuTile.FetchRow(false), GpuTile.Depth);
        var columns = Columns(slots, g, group, column0 + GpuTile.FetchColumn(), GpuTile.Depth);

        var sums = GpuTile.Share(
            shared, GpuTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, false, 0, g.Terms));
        Finish<TBody>(memory, slots, g, sums, group, row0, column0);
    }

    /// <summary>The same with wide blocks.</summary>
    internal static void RunWide<TBody>(ArrayView<float> memory, Slots slots, ConvolveGeometry g)
        where TBody : struct, IConvolveBody
    {
        var shared = SharedMemory.Allocate<Quad>(GpuWideTile.SharedQuads);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuWideTile.Side;
        int group = tile / g.RowTiles;
        int row0 = (tile - (group * g.RowTiles)) * GpuWideTile.Side;

        var rows = Rows(slots, g, group, row0 + GpuWideTile.FetchRow(false), 32);
        var columns = Columns(slots, g, group, column0 + GpuWideTile.FetchColumn(), 32);

        var sums = GpuWideTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, false, g.Terms);
        for (int quarter = 0; quarter < 4; quarter++)
        {
            Group.Barrier();
            Finish<TBody>(
                memory, slots, g, GpuTile.Share(shared, sums.Quarter(quarter)), group,
                row0 + ((quarter >> 1) * GpuTile.Side), column0 + ((quarter & 1) * GpuTile.Side));
        }
    }

    /// <summary>The partial sums of a block in one slice.</summary>
    internal static void RunSlice(ArrayView<float> memory, Slots slots, ConvolveGeometry g)
    {
        var shared = SharedMemory.Allocate<Quad>(GpuTile.SharedQuads);
        int slice = Grid.IdxX / g.Blocks;
        int block = Grid.IdxX - (slice * g.Blocks);
        int tile = block / g.ColumnTiles;
        int column0 = (block - (tile * g.ColumnTiles)) * GpuTile.Side;
        int group = tile / g.RowTiles;
        int row0 = (tile - (group * g.RowTiles)) * GpuTile.Side;
        int from = slice * g.SliceTerms;
        int to = IntrinsicMath.Min(from + g.SliceTerms, g.Terms);

        var rows = Rows(slots, g, group, row0 + GpuTile.FetchRow(false), GpuTile.Depth);
        var columns = Columns(slots, g, group, column0 + GpuTile.FetchColumn(), GpuTile.Depth);
        var sums = GpuTile.Share(
            shared, GpuTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, false, from, to));
        GpuTile.Keep(memory, g.Working, sums);
    }

    /// <summary>Adds the slices of a block.</summary>
    internal static void Merge<TBody>(ArrayView<float> memory, Slots slots, ConvolveGeometry g)
        where TBody : struct, IConvolveBody
    {
        var shared = SharedMemory.Allocate<float>(GpuTile.Side * GpuTile.Side);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuTile.Side;
        int group = tile / g.RowTiles;
        int row0 = (tile - (group * g.RowTiles)) * GpuTile.Side;
        GpuTile.Merge(memory, g.Working, g.Blocks, g.Slices, shared);
        Finish<TBody>(memory, slots, g, shared, group, row0, column0);
    }

    /// <summary>One thread per pixel and channel, for groups with so few channels that a block would be mostly empty:
    /// depthwise convolutions. Neighbouring threads take neighbouring channels.</summary>
    internal static void RunThin<TBody>(ArrayView<float> memory, Slots slots, ConvolveGeometry g)
        where TBody : struct, IConvolveBody
    {
        int item = GpuLaunch.Item;
        int index = g.AllChannels.Divide(item);
        if (index < g.Pixels)
        {
            int channel = item - (index * g.AllChannels.Value);
            int group = channel / g.OutChannels;
            var p = new ConvolvePixel(g, slots.A0 + (group * g.SourceGroup), index);
            int weights = slots.A1 + g.Weights + (group * g.WeightsGroup) + (channel - (group * g.OutChannels));
            float sum = 0f;
            for (int outer = 0; outer < g.Walk.Outer; outer++)
            {
                for (int middle = 0; middle < g.Walk.Middle; middle++)
                {
                    int a = p.Source + (outer * g.Walk.AOuter) + (middle * g.Walk.AMiddle);
                    int b = weights + (outer * g.Walk.BOuter) + (middle * g.Walk.BMiddle);
                    for (int depth = 0; depth < g.Walk.Depth; depth++)
                    {
                        sum += memory[a + (depth * g.Walk.ADepth)] * memory[b + (depth * g.Walk.BDepth)];
                    }
                }
            }

            TBody.Run<GpuFloat, GpuInt, GpuMask, GpuMemory>(
                new GpuMemory(memory), slots, new GpuFloat(sum), p.Image, p.Y, p.X, channel);
        }
    }

    // Where the thread's four pixels begin; pixels beyond the last fetch the last, and nobody takes their sums.
    private static IntQuad Rows(in Slots slots, in ConvolveGeometry g, int group, int row, int apart)
    {
        int source = slots.A0 + (group * g.SourceGroup);
        int last = g.Pixels - 1;
        IntQuad rows;
        rows.X = new ConvolvePixel(g, source, IntrinsicMath.Min(row, last)).Source;
        rows.Y = new ConvolvePixel(g, source, IntrinsicMath.Min(row + apart, last)).Source;
        rows.Z = new ConvolvePixel(g, source, IntrinsicMath.Min(row + (2 * apart), last)).Source;
        rows.W = new ConvolvePixel(g, source, IntrinsicMath.Min(row + (3 * apart), last)).Source;
        return rows;
    }

    private static IntQuad Columns(in Slots slots, in ConvolveGeometry g, int group, int column, int apart) =>
        GpuColumns.Clamped(slots.A1 + g.Weights + (group * g.WeightsGroup), column, apart, g.OutChannels);

    private static void Finish<TBody>(
        ArrayView<float> memory,
        in Slots slots,
        in ConvolveGeometry g,
        ArrayView<float> sums,
        int group,
        int row0,
        int column0)
        where TBody : struct, IConvolveBody
    {
        var m = new GpuMemory(memory);
        for (int e = Group.IdxX; e < GpuTile.Side * GpuTile.Side; e += GpuKernels.MaxThreads)
        {
            int r = row0 + (e / GpuTile.Side);
            int c = column0 + (e % GpuTile.Side);
            if (r < g.Pixels & c < g.OutChannels)
            {
                var p = new ConvolvePixel(g, 0, r);
                TBody.Run<GpuFloat, GpuInt, GpuMask, GpuMemory>(
                    m, slots, new GpuFloat(sums[e]), p.Image, p.Y, p.X, (group * g.OutChannels) + c);
            }
        }
    }

    /// <summary>Whether a shape's groups are too thin for blocks.</summary>
    internal static bool IsThin(ConvolveShape s) => s.Groups > 1 && s.OutChannels < 16;
}

/// <summary>A Convolve launch with its kernel.</summary>
/// <typeparam name="TWide">A host register tile, ignored.</typeparam>
/// <typeparam name="TNarrow">A host register tile, ignored.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuConvolveLaunch<TWide, TNarrow, TBody> : GpuLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IConvolveBody
{
    private readonly ConvolveLaunch<TWide, TNarrow, TBody> _launch;
    private readonly (ConvolvePhase Y, ConvolvePhase X)[] _phases;
    private readonly bool _thin;
    private readonly GpuKernel<ConvolveGeometry> _kernel;
    private readonly LazyKernel<ConvolveGeometry> _wide;
    private readonly LazyKernel<ConvolveGeometry> _slice;
    private readonly LazyKernel<ConvolveGeometry> _merge;

    internal GpuConvolveLaunch(ConvolveLaunch<TWide, TNarrow, TBody> launch, GpuKernels kernels)
    {
        _launch = launch;
        _phases = ConvolvePhase.All(launch.Shape);
        _thin = GpuConvolve.IsThin(launch.Shape);
        _kernel = _thin
            ? kernels.Load<ConvolveGeometry>(GpuConvolve.RunThin<TBody>)
            : kernels.Load<ConvolveGeometry>(GpuConvolve.Run<TBody>);
        _wide = new(kernels, GpuConvolve.RunWide<TBody>);
        _slice = new(kernels, GpuConvolve.RunSlice);
        _merge = new(kernels, GpuConvolve.Merge<TBody>);
    }

    internal override long Prepare()
    {
        long working = 0;
        foreach (var (y, x) in _phases)
        {
            var geometry = Geometry(y, x);
            if (geometry.Slices > 1)
            {
                _ = _slice.Value;
                _ = _merge.Value;
                working = Math.Max(
                    working, (long)geometry.Slices * geometry.Blocks * GpuTile.Side * GpuTile.Side);
            }
            else if (geometry.Pixels > 0 && IsWide(geometry.Pixels))
            {
                _ = _wide.Value;
            }
        }

        return working;
    }

    internal override void LoadAll()
    {
        if (!_thin)
        {
            _ = _wide.Value;
            _ = _slice.Value;
            _ = _merge.Value;
        }
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        foreach (var (y, x) in _phases)
        {
            var geometry = Geometry(y, x);
            if (geometry.Pixels == 0)
            {
                continue;
            }

            if (_thin)
            {
                long items = (long)geometry.Pixels * geometry.AllChannels.Value;
                _kernel.Launch(stream, memory, _launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
                continue;
            }

            if (geometry.Slices > 1)
            {
                long slices = (long)geometry.Slices * geometry.Blocks;
                _slice.Value.Launch(stream, memory, _launch.Slots, geometry, slices, GpuKernels.MaxThreads);
                _merge.Value.Launch(stream, memory, _launch.Slots, geometry, geometry.Blocks, GpuKernels.MaxThreads);
                continue;
            }

            var kernel = IsWide(geometry.Pixels) ? _wide.Value : _kernel;
            kernel.Launch(stream, memory, _launch.Slots, geometry, geometry.Blocks, GpuKernels.MaxThreads);
        }
    }

    private bool IsWide(int pixels) =>
        !_thin && GpuWideTile.Fits(_launch.Shape.Groups, pixels, _launch.Shape.OutChannels);

    private ConvolveGeometry Geometry(in ConvolvePhase y, in ConvolvePhase x)
    {
        var s = _launch.Shape;
        int height = y.Pixels(_launch.Height);
        int width = x.Pixels(_launch.Width);
        int pixels = checked(_launch.Images * height * width);
        if (pixels == 0)
        {
            return default;
        }

        int pixel = s.Pixel;
        int tapWeights = s.InChannels * s.OutChannels;
        var walk = new TileWalk
        {
            Depth = s.InChannels,
            Middle = x.Taps,
            Outer = y.Taps,
            ADepth = 1,
            AMiddle = x.SourceTap * pixel,
            AOuter = y.SourceTap * _launch.RowPitch,
            BDepth = s.OutChannels,
            BMiddle = x.TapStep * tapWeights,
            BOuter = y.TapStep * s.KernelWidth * tapWeights,
        };
        bool wide = IsWide(pixels);
        int rowTiles = wide ? GpuWideTile.Tiles(pixels) : GpuColumns.Tiles(pixels);
        int columnTiles = wide ? GpuWideTile.Tiles(s.OutChannels) : GpuColumns.Tiles(s.OutChannels);
        int blocks = checked(s.Groups * rowTiles * columnTiles);
        var slices = _thin ? new GpuSlices(1, walk.Length) : GpuTile.Slices(wide, blocks, walk.Length);
        return new ConvolveGeometry
        {
            // The thin kernel needs no carries, and with no taps it must not get a walk of one term.
            Walk = _thin ? walk : walk.Collapsed(),
            Terms = walk.Length,
            Pixels = pixels,
            OutChannels = s.OutChannels,
            RowTiles = rowTiles,
            ColumnTiles = columnTiles,
            ImagePixels = new GpuDivisor(height * width),
            RowPixels = new GpuDivisor(width),
            AllChannels = new GpuDivisor(s.Groups * s.OutChannels),
            YStart = y.Start,
            YStep = y.Step,
            XStart = x.Start,
            XStep = x.Step,
            Source = (y.SourceStart * _launch.RowPitch) + (x.SourceStart * pixel),
            SourceImage = _launch.ImagePitch,
            SourceY = y.SourceStep * _launch.RowPitch,
            SourceX = x.SourceStep * pixel,
            SourceGroup = s.InChannels,
            Weights = ((y.First * s.KernelWidth) + x.First) * tapWeights,
            WeightsGroup = s.KernelHeight * s.KernelWidth * tapWeights,
            Blocks = blocks,
            Slices = slices.Count,
            SliceTerms = slices.Length,
            Working = Working,
        };
    }
}
