using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the DiagonalScan kernels know.</summary>
internal struct DiagonalScanGeometry
{
    internal ScanOperand U;
    internal ScanOperand Y;
    internal int Batch;
    internal int Positions;
    internal int Channels;
    internal int States;
    internal int Columns;
    internal int ColumnBlocks;
    internal int Reverse;
    internal int Resets;
    internal int HasState;

    /// <summary>Where lengths begin; -1 when all samples have all positions.</summary>
    internal int LengthsAt;

    /// <summary>Samples and blocks of channels.</summary>
    internal int Blocks;

    /// <summary>Runs of positions, each with groups of its own; as in <see cref="GpuOuterScan"/>.</summary>
    internal int Parts;
    internal int PartPositions;

    /// <summary>Whether only what a part adds to the states is wanted.</summary>
    internal int Gains;
    internal int Working;

    internal static DiagonalScanGeometry Of(DiagonalScanLaunch launch) => new()
    {
        U = new ScanOperand(launch.U),
        Y = new ScanOperand(launch.Y),
        Batch = launch.Batch,
        Positions = launch.Positions,
        Channels = launch.Shape.Channels,
        States = launch.Shape.States,
        Columns = 1,
        ColumnBlocks = launch.Shape.Channels,
        Reverse = launch.Shape.Reverse ? 1 : 0,
        Resets = launch.Shape.Resets ? 1 : 0,
        HasState = launch.HasState ? 1 : 0,
        LengthsAt = launch.LengthsAt,
        Parts = 1,
        PartPositions = launch.Positions,
    };

    /// <summary>With as many channels to a block as shared memory has room for.</summary>
    internal static DiagonalScanGeometry InBlocks(DiagonalScanLaunch launch)
    {
        DiagonalScanShape shape = launch.Shape;
        int columns = GpuDiagonalScan.MostColumns;
        while (columns > 1 && (columns / 2 >= shape.Channels || columns * shape.States > GpuDiagonalScan.States))
        {
            columns /= 2;
        }

        DiagonalScanGeometry geometry = Of(launch);
        geometry.Columns = columns;
        geometry.ColumnBlocks = (shape.Channels + columns - 1) / columns;
        geometry.Blocks = checked(launch.Batch * geometry.ColumnBlocks);
        return geometry;
    }

    /// <summary>Where it lies what a group adds to the states, real parts before imaginary ones.</summary>
    internal readonly int Gain(int group) => Working + (group * States * Columns * 2);

    /// <summary>Where the states lie that a group begins with.</summary>
    internal readonly int Start(int group) => Gain((Blocks * Parts) + group);

    /// <summary>Whether states begin anew anywhere in a part.</summary>
    internal readonly bool BeginsAnew(ArrayView<float> memory, int goesOn, int first, int last)
    {
        bool anew = false;
        if (Resets != 0)
        {
            for (int done = first; done < last; done++)
            {
                anew |= BeginsAnew(memory, goesOn, done);
            }
        }

        return anew;
    }

    /// <summary>Whether states begin anew at the position after <paramref name="done"/> others.</summary>
    internal readonly bool BeginsAnew(ArrayView<float> memory, int goesOn, int done) =>
        BeginsAnewOf(memory, goesOn, done, Positions);

    /// <summary>The same in a sample that has a number of positions.</summary>
    internal readonly bool BeginsAnewOf(ArrayView<float> memory, int goesOn, int done, int positions)
    {
        // In reverse a border lies behind the position that comes next: it is that of the one before.
        int border = Reverse != 0 ? positions - done : done;
        return Resets != 0 && border < positions && memory[goesOn + border] == 0f;
    }

    /// <summary>How many positions a sample has.</summary>
    internal readonly int Own(ArrayView<float> memory, int sample) => LengthsAt < 0 ? Positions
        : IntrinsicMath.Min(IntrinsicMath.Max((int)memory[LengthsAt + sample], 0), Positions);
}

