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
    internal int Rows;
    internal int Sweep;
    internal int Slices;
    internal int SliceColumns;
    internal int Working;

    /// <summary>Where the state of a row's slice lies; behind the slices lies what a sweep closed with.</summary>
    internal readonly int Slice(int row, int slice) => Working + (((row * (Slices + 1)) + slice) * GpuRow.Width);
}

/// <summary>
/// The Row skeleton: one group per row. Each thread takes every DimX-th column; partial states meet in a tree in shared
/// memory, whose shape depends on the number of columns alone. DimX is a power of two. Very long rows are cut into
/// slices, a group for each; then every sweep is two kernels.
/// </summary>
internal static class GpuRow
{
    /// <summary>Values of a state.</summary>
    internal const int Width = 6;

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

            Gather<TBody>(shared, sweep, ref state);

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

    /// <summary>One sweep over one slice of a row.</summary>
    internal static void RunSlice<TBody>(ArrayView<float> memory, Slots slots, RowGeometry g)
        where TBody : struct, IRowBody
    {
        var shared = SharedMemory.Allocate<float>(Width * GpuKernels.MaxThreads);
        var m = new GpuMemory(memory);
        int row = Grid.IdxX / g.Slices;
        int slice = Grid.IdxX - (row * g.Slices);
        int from = slice * g.SliceColumns;
        int to = IntrinsicMath.Min(from + g.SliceColumns, g.Columns);
        var state = default(State<GpuFloat>);
        if (g.Sweep > 0)
        {
            state = GpuStates.Load(memory, g.Slice(row, g.Slices), 1, Width);
        }

        TBody.Open<GpuFloat, GpuInt, GpuMask>(g.Sweep, ref state);
        for (int column = from + Group.IdxX; column < to; column += Group.DimX)
        {
            TBody.Accumulate<GpuFloat, GpuInt, GpuMask, GpuMemory>(g.Sweep, m, slots, row, column, ref state);
        }

        Gather<TBody>(shared, g.Sweep, ref state);
        if (Group.IdxX == 0)
        {
            GpuStates.Store(memory, g.Slice(row, slice), 1, Width, state);
        }
    }

    /// <summary>Closes a sweep: one thread for each row merges its slices in order.</summary>
    internal static void CloseSlices<TBody>(ArrayView<float> memory, Slots slots, RowGeometry g)
        where TBody : struct, IRowBody
    {
        int row = GpuLaunch.Item;
        if (row < g.Rows)
        {
            var state = GpuStates.Load(memory, g.Slice(row, 0), 1, Width);
            for (int slice = 1; slice < g.Slices; slice++)
            {
                var other = GpuStates.Load(memory, g.Slice(row, slice), 1, Width);
                TBody.Merge<GpuFloat, GpuInt, GpuMask>(g.Sweep, ref state, other);
            }

            TBody.Close<GpuFloat, GpuInt, GpuMask, GpuMemory>(g.Sweep, new GpuMemory(memory), slots, row, ref state);
            GpuStates.Store(memory, g.Slice(row, g.Slices), 1, Width, state);
        }
    }

    /// <summary>Merges the states of a group's threads; the first thread has the result.</summary>
    private static void Gather<TBody>(ArrayView<float> shared, int sweep, ref State<GpuFloat> state)
        where TBody : struct, IRowBody
    {
        int thread = Group.IdxX;
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
    }
}

/// <summary>A Row launch with its kernels.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuRowLaunch<TBody>(RowLaunch<TBody> launch, GpuKernels kernels) : GpuLaunch
    where TBody : struct, IRowBody
{
    // A group takes shorter rows faster than two kernels would.
    private const int Long = 16384;
    private const int FewestColumns = 2048;

    private readonly GpuKernel<RowGeometry> _kernel = kernels.Load<RowGeometry>(GpuRow.Run<TBody>);
    private readonly LazyKernel<RowGeometry> _slice = new(kernels, GpuRow.RunSlice<TBody>);
    private readonly LazyKernel<RowGeometry> _close = new(kernels, GpuRow.CloseSlices<TBody>);

    // Not how many rows there are: what a row gives must not depend on the others.
    private GpuSlices Slices =>
        launch.Columns < Long ? new(1, launch.Columns) : GpuSlices.Of(1, launch.Columns, FewestColumns);

    internal override long Prepare()
    {
        int slices = Slices.Count;
        if (slices == 1)
        {
            return 0;
        }

        LoadAll();
        return (long)launch.Rows * (slices + 1) * GpuRow.Width;
    }

    internal override void LoadAll()
    {
        _ = _slice.Value;
        _ = _close.Value;
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        int columns = launch.Columns;
        var slices = Slices;
        var g = new RowGeometry
        {
            Columns = columns,
            Rows = launch.Rows,
            Slices = slices.Count,
            SliceColumns = slices.Length,
            Working = Working,
        };
        if (g.Slices == 1)
        {
            int threads = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(columns, 32, GpuKernels.MaxThreads));
            _kernel.Launch(stream, memory, launch.Slots, g, g.Rows, threads);
            return;
        }

        for (int sweep = 0; sweep < TBody.Sweeps; sweep++)
        {
            g.Sweep = sweep;
            long groups = (long)g.Rows * g.Slices;
            _slice.Value.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
            _close.Value.Launch(stream, memory, launch.Slots, g, Groups(g.Rows), GpuKernels.MaxThreads);
        }
    }
}
