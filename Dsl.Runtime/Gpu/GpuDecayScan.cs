using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the DecayScan kernel knows.</summary>
internal struct DecayScanGeometry
{
    internal ScanOperand Q;
    internal ScanOperand K;
    internal ScanOperand V;
    internal ScanOperand D;
    internal ScanOperand O;
    internal int Heads;
    internal int Positions;
    internal int Keys;
    internal int Values;
    internal int Columns;
    internal int ColumnBlocks;
    internal int Decay;
    internal int Exclusive;
    internal int Reverse;
    internal int HasState;

    /// <summary>Sequences, heads and blocks of columns.</summary>
    internal int Blocks;

    /// <summary>Runs of positions, each with groups of its own; as in <see cref="GpuOuterScan"/>.</summary>
    internal int Parts;
    internal int PartPositions;

    /// <summary>Whether only what a part adds to the state, and what it leaves of it, is wanted.</summary>
    internal int Gains;
    internal int Working;

    /// <summary>Where it lies what a group adds to the state.</summary>
    internal readonly int Gain(int group) => Working + (group * Keys * Columns);

    /// <summary>Where it lies what a group leaves of the state before it.</summary>
    internal readonly int Rest(int group) => Gain((Blocks * Parts) + group);

    /// <summary>Where the state lies that a group begins with.</summary>
    internal readonly int Start(int group) => Rest((Blocks * Parts) + group);
}

/// <summary>
/// The DecayScan skeleton: a group for each sequence, head and block of at most 32 columns of the values. Thread (row, lane)
/// has every eighth row of its column of the state, in shared memory, and takes it through 16 positions; then the sums
/// of the rows are added up. Few sequences are cut into parts, see <see cref="GpuOuterScan"/>.
/// </summary>
internal static class GpuDecayScan
{
    internal const int MostColumns = 32;
    internal const int StateFloats = 4096;
    private const int Rows = GpuKernels.MaxThreads / MostColumns;
    private const int Block = 16;

    internal static void Run(ArrayView<float> memory, Slots slots, DecayScanGeometry g)
    {
        var state = SharedMemory.Allocate<float>(StateFloats);
        var sums = SharedMemory.Allocate<float>(Rows * Block * MostColumns);
        int block = Grid.IdxX / g.Parts;
        int first = (Grid.IdxX - (block * g.Parts)) * g.PartPositions;
        int last = IntrinsicMath.Min(first + g.PartPositions, g.Positions);
        int gain = g.Gain(Grid.IdxX);
        int rest = g.Rest(Grid.IdxX);
        int begin = g.Start(Grid.IdxX);
        int sequence = block / g.ColumnBlocks;
        int column0 = (block - (sequence * g.ColumnBlocks)) * g.Columns;
        int sample = sequence / g.Heads;
        int head = sequence - (sample * g.Heads);
        int row = Group.IdxX / MostColumns;
        int lane = Group.IdxX - (row * MostColumns);
        int columns = IntrinsicMath.Min(g.Columns, g.Values - column0);

        // Lanes beyond the columns compute what the last one does, and store nothing.
        int own = IntrinsicMath.Min(lane, columns - 1);
        int q = slots.A0 + g.Q.Of(sample, head);
        int k = slots.A1 + g.K.Of(sample, head);
        int v = slots.A2 + g.V.Of(sample, head) + column0 + own;
        int d = slots.A3 + g.D.Of(sample, head) + (g.Decay == (int)DecayAxis.Value ? column0 + own : 0);
        int o = slots.A4 + g.O.Of(sample, head) + column0;
        int kept = slots.A5 + (sequence * g.Keys * g.Values) + column0 + own;
        for (int key = row; key < g.Keys; key += Rows)
        {
            float before = 0f;
            if (g.HasState != 0)
            {
                before = memory[kept + (key * g.Values)];
            }
            else if (g.Parts > 1 & g.Gains == 0)
            {
                before = memory[begin + (key * g.Columns) + own];
            }

            if (lane < columns)
            {
                state[(key * g.Columns) + lane] = before;
            }
        }

        Group.Barrier();
        for (int done = first; done < last; done += Block)
        {
            int count = IntrinsicMath.Min(Block, last - done);
            for (int i = 0; i < count; i++)
            {
                int position = g.Reverse != 0 ? g.Positions - 1 - done - i : done + i;

                // In reverse what comes between a position and the next one is the decay of that one.
                int decays = g.Reverse != 0 & g.Exclusive == 0 ? position + 1 : position;
                bool exists = decays < g.Positions;
                int log = d + (decays * g.D.Position);
                float factor = 1f;
                if (exists & g.Decay != (int)DecayAxis.Key)
                {
                    factor = GpuMath.Exp(memory[log]);
                }

                float value = memory[v + (position * g.V.Position)];
                float sum = 0f;
                for (int key = row; key < g.Keys; key += Rows)
                {
                    if (exists & g.Decay == (int)DecayAxis.Key)
                    {
                        factor = GpuMath.Exp(memory[log + key]);
                    }

                    int at = (key * g.Columns) + own;
                    float before = state[at];
                    float after = (before * factor) + (memory[k + (position * g.K.Position) + key] * value);
                    sum += memory[q + (position * g.Q.Position) + key] * (g.Exclusive != 0 ? before : after);
                    if (lane < columns)
                    {
                        state[at] = after;
                    }
                }

                sums[(((row * Block) + i) * MostColumns) + lane] = sum;
            }

            Group.Barrier();
            int outputs = g.Gains != 0 ? 0 : count;
            for (int i = row; i < outputs; i += Rows)
            {
                float sum = 0f;
                for (int from = 0; from < Rows; from++)
                {
                    sum += sums[(((from * Block) + i) * MostColumns) + lane];
                }

                int position = g.Reverse != 0 ? g.Positions - 1 - done - i : done + i;
                if (lane < columns)
                {
                    memory[o + (position * g.O.Position) + lane] = sum;
                }
            }

            Group.Barrier();
        }

        for (int key = row; key < g.Keys; key += Rows)
        {
            if (g.HasState != 0 & lane < columns)
            {
                memory[kept + (key * g.Values)] = state[(key * g.Columns) + lane];
            }

            if (g.Gains != 0 & lane < columns)
            {
                float log = 0f;
                for (int done = first; done < last; done++)
                {
                    int position = g.Reverse != 0 ? g.Positions - 1 - done : done;
                    int decays = g.Reverse != 0 & g.Exclusive == 0 ? position + 1 : position;
                    if (decays < g.Positions)
                    {
                        log += memory[d + (decays * g.D.Position) + (g.Decay == (int)DecayAxis.Key ? key : 0)];
                    }
                }

                int at = (key * g.Columns) + lane;
                memory[gain + at] = state[at];
                memory[rest + at] = GpuMath.Exp(log);
            }
        }
    }

