using System;
using System.Numerics;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the ScatterRows kernel knows.</summary>
internal struct ScatterRowsGeometry
{
    internal int Positions;
    internal int Rows;
    internal int Width;
    internal int RowStride;
    internal int ColumnStride;
}

/// <summary>
/// The ScatterRows skeleton: a group for every few rows of the result. It reads the numbers of all positions, a block at a
/// time through shared memory, and adds those of its rows. A thread owns columns, so every sum has one owner and one order.
/// </summary>
internal static class GpuScatterRows
{
    internal const int RowsPerGroup = 32;
    private const int Block = GpuKernels.MaxThreads;

    internal static void Run(ArrayView<float> memory, Slots slots, ScatterRowsGeometry g)
    {
        var numbers = SharedMemory.Allocate<int>(Block);
        var m = new GpuMemory(memory);
        int thread = Group.IdxX;
        int first = Grid.IdxX * RowsPerGroup;
        int end = first + RowsPerGroup;
        if (end > g.Rows)
        {
            end = g.Rows;
        }

        for (int column = thread; column < g.Width; column += Group.DimX)
        {
            for (int row = first; row < end; row++)
            {
                memory[slots.A2 + (row * g.RowStride) + (column * g.ColumnStride)] = 0f;
            }
        }

        for (int start = 0; start < g.Positions; start += Block)
        {
            int count = g.Positions - start;
            if (count > Block)
            {
                count = Block;
            }

            for (int i = thread; i < count; i += Group.DimX)
            {
                numbers[i] = m.Int(slots.A1 + start + i);
            }

            Group.Barrier();
            for (int i = 0; i < count; i++)
            {
                int row = numbers[i];
                if (row >= first & row < end)
                {
                    for (int column = thread; column < g.Width; column += Group.DimX)
                    {
                        int to = slots.A2 + (row * g.RowStride) + (column * g.ColumnStride);
                        memory[to] = memory[to] + memory[slots.A0 + ((start + i) * g.Width) + column];
                    }
                }
            }

            Group.Barrier();
        }
    }
}

/// <summary>A ScatterRows launch with its kernel.</summary>
internal sealed class GpuScatterRowsLaunch(ScatterRowsLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<ScatterRowsGeometry> _kernel = kernels.Load<ScatterRowsGeometry>(GpuScatterRows.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var geometry = new ScatterRowsGeometry
        {
            Positions = launch.Positions,
            Rows = launch.Rows,
            Width = launch.Width,
            RowStride = launch.RowStride,
            ColumnStride = launch.ColumnStride,
        };
        int groups = (launch.Rows + GpuScatterRows.RowsPerGroup - 1) / GpuScatterRows.RowsPerGroup;
        int threads = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(launch.Width, 32, GpuKernels.MaxThreads));
        _kernel.Launch(stream, memory, launch.Slots, geometry, groups, threads);
    }
}
