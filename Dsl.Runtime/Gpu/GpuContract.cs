using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Contract kernel knows.</summary>
internal struct ContractGeometry
{
    internal TileWalk Walk;
    internal int Terms;
    internal int Rows;
    internal int Columns;
    internal int RowTiles;
    internal int ColumnTiles;
    internal int ABatch;
    internal int ARow;
    internal int BBatch;

    /// <summary>Blocks, in each slice.</summary>
    internal int Blocks;
    internal int Slices;
    internal int SliceTerms;
    internal int Working;
}

/// <summary>The Contract skeleton: one group per block of a product, whatever the strides.</summary>
internal static class GpuContract
{
    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, ContractGeometry g)
        where TBody : struct, IContractBody
    {
        var shared = SharedMemory.Allocate<Quad>(GpuTile.SharedQuads);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuTile.Side;
        int batch = tile / g.RowTiles;
        int row0 = (tile - (batch * g.RowTiles)) * GpuTile.Side;

        bool alongRows = AlongRows(g);
        var rows = Rows(slots, g, batch, row0 + GpuTile.FetchRow(alongRows), GpuTile.Depth);
        var columns = GpuColumns.Clamped(
            slots.A1 + (batch * g.BBatch), column0 + GpuTile.FetchColumn(), GpuTile.Depth, g.Columns);

        var sums = GpuTile.Share(
            shared, GpuTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, alongRows, 0, g.Terms));
        Finish<TBody>(memory, slots, g, sums, batch, row0, column0);
    }

    /// <summary>The same with wide blocks.</summary>
    internal static void RunWide<TBody>(ArrayView<float> memory, Slots slots, ContractGeometry g)
        where TBody : struct, IContractBody
    {
        var shared = SharedMemory.Allocate<Quad>(GpuWideTile.SharedQuads);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuWideTile.Side;
        int batch = tile / g.RowTiles;
        int row0 = (tile - (batch * g.RowTiles)) * GpuWideTile.Side;

        bool alongRows = AlongRows(g);
        var rows = Rows(slots, g, batch, row0 + GpuWideTile.FetchRow(alongRows), 32);
        var columns = GpuColumns.Clamped(
            slots.A1 + (batch * g.BBatch), column0 + GpuWideTile.FetchColumn(), 32, g.Columns);

        var sums = GpuWideTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, alongRows, g.Terms);
        for (int quarter = 0; quarter < 4; quarter++)
        {
            Group.Barrier();
            Finish<TBody>(
                memory, slots, g, GpuTile.Share(shared, sums.Quarter(quarter)), batch,
                row0 + ((quarter >> 1) * GpuTile.Side), column0 + ((quarter & 1) * GpuTile.Side));
        }
    }

    /// <summary>The partial sums of a block in one slice.</summary>
    internal static void RunSlice(ArrayView<float> memory, Slots slots, ContractGeometry g)
    {
        var shared = SharedMemory.Allocate<Quad>(GpuTile.SharedQuads);
        int slice = Grid.IdxX / g.Blocks;
        int block = Grid.IdxX - (slice * g.Blocks);
        int tile = block / g.ColumnTiles;
        int column0 = (block - (tile * g.ColumnTiles)) * GpuTile.Side;
        int batch = tile / g.RowTiles;
        int row0 = (tile - (batch * g.RowTiles)) * GpuTile.Side;
        int from = slice * g.SliceTerms;
        int to = IntrinsicMath.Min(from + g.SliceTerms, g.Terms);

        bool alongRows = AlongRows(g);
        var rows = Rows(slots, g, batch, row0 + GpuTile.FetchRow(alongRows), GpuTile.Depth);
        var columns = GpuColumns.Clamped(
            slots.A1 + (batch * g.BBatch), column0 + GpuTile.FetchColumn(), GpuTile.Depth, g.Columns);
        var sums = GpuTile.Share(
            shared, GpuTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, alongRows, from, to));
        GpuTile.Keep(memory, g.Working, sums);
    }

    /// <summary>Adds the slices of a block.</summary>
    internal static void Merge<TBody>(ArrayView<float> memory, Slots slots, ContractGeometry g)
        where TBody : struct, IContractBody
    {
        var shared = SharedMemory.Allocate<float>(GpuTile.Side * GpuTile.Side);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * GpuTile.Side;
        int batch = tile / g.RowTiles;
        int row0 = (tile - (batch * g.RowTiles)) * GpuTile.Side;
        GpuTile.Merge(memory, g.Working, g.Blocks, g.Slices, shared);
        Finish<TBody>(memory, slots, g, shared, batch, row0, column0);
    }

    private static bool AlongRows(in ContractGeometry g) => g.ARow == 1 & g.Walk.ADepth != 1;

    // Where the thread's four rows begin; rows beyond the last fetch the last, and nobody takes their sums.
    private static IntQuad Rows(in Slots slots, in ContractGeometry g, int batch, int row, int apart)
    {
        int a = slots.A0 + (batch * g.ABatch);
        int last = g.Rows - 1;
        IntQuad rows;
        rows.X = a + (IntrinsicMath.Min(row, last) * g.ARow);
        rows.Y = a + (IntrinsicMath.Min(row + apart, last) * g.ARow);
        rows.Z = a + (IntrinsicMath.Min(row + (2 * apart), last) * g.ARow);
        rows.W = a + (IntrinsicMath.Min(row + (3 * apart), last) * g.ARow);
        return rows;
    }

    private static void Finish<TBody>(
        ArrayView<float> memory,
        in Slots slots,
        in ContractGeometry g,
        ArrayView<float> sums,
        int batch,
        int row0,
        int column0)
        where TBody : struct, IContractBody
    {
        var m = new GpuMemory(memory);
        for (int e = Group.IdxX; e < GpuTile.Side * GpuTile.Side; e += GpuKernels.MaxThreads)
        {
            int r = row0 + (e / GpuTile.Side);
            int c = column0 + (e % GpuTile.Side);
            if (r < g.Rows & c < g.Columns)
            {
                TBody.Run<GpuFloat, GpuInt, GpuMask, GpuMemory>(m, slots, new GpuFloat(sums[e]), batch, r, c);
            }
        }
    }
}