    /// <summary>Turns what the parts add into the states that they begin with: a thread for each element of the
    /// state.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, DecayScanGeometry g)
    {
        int length = g.Keys * g.Columns;
        int item = GpuLaunch.Item;
        int block = item / length;
        if (block < g.Blocks)
        {
            int at = item - (block * length);
            int gain = g.Gain(block * g.Parts) + at;
            int rest = g.Rest(block * g.Parts) + at;
            int begin = g.Start(block * g.Parts) + at;
            float state = 0f;
            for (int part = 0; part < g.Parts; part++)
            {
                int step = part * length;
                memory[begin + step] = state;
                state = (state * memory[rest + step]) + memory[gain + step];
            }
        }
    }
}

/// <summary>A DecayScan launch with its kernel.</summary>
internal sealed class GpuDecayScanLaunch : GpuLaunch
{
    private readonly DecayScanLaunch _launch;
    private readonly GpuKernel<DecayScanGeometry> _kernel;
    private readonly LazyKernel<DecayScanGeometry> _starts;

    /// <exception cref="NotSupportedException">A column of the state does not fit into shared memory.</exception>
    internal GpuDecayScanLaunch(DecayScanLaunch launch, GpuKernels kernels)
    {
        if (launch.Shape.Keys > GpuDecayScan.StateFloats)
        {
            throw new NotSupportedException(
                $"Kernel '{launch.Kernel.Name}' has {launch.Shape.Keys} features, more than the "
                + $"{GpuDecayScan.StateFloats} that this device's code has room for.");
        }

        _launch = launch;
        _kernel = kernels.Load<DecayScanGeometry>(GpuDecayScan.Run);
        _starts = new(kernels, GpuDecayScan.Starts);
    }

    internal override long Prepare()
    {
        var g = Geometry();
        if (g.Parts == 1)
        {
            return 0;
        }

        LoadAll();
        return 3L * g.Blocks * g.Parts * g.Keys * g.Columns;
    }

    internal override void LoadAll() => _ = _starts.Value;

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = Geometry();
        long groups = (long)g.Blocks * g.Parts;
        if (g.Parts > 1)
        {
            g.Gains = 1;
            _kernel.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
            g.Gains = 0;
            long items = (long)g.Blocks * g.Keys * g.Columns;
            _starts.Value.Launch(stream, memory, _launch.Slots, g, Groups(items), GpuKernels.MaxThreads);
        }

        _kernel.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
    }

    private DecayScanGeometry Geometry()
    {
        DecayScanShape shape = _launch.Shape;
        int columns = GpuDecayScan.MostColumns;
        while (columns > 1 && (columns / 2 >= shape.Values || columns * shape.Keys > GpuDecayScan.StateFloats))
        {
            columns /= 2;
        }

        int columnBlocks = (shape.Values + columns - 1) / columns;
        int blocks = checked(_launch.Batch * shape.Heads * columnBlocks);
        var parts = _launch.HasState
            ? new GpuSlices(1, _launch.Positions)
            : GpuSlices.Of(blocks, _launch.Positions, GpuOuterScan.FewestPositions, GpuOuterScan.Block);
        return new DecayScanGeometry
        {
            Q = new ScanOperand(_launch.Q),
            K = new ScanOperand(_launch.K),
            V = new ScanOperand(_launch.V),
            D = new ScanOperand(_launch.D),
            O = new ScanOperand(_launch.O),
            Heads = shape.Heads,
            Positions = _launch.Positions,
            Keys = shape.Keys,
            Values = shape.Values,
            Columns = columns,
            ColumnBlocks = columnBlocks,
            Blocks = blocks,
            Parts = parts.Count,
            PartPositions = parts.Length,
            Working = Working,
            Decay = (int)shape.Decay,
            Exclusive = shape.Exclusive ? 1 : 0,
            Reverse = shape.Reverse ? 1 : 0,
            HasState = _launch.HasState ? 1 : 0,
        };
    }
}