/// <summary>
/// The DiagonalScan skeleton: a group for each sample and block of at most 32 channels. Thread (row, lane) has every eighth
/// state of its channel, in shared memory, and takes it through 16 positions; then the sums of the rows are added up.
/// Few samples are cut into parts, see <see cref="GpuOuterScan"/>.
/// </summary>
internal static class GpuDiagonalScan
{
    internal const int MostColumns = 32;

    /// <summary>States of all channels of a group, at most: each is two floats.</summary>
    internal const int States = 2048;
    internal const int Rows = GpuKernels.MaxThreads / MostColumns;
    internal const int Block = 16;

    internal static void Run(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        var re = SharedMemory.Allocate<float>(States);
        var im = SharedMemory.Allocate<float>(States);
        var sums = SharedMemory.Allocate<float>(Rows * Block * MostColumns);
        int block = Grid.IdxX / g.Parts;
        int first = (Grid.IdxX - (block * g.Parts)) * g.PartPositions;
        int last = IntrinsicMath.Min(first + g.PartPositions, g.Positions);
        int gain = g.Gain(Grid.IdxX);
        int begin = g.Start(Grid.IdxX);
        int length = g.States * g.Columns;
        int sample = block / g.ColumnBlocks;
        int column0 = (block - (sample * g.ColumnBlocks)) * g.Columns;
        int row = Group.IdxX / MostColumns;
        int lane = Group.IdxX - (row * MostColumns);
        int columns = IntrinsicMath.Min(g.Columns, g.Channels - column0);

        // Lanes beyond the columns compute what the last one does, and store nothing.
        int own = IntrinsicMath.Min(lane, columns - 1);
        int u = slots.A0 + g.U.Of(sample, 0) + column0 + own;
        int y = slots.A5 + g.Y.Of(sample, 0) + column0;
        int mode = (column0 + own) * g.States;
        int kept = (g.Resets != 0 ? slots.A7 : slots.A6) + (((sample * g.Channels * g.States) + mode) * 2);
        int goesOn = slots.A6 + (sample * g.Positions);
        for (int state = row; state < g.States; state += Rows)
        {
            float real = 0f;
            float imaginary = 0f;
            if (g.HasState != 0)
            {
                real = memory[kept + state];
                imaginary = memory[kept + g.States + state];
            }
            else if (g.Parts > 1 & g.Gains == 0)
            {
                real = memory[begin + (state * g.Columns) + own];
                imaginary = memory[begin + length + (state * g.Columns) + own];
            }

            if (lane < columns)
            {
                re[(state * g.Columns) + lane] = real;
                im[(state * g.Columns) + lane] = imaginary;
            }
        }

        Group.Barrier();
        for (int done = first; done < last; done += Block)
        {
            int count = IntrinsicMath.Min(Block, last - done);
            for (int i = 0; i < count; i++)
            {
                int position = g.Reverse != 0 ? g.Positions - 1 - done - i : done + i;
                float input = memory[u + (position * g.U.Position)];
                float stays = g.BeginsAnew(memory, goesOn, done + i) ? 0f : 1f;
                float sum = 0f;
                for (int state = row; state < g.States; state += Rows)
                {
                    int at = (state * g.Columns) + own;
                    float lambda = memory[slots.A1 + mode + state] * stays;
                    float turn = memory[slots.A2 + mode + state] * stays;
                    float real = (lambda * re[at]) - (turn * im[at]) + input;
                    float imaginary = (lambda * im[at]) + (turn * re[at]);
                    sum += (memory[slots.A3 + mode + state] * real) - (memory[slots.A4 + mode + state] * imaginary);
                    if (lane < columns)
                    {
                        re[at] = real;
                        im[at] = imaginary;
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
                    memory[y + (position * g.Y.Position) + lane] = sum;
                }
            }

            Group.Barrier();
        }

        for (int state = row; state < g.States; state += Rows)
        {
            if (g.HasState != 0 & lane < columns)
            {
                memory[kept + state] = re[(state * g.Columns) + lane];
                memory[kept + g.States + state] = im[(state * g.Columns) + lane];
            }

            if (g.Gains != 0 & lane < columns)
            {
                int at = (state * g.Columns) + lane;
                memory[gain + at] = re[at];
                memory[gain + length + at] = im[at];
            }
        }
    }

    /// <summary>Turns what the parts add into the states that they begin with: a thread for each state of each
    /// channel.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        int length = g.States * g.Columns;
        int item = GpuLaunch.Item;
        int block = item / length;
        int sample = block / g.ColumnBlocks;
        int within = item - (block * length);
        int state = within / g.Columns;
        int channel = ((block - (sample * g.ColumnBlocks)) * g.Columns) + (within - (state * g.Columns));
        if (block < g.Blocks & channel < g.Channels)
        {
            float lambda = memory[slots.A1 + (channel * g.States) + state];
            float turn = memory[slots.A2 + (channel * g.States) + state];
            int goesOn = slots.A6 + (sample * g.Positions);

            // What a whole part leaves of a state. The last part, which may be shorter, starts no other.
            float stays = 1f;
            float turns = 0f;
            for (int i = 0; i < g.PartPositions; i++)
            {
                float next = (lambda * stays) - (turn * turns);
                turns = (lambda * turns) + (turn * stays);
                stays = next;
            }

            int gain = g.Gain(block * g.Parts) + within;
            int begin = g.Start(block * g.Parts) + within;
            float real = 0f;
            float imaginary = 0f;
            for (int part = 0; part < g.Parts; part++)
            {
                memory[begin] = real;
                memory[begin + length] = imaginary;
                int first = part * g.PartPositions;
                bool anew = g.BeginsAnew(
                    memory, goesOn, first, IntrinsicMath.Min(first + g.PartPositions, g.Positions));
                float next = (stays * real) - (turns * imaginary);
                float turning = (stays * imaginary) + (turns * real);
                real = memory[gain] + (anew ? 0f : next);
                imaginary = memory[gain + length] + (anew ? 0f : turning);
                gain += 2 * length;
                begin += 2 * length;
            }
        }
    }
}

