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
    private readonly GpuKernel<ContractGeometry>? _wide;

    internal GpuContractLaunch(ContractLaunch<TWide, TNarrow, TBody> launch, GpuKernels kernels)
    {
        _launch = launch;
        _kernel = kernels.Load<ContractGeometry>(GpuContract.Run<TBody>);

        // Columns are features, which do not grow from run to run (0: not evaluated yet); rows may be a batch.
        _wide = launch.Columns is 0 or >= GpuWideTile.Side
            ? kernels.Load<ContractGeometry>(GpuContract.RunWide<TBody>)
            : null;
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var launch = _launch;
        bool wide = _wide is not null && GpuWideTile.Fits(launch.Batch, launch.Rows, launch.Columns);
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
        var geometry = new ContractGeometry
        {
            Walk = walk.Collapsed(),
            Terms = walk.Length,
            Rows = launch.Rows,
            Columns = launch.Columns,
            RowTiles = wide ? GpuWideTile.Tiles(launch.Rows) : GpuColumns.Tiles(launch.Rows),
            ColumnTiles = wide ? GpuWideTile.Tiles(launch.Columns) : GpuColumns.Tiles(launch.Columns),
            ABatch = launch.ABatch,
            ARow = launch.ARow,
            BBatch = launch.BBatch,
        };
        long groups = (long)launch.Batch * geometry.RowTiles * geometry.ColumnTiles;
        var kernel = wide ? _wide! : _kernel;
        kernel.Launch(stream, memory, launch.Slots, geometry, groups, GpuKernels.MaxThreads);
    }
}
