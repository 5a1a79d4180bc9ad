using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Reduce kernels know.</summary>
internal struct ReduceGeometry
{
    internal int Outer;
    internal int Rows;
    internal int Columns;
    internal int ColumnBlocks;
    internal int Slices;
    internal int SliceRows;
    internal int Scratch;
}

/// <summary>
/// The Reduce skeleton: groups of 32 columns × 8 threads, each of which takes a run of consecutive rows; neighbouring
/// runs merge first, so a merge always adds the state of later rows. Many rows are cut into slices
/// (<see cref="GpuSlices"/>).
/// </summary>
internal static class GpuReduce
{
    private const int Across = 32;
    private const int Down = GpuKernels.MaxThreads / Across;

    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, ReduceGeometry g)
        where TBody : struct, IReduceBody
    {
        var shared = SharedMemory.Allocate<float>(6 * GpuKernels.MaxThreads);
        var m = new GpuMemory(memory);
        int thread = Group.IdxX;
        int down = thread / Across;
        int part = Grid.IdxX / g.ColumnBlocks;
        int column = ((Grid.IdxX - (part * g.ColumnBlocks)) * Across) + (thread % Across);
        int outer = part / g.Slices;
        int first = (part - (outer * g.Slices)) * g.SliceRows;
        int last = IntrinsicMath.Min(first + g.SliceRows, g.Rows);
        int run = (g.SliceRows + Down - 1) / Down;
        first += down * run;
        last = IntrinsicMath.Min(first + run, last);

        TBody.Move(ref slots, outer);
        var state = default(State<GpuFloat>);
        TBody.Open<GpuFloat, GpuInt, GpuMask>(ref state);
        if (column < g.Columns)
        {
            for (int row = first; row < last; row++)
            {
                TBody.Accumulate<GpuFloat, GpuInt, GpuMask, GpuMemory>(m, slots, outer, row, column, ref state);
            }
        }

        GpuStates.Store(shared, thread, GpuKernels.MaxThreads, TBody.Width, state);
        Group.Barrier();
        for (int step = 1; step < Down; step <<= 1)
        {
            if ((down & ((2 * step) - 1)) == 0)
            {
                var other = GpuStates.Load(shared, thread + (step * Across), GpuKernels.MaxThreads, TBody.Width);
                TBody.Merge<GpuFloat, GpuInt, GpuMask>(ref state, other);
                GpuStates.Store(shared, thread, GpuKernels.MaxThreads, TBody.Width, state);
            }

            Group.Barrier();
        }

        if (down == 0 & column < g.Columns)
        {
            if (g.Slices == 1)
            {
                TBody.Close<GpuFloat, GpuInt, GpuMask, GpuMemory>(m, slots, outer, column, ref state);
            }
            else
            {
                GpuStates.Store(
                    memory, g.Scratch + (part * TBody.Width * g.Columns) + column, g.Columns, TBody.Width, state);
            }
        }
    }

    /// <summary>One thread per result: merges its slices in order.</summary>
    internal static void Merge<TBody>(ArrayView<float> memory, Slots slots, ReduceGeometry g)
        where TBody : struct, IReduceBody
    {
        int item = GpuLaunch.Item;
        if (item < g.Outer * g.Columns)
        {
            int outer = item / g.Columns;
            int column = item - (outer * g.Columns);
            var state = default(State<GpuFloat>);
            TBody.Open<GpuFloat, GpuInt, GpuMask>(ref state);
            for (int slice = 0; slice < g.Slices; slice++)
            {
                int at = g.Scratch + (((outer * g.Slices) + slice) * TBody.Width * g.Columns) + column;
                var other = GpuStates.Load(memory, at, g.Columns, TBody.Width);
                TBody.Merge<GpuFloat, GpuInt, GpuMask>(ref state, other);
            }

            TBody.Move(ref slots, outer);
            TBody.Close<GpuFloat, GpuInt, GpuMask, GpuMemory>(new GpuMemory(memory), slots, outer, column, ref state);
        }
    }

    /// <summary>Blocks of columns.</summary>
    internal static int ColumnBlocks(int columns) => (columns + Across - 1) / Across;
}

/// <summary>A Reduce launch with its kernels.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuReduceLaunch<TBody> : GpuLaunch
    where TBody : struct, IReduceBody
{
    private readonly ReduceLaunch<TBody> _launch;
    private readonly GpuKernel<ReduceGeometry> _kernel;
    private readonly LazyKernel<ReduceGeometry> _merge;

    internal GpuReduceLaunch(ReduceLaunch<TBody> launch, GpuKernels kernels)
    {
        _launch = launch;
        _kernel = kernels.Load<ReduceGeometry>(GpuReduce.Run<TBody>);
        _merge = new(kernels, GpuReduce.Merge<TBody>);
    }

    internal override long Prepare()
    {
        var g = Geometry();
        if (g.Slices == 1)
        {
            return 0;
        }

        _ = _merge.Value;
        return (long)g.Outer * g.Slices * TBody.Width * g.Columns;
    }

    internal override void LoadAll() => _ = _merge.Value;

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = Geometry();
        long groups = (long)g.Outer * g.Slices * g.ColumnBlocks;
        _kernel.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
        if (g.Slices > 1)
        {
            long results = (long)g.Outer * g.Columns;
            _merge.Value.Launch(stream, memory, _launch.Slots, g, Groups(results), GpuKernels.MaxThreads);
        }
    }

    private ReduceGeometry Geometry()
    {
        int columnBlocks = GpuReduce.ColumnBlocks(_launch.Columns);
        var slices = GpuSlices.Of((long)_launch.Outer * columnBlocks, _launch.Rows, fewest: 128);
        return new ReduceGeometry
        {
            Outer = _launch.Outer,
            Rows = _launch.Rows,
            Columns = _launch.Columns,
            ColumnBlocks = columnBlocks,
            Slices = slices.Count,
            SliceRows = slices.Length,
            Scratch = Working,
        };
    }
}
