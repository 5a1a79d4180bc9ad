using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Transpose kernel knows.</summary>
internal struct TransposeGeometry
{
    internal int Rows;
    internal int Columns;
    internal int RowTiles;
    internal int ColumnTiles;
}

/// <summary>The Transpose skeleton: 32 × 32 elements at a time through shared memory, so that both sides are
/// contiguous.</summary>
internal static class GpuTranspose
{
    internal const int Side = 32;
    private const int Down = GpuKernels.MaxThreads / Side;

    // One more than the side: a column of the tile then touches every bank.
    private const int Stride = Side + 1;

    internal static void Run(ArrayView<float> memory, Slots slots, TransposeGeometry g)
    {
        var shared = SharedMemory.Allocate<float>(Side * Stride);
        int tile = Grid.IdxX / g.ColumnTiles;
        int column0 = (Grid.IdxX - (tile * g.ColumnTiles)) * Side;
        int batch = tile / g.RowTiles;
        int row0 = (tile - (batch * g.RowTiles)) * Side;
        int across = Group.IdxX % Side;
        int down = Group.IdxX / Side;
        int start = batch * g.Rows * g.Columns;

        for (int r = down; r < Side; r += Down)
        {
            if (row0 + r < g.Rows & column0 + across < g.Columns)
            {
                shared[(r * Stride) + across] = memory[slots.A0 + start + ((row0 + r) * g.Columns) + column0 + across];
            }
        }

        Group.Barrier();
        for (int c = down; c < Side; c += Down)
        {
            if (column0 + c < g.Columns & row0 + across < g.Rows)
            {
                memory[slots.A1 + start + ((column0 + c) * g.Rows) + row0 + across] = shared[(across * Stride) + c];
            }
        }
    }
}

/// <summary>A Transpose launch with its kernel.</summary>
internal sealed class GpuTransposeLaunch(TransposeLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<TransposeGeometry> _kernel = kernels.Load<TransposeGeometry>(GpuTranspose.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var geometry = new TransposeGeometry
        {
            Rows = launch.Rows,
            Columns = launch.Columns,
            RowTiles = (launch.Rows + GpuTranspose.Side - 1) / GpuTranspose.Side,
            ColumnTiles = (launch.Columns + GpuTranspose.Side - 1) / GpuTranspose.Side,
        };
        long groups = (long)launch.Batch * geometry.RowTiles * geometry.ColumnTiles;
        _kernel.Launch(stream, memory, launch.Slots, geometry, groups, GpuKernels.MaxThreads);
    }
}