/// <summary>A DiagonalScan launch with its kernel.</summary>
internal sealed class GpuDiagonalScanLaunch : GpuLaunch
{
    private readonly DiagonalScanLaunch _launch;
    private readonly GpuKernel<DiagonalScanGeometry> _kernel;
    private readonly LazyKernel<DiagonalScanGeometry> _starts;

    /// <exception cref="NotSupportedException">The states of a channel do not fit into shared memory.</exception>
    internal GpuDiagonalScanLaunch(DiagonalScanLaunch launch, GpuKernels kernels)
    {
        RequireRoom(launch);
        _launch = launch;
        _kernel = kernels.Load<DiagonalScanGeometry>(GpuDiagonalScan.Run);
        _starts = new(kernels, GpuDiagonalScan.Starts);
    }

    internal override long Prepare()
    {
        var g = Geometry();
        if (g.Parts == 1)
        {
            return 0;
        }

        LoadAll();
        return 4L * g.Blocks * g.Parts * g.States * g.Columns;
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
            long items = (long)g.Blocks * g.States * g.Columns;
            _starts.Value.Launch(stream, memory, _launch.Slots, g, Groups(items), GpuKernels.MaxThreads);
        }

        _kernel.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
    }

    /// <exception cref="NotSupportedException">The states of a channel do not fit into shared memory.</exception>
    internal static void RequireRoom(DiagonalScanLaunch launch)
    {
        if (launch.Shape.States > GpuDiagonalScan.States)
        {
            throw new NotSupportedException(
                $"Kernel '{launch.Kernel.Name}' has {launch.Shape.States} states of a channel, more than the "
                + $"{GpuDiagonalScan.States} that this device's code has room for.");
        }
    }

    private DiagonalScanGeometry Geometry()
    {
        DiagonalScanGeometry geometry = DiagonalScanGeometry.InBlocks(_launch);
        if (!_launch.HasState)
        {
            var parts = GpuSlices.Of(
                geometry.Blocks, _launch.Positions, GpuOuterScan.FewestPositions, GpuOuterScan.Block);
            (geometry.Parts, geometry.PartPositions) = (parts.Count, parts.Length);
        }

        geometry.Working = Working;
        return geometry;
    }
}
