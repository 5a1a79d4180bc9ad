using System;
using System.Numerics;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Row kernel knows.</summary>
internal struct RowGeometry
{
    internal int Columns;
}

/// <summary>
/// The Row skeleton: one group per row. Each thread takes every DimX-th column; partial states meet in a tree in shared
/// memory, whose shape depends on the number of columns alone. DimX is a power of two.
/// </summary>
internal static class GpuRow
{
    private const int Width = 6;

    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, RowGeometry g)
        where TBody : struct, IRowBody
    {
        var shared = SharedMemory.Allocate<float>(Width * GpuKernels.MaxThreads);
        var m = new GpuMemory(memory);
        int row = Grid.IdxX;
        int thread = Group.IdxX;
        var state = default(State<GpuFloat>);

        for (int sweep = 0; sweep < TBody.Sweeps; sweep++)
        {
            TBody.Open<GpuFloat, GpuInt, GpuMask>(sweep, ref state);
            for (int column = thread; column < g.Columns; column += Group.DimX)
            {
                TBody.Accumulate<GpuFloat, GpuInt, GpuMask, GpuMemory>(sweep, m, slots, row, column, ref state);
            }

            GpuStates.Store(shared, thread, GpuKernels.MaxThreads, Width, state);
            Group.Barrier();
            for (int half = Group.DimX >> 1; half > 0; half >>= 1)
            {
                if (thread < half)
                {
                    var other = GpuStates.Load(shared, thread + half, GpuKernels.MaxThreads, Width);
                    TBody.Merge<GpuFloat, GpuInt, GpuMask>(sweep, ref state, other);
                    GpuStates.Store(shared, thread, GpuKernels.MaxThreads, Width, state);
                }

                Group.Barrier();
            }

            // One thread closes, because a close may add to what it finds in memory; the others take its state over.
            if (thread == 0)
            {
                TBody.Close<GpuFloat, GpuInt, GpuMask, GpuMemory>(sweep, m, slots, row, ref state);
                GpuStates.Store(shared, 0, GpuKernels.MaxThreads, Width, state);
            }

            Group.Barrier();
            state = GpuStates.Load(shared, 0, GpuKernels.MaxThreads, Width);
            Group.Barrier();
        }
    }
}

/// <summary>A Row launch with its kernel.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuRowLaunch<TBody>(RowLaunch<TBody> launch, GpuKernels kernels) : GpuLaunch
    where TBody : struct, IRowBody
{
    private readonly GpuKernel<RowGeometry> _kernel = kernels.Load<RowGeometry>(GpuRow.Run<TBody>);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        int columns = launch.Columns;
        int threads = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(columns, 32, GpuKernels.MaxThreads));
        _kernel.Launch(stream, memory, launch.Slots, new RowGeometry { Columns = columns }, launch.Rows, threads);
    }
}
