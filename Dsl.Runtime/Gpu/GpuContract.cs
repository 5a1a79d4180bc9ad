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

/// <summary>The Contract skeleton: one group per 64 × 64 block of a product, whatever the strides.</summary>
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

        bool alongRows = g.ARow == 1 & g.Walk.ADepth != 1;
        int row = row0 + GpuTile.FetchRow(alongRows);
        int a = slots.A0 + (batch * g.ABatch);
        int lastRow = g.Rows - 1;
        IntQuad rows;
        rows.X = a + (IntrinsicMath.Min(row, lastRow) * g.ARow);
        rows.Y = a + (IntrinsicMath.Min(row + 16, lastRow) * g.ARow);
        rows.Z = a + (IntrinsicMath.Min(row + 32, lastRow) * g.ARow);
        rows.W = a + (IntrinsicMath.Min(row + 48, lastRow) * g.ARow);
        var columns = GpuColumns.Clamped(slots.A1 + (batch * g.BBatch), column0, g.Columns);

        var sums = GpuTile.Share(
            shared, GpuTile.Sum(memory, shared, g.Walk, slots.A0, rows, columns, alongRows, 0, g.Terms));
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

/// <summary>The columns of a block as one thread fetches them.</summary>
internal static class GpuColumns
{
    /// <summary>Where the thread's four columns begin; columns beyond the last fetch the last, and nobody takes their sums.</summary>
    internal static IntQuad Clamped(int at, int column0, int count)
    {
        int column = column0 + GpuTile.FetchColumn();
        int last = count - 1;
        IntQuad columns;
        columns.X = at + IntrinsicMath.Min(column, last);
        columns.Y = at + IntrinsicMath.Min(column + 16, last);
        columns.Z = at + IntrinsicMath.Min(column + 32, last);
        columns.W = at + IntrinsicMath.Min(column + 48, last);
        return columns;
    }

    /// <summary>Blocks that cover <paramref name="extent"/> rows or columns.</summary>
    internal static int Tiles(int extent) => (int)(((long)extent + GpuTile.Side - 1) / GpuTile.Side);
}

/// <summary>A Contract launch with its kernel.</summary>
/// <typeparam name="TWide">A host register tile, ignored.</typeparam>
/// <typeparam name="TNarrow">A host register tile, ignored.</typeparam>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuContractLaunch<TWide, TNarrow, TBody>(
    ContractLaunch<TWide, TNarrow, TBody> launch, GpuKernels kernels) : GpuLaunch
    where TWide : struct, ITile
    where TNarrow : struct, ITile
    where TBody : struct, IContractBody
{
    private readonly GpuKernel<ContractGeometry> _kernel = kernels.Load<ContractGeometry>(GpuContract.Run<TBody>);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
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
            RowTiles = GpuColumns.Tiles(launch.Rows),
            ColumnTiles = GpuColumns.Tiles(launch.Columns),
            ABatch = launch.ABatch,
            ARow = launch.ARow,
            BBatch = launch.BBatch,
        };
        long groups = (long)launch.Batch * geometry.RowTiles * geometry.ColumnTiles;
        _kernel.Launch(stream, memory, launch.Slots, geometry, groups, GpuKernels.MaxThreads);
    }
}