/// <summary>A Contract launch with its kernel.</summary>
/// <typeparam name="TWide">A host register tile, ignored.</typeparam>
/// <typeparam name="TNarrow">A host register tile, ignored.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuContractLaunch<TWide, TNarrow, TBody> : GpuLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    private readonly ContractLaunch<TWide, TNarrow, TBody> _launch;
    private readonly GpuKernel<ContractGeometry> _kernel;
    private readonly LazyKernel<ContractGeometry> _wide;
    private readonly LazyKernel<ContractGeometry> _slice;
    private readonly LazyKernel<ContractGeometry> _merge;

    internal GpuContractLaunch(ContractLaunch<TWide, TNarrow, TBody> launch, GpuKernels kernels)
    {
        _launch = launch;
        _kernel = kernels.Load<ContractGeometry>(GpuContract.Run<TBody>);

        _wide = new(kernels, GpuContract.RunWide<TBody>);
        _slice = new(kernels, GpuContract.RunSlice);
        _merge = new(kernels, GpuContract.Merge<TBody>);
    }

    private bool IsWide => GpuWideTile.Fits(_launch.Batch, _launch.Rows, _launch.Columns);

    internal override long Prepare()
    {
        var geometry = Geometry();
        if (geometry.Slices > 1)
        {
            _ = _slice.Value;
            _ = _merge.Value;
            return (long)geometry.Slices * geometry.Blocks * GpuTile.Side * GpuTile.Side;
        }

        _ = IsWide ? _wide.Value : null;
        return 0;
    }

    internal override void LoadAll()
    {
        _ = _wide.Value;
        _ = _slice.Value;
        _ = _merge.Value;
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var geometry = Geometry();
        if (geometry.Slices > 1)
        {
            long slices = (long)geometry.Slices * geometry.Blocks;
            _slice.Value.Launch(stream, memory, _launch.Slots, geometry, slices, GpuKernels.MaxThreads);
            _merge.Value.Launch(stream, memory, _launch.Slots, geometry, geometry.Blocks, GpuKernels.MaxThreads);
            return;
        }

        var kernel = IsWide ? _wide.Value : _kernel;
        kernel.Launch(stream, memory, _launch.Slots, geometry, geometry.Blocks, GpuKernels.MaxThreads);
    }

    private ContractGeometry Geometry()
    {
        var launch = _launch;
        bool wide = IsWide;
        var walk = new TileWalk
        {
            Depth = launch.Depth,
            Middle = launch.Middle,
            Outer = launch.Outer,
            ADepth = launch.ADepth,
            AMiddle = launch.AMiddle,
            AOuter = launch.AOuter,
            BDepth = launch.BDepth,
            BMiddle = launch.BMiddle,
            BOuter = launch.BOuter,
        };
        int rowTiles = wide ? GpuWideTile.Tiles(launch.Rows) : GpuColumns.Tiles(launch.Rows);
        int columnTiles = wide ? GpuWideTile.Tiles(launch.Columns) : GpuColumns.Tiles(launch.Columns);
        int blocks = checked(launch.Batch * rowTiles * columnTiles);
        var slices = GpuTile.Slices(wide, blocks, walk.Length);
        return new ContractGeometry
        {
            Walk = walk.Collapsed(),
            Terms = walk.Length,
            Rows = launch.Rows,
            Columns = launch.Columns,
            RowTiles = rowTiles,
            ColumnTiles = columnTiles,
            ABatch = launch.ABatch,
            ARow = launch.ARow,
            BBatch = launch.BBatch,
            Blocks = blocks,
            Slices = slices.Count,
            SliceTerms = slices.Length,
            Working = Working,
        };
    }
}
