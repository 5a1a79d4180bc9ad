using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the SelectiveScan kernels know.</summary>
internal struct SelectiveScanGeometry
{
    internal ScanOperand U;
    internal ScanOperand Delta;
    internal ScanOperand B;
    internal ScanOperand C;
    internal ScanOperand Y;
    internal ScanOperand OfU;
    internal ScanOperand OfDelta;
    internal ScanOperand OfB;
    internal ScanOperand OfC;
    internal int Batch;
    internal int Positions;
    internal int Channels;
    internal int States;
    internal int Chunks;
    internal int ColumnBlocks;
    internal int Resets;
    internal int StateAt;
    internal int ScratchAt;
    internal int OfUAt;
    internal int OfDeltaAt;
    internal int OfAAt;
    internal int OfBAt;
    internal int OfCAt;

    /// <summary>Samples and blocks of channels.</summary>
    internal int Blocks;

    /// <summary>Runs of positions, each with groups of its own; as in <see cref="GpuOuterScan"/>.</summary>
    internal int Parts;
    internal int PartPositions;

    /// <summary>Whether only what a part adds to the states is wanted.</summary>
    internal int Gains;
    internal int Working;

    internal static SelectiveScanGeometry Of(SelectiveScanLaunch launch) => new()
    {
        U = new ScanOperand(launch.U),
        Delta = new ScanOperand(launch.Delta),
        B = new ScanOperand(launch.B),
        C = new ScanOperand(launch.C),
        Y = new ScanOperand(launch.Y),
        OfU = new ScanOperand(launch.OfU),
        OfDelta = new ScanOperand(launch.OfDelta),
        OfB = new ScanOperand(launch.OfB),
        OfC = new ScanOperand(launch.OfC),
        Batch = launch.Batch,
        Positions = launch.Positions,
        Channels = launch.Shape.Channels,
        States = launch.Shape.States,
        Chunks = launch.Chunks,
        ColumnBlocks = (launch.Shape.Channels + SelectiveScanParts.Columns - 1) / SelectiveScanParts.Columns,
        Resets = launch.Shape.Resets ? 1 : 0,
        StateAt = launch.HasState ? launch.StateAt : -1,
        ScratchAt = launch.IsGradient ? launch.ScratchAt : -1,
        OfUAt = launch.IsGradient ? launch.GradientAt(SelectiveGradients.U) : -1,
        OfDeltaAt = launch.IsGradient ? launch.GradientAt(SelectiveGradients.Delta) : -1,
        OfAAt = launch.IsGradient ? launch.GradientAt(SelectiveGradients.A) : -1,
        OfBAt = launch.IsGradient ? launch.GradientAt(SelectiveGradients.B) : -1,
        OfCAt = launch.IsGradient ? launch.GradientAt(SelectiveGradients.C) : -1,
        Blocks = launch.Batch * ((launch.Shape.Channels + SelectiveScanParts.Columns - 1) / SelectiveScanParts.Columns),
        Parts = 1,
        PartPositions = launch.Positions,
    };

    /// <summary>1, and 0 where states begin anew.</summary>
    internal readonly float Stays(ArrayView<float> memory, int goesOn, int sample, int t) =>
        Resets != 0 && memory[goesOn + (sample * Positions) + t] == 0f ? 0f : 1f;

    /// <summary>Elements of A.</summary>
    internal readonly int Modes => Channels * States;

    /// <summary>The states before a chunk, of one state of one channel.</summary>
    internal readonly int Kept(int sample, int chunk, int mode) => ScratchAt + ((((sample * Chunks) + chunk) * Modes) + mode);

    /// <summary>What a chunk leaves of a state that comes into it, from either end; on the way back its sum for A.</summary>
    internal readonly int Left(int sample, int chunk, int mode) => Working + ((((sample * Chunks) + chunk) * Modes) + mode);

    /// <summary>What a chunk adds to a state; on the way back what comes into it from the next one.</summary>
    internal readonly int Added(int sample, int chunk, int mode) => Left(Batch + sample, chunk, mode);

    /// <summary>What a chunk adds to what goes back.</summary>
    internal readonly int AddedBack(int sample, int chunk, int mode) => Left((2 * Batch) + sample, chunk, mode);

    /// <summary>Where it lies what a group of a part adds to the states.</summary>
    internal readonly int Gain(int group) => Working + (group * States * SelectiveScanParts.Columns);

    /// <summary>Where the states lie that a group begins with.</summary>
    internal readonly int Start(int group) => Gain((Blocks * Parts) + group);

    /// <summary>Where the sums of a group's steps lie, for each channel; then 0 where states begin anew in its part, else 1.</summary>
    internal readonly int Steps(int group) => Gain(2 * Blocks * Parts) + (group * 2 * SelectiveScanParts.Columns);

    /// <summary>The sums of a block of channels for B at a position; those for C come behind them.</summary>
    internal readonly int Sums(int block, int sample, int t) => ScratchAt + (Batch * (Chunks + 2) * Modes)
        + (((((block * Batch) + sample) * Positions) + t) * 2 * States);
}

/// <summary>
/// The SelectiveScan skeleton: a group for each sample and block of 32 channels. Thread (row, lane) has every eighth state of its
/// channel, in shared memory, and takes it through 8 positions; then the sums of the rows are added up. Few samples are cut into
/// parts, see <see cref="GpuOuterScan"/>: what a part leaves of a state is e to the power of A times the sum of its steps.
/// </summary>
internal static class GpuSelectiveScan
{
    private const int Columns = SelectiveScanParts.Columns;
    private const int Rows = GpuKernels.MaxThreads / Columns;

    /// <summary>Positions between two sums.</summary>
    internal const int Block = 8;

    /// <summary>Floats of states in shared memory.</summary>
    private const int MostShared = 2048;

    internal static void Run(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        var h = SharedMemory.Allocate<float>(MostShared);
        var sums = SharedMemory.Allocate<float>(Rows * Block * Columns);
        int block = Grid.IdxX / g.Parts;
        int first = (Grid.IdxX - (block * g.Parts)) * g.PartPositions;
        int last = IntrinsicMath.Min(first + g.PartPositions, g.Positions);
        int gain = g.Gain(Grid.IdxX);
        int begin = g.Start(Grid.IdxX);
        int sample = block / g.ColumnBlocks;
        int channel0 = (block - (sample * g.ColumnBlocks)) * Columns;
        int row = Group.IdxX / Columns;
        int lane = Group.IdxX - (row * Columns);
        int columns = IntrinsicMath.Min(Columns, g.Channels - channel0);

        // Lanes beyond the columns compute what the last one does, and store nothing.
        int channel = channel0 + IntrinsicMath.Min(lane, columns - 1);
        int mode = channel * g.States;
        int kept = g.StateAt + (sample * g.Modes) + mode;
        int u = slots.A0 + g.U.Of(sample, 0) + channel;
        int delta = slots.A1 + g.Delta.Of(sample, 0) + channel;
        int b = slots.A3 + g.B.Of(sample, 0);
        int c = slots.A4 + g.C.Of(sample, 0);
        int y = slots.A5 + g.Y.Of(sample, 0) + channel;

        // States go in turns of as many as there is room for; each turn adds to y what it gives.
        int most = MostShared / Columns;
        for (int turn = 0; turn < g.States; turn += most)
        {
            int end = IntrinsicMath.Min(g.States, turn + most);
            for (int state = turn + row; state < end; state += Rows)
            {
                float before = 0f;
                if (g.StateAt >= 0)
                {
                    before = memory[kept + state];
                }
                else if (g.Parts > 1 & g.Gains == 0)
                {
                    before = memory[begin + (state * Columns) + lane];
                }

                h[((state - turn) * Columns) + lane] = before;
            }

            float steps = 0f;
            float goesOn = 1f;
            for (int done = first; done < last; done += Block)
            {
                int count = IntrinsicMath.Min(Block, last - done);
                for (int i = 0; i < count; i++)
                {
                    int t = done + i;
                    float step = memory[delta + (t * g.Delta.Position)];
                    float x = step * memory[u + (t * g.U.Position)];
                    float stays = g.Stays(memory, slots.A6, sample, t);
                    steps += step;
                    goesOn *= stays;
                    float sum = 0f;
                    for (int state = turn + row; state < end; state += Rows)
                    {
                        int at = ((state - turn) * Columns) + lane;
                        float next = (stays * GpuMath.Exp(step * memory[slots.A2 + mode + state]) * h[at])
                            + (x * memory[b + (t * g.B.Position) + state]);
                        h[at] = next;
                        sum += next * memory[c + (t * g.C.Position) + state];
                    }

                    sums[(((row * Block) + i) * Columns) + lane] = sum;
                }

                Group.Barrier();
                int outputs = g.Gains != 0 ? 0 : count;
                for (int i = row; i < outputs; i += Rows)
                {
                    float sum = 0f;
                    for (int part = 0; part < Rows; part++)
                    {
                        sum += sums[(((part * Block) + i) * Columns) + lane];
                    }

                    if (lane < columns)
                    {
                        int at = y + ((done + i) * g.Y.Position);
                        memory[at] = turn > 0 ? memory[at] + sum : sum;
                    }
                }

                Group.Barrier();
            }

            for (int state = turn + row; state < end; state += Rows)
            {
                if (g.StateAt >= 0 & lane < columns)
                {
                    memory[kept + state] = h[((state - turn) * Columns) + lane];
                }

                if (g.Gains != 0)
                {
                    memory[gain + (state * Columns) + lane] = h[((state - turn) * Columns) + lane];
                }
            }

            if (g.Gains != 0 & turn == 0 & row == 0)
            {
                memory[g.Steps(Grid.IdxX) + lane] = steps;
                memory[g.Steps(Grid.IdxX) + Columns + lane] = goesOn;
            }
        }
    }

    /// <summary>Turns what the parts add into the states that they begin with: a thread for each state of each channel.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        int length = g.States * Columns;
        int item = GpuLaunch.Item;
        int block = item / length;
        int within = item - (block * length);
        int state = within / Columns;
        int lane = within - (state * Columns);
        int channel = ((block - (block / g.ColumnBlocks * g.ColumnBlocks)) * Columns) + lane;
        if (block < g.Blocks & channel < g.Channels)
        {
            float a = memory[slots.A2 + (channel * g.States) + state];
            float h = 0f;
            for (int part = 0; part < g.Parts; part++)
            {
                int group = (block * g.Parts) + part;
                memory[g.Start(group) + within] = h;
                float left = GpuMath.Exp(a * memory[g.Steps(group) + lane]) * h;
                h = memory[g.Gain(group) + within] + (memory[g.Steps(group) + Columns + lane] == 0f ? 0f : left);
            }
        }
    }
}

/// <summary>A SelectiveScan launch with its kernels.</summary>
internal sealed class GpuSelectiveScanLaunch(SelectiveScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<SelectiveScanGeometry> _kernel = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScan.Run);
    private readonly LazyKernel<SelectiveScanGeometry> _starts = new(kernels, GpuSelectiveScan.Starts);

    internal override long Prepare()
    {
        SelectiveScanGeometry g = Geometry();
        if (g.Parts == 1)
        {
            return 0;
        }

        LoadAll();
        return 2L * g.Blocks * g.Parts * (g.States + 1) * SelectiveScanParts.Columns;
    }

    internal override void LoadAll() => _ = _starts.Value;

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        SelectiveScanGeometry g = Geometry();
        long groups = (long)g.Blocks * g.Parts;
        if (g.Parts > 1)
        {
            g.Gains = 1;
            _kernel.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
            g.Gains = 0;
            long items = (long)g.Blocks * g.States * SelectiveScanParts.Columns;
            _starts.Value.Launch(stream, memory, launch.Slots, g, Groups(items), GpuKernels.MaxThreads);
        }

        _kernel.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
    }

    private SelectiveScanGeometry Geometry()
    {
        SelectiveScanGeometry geometry = SelectiveScanGeometry.Of(launch);
        if (!launch.HasState)
        {
            var parts = GpuSlices.Of(
                geometry.Blocks, launch.Positions, GpuOuterScan.FewestPositions, GpuSelectiveScan.Block);
            (geometry.Parts, geometry.PartPositions) = (parts.Count, parts.Length);
        }

        geometry.Working = Working;
        return geometry;
    }
}
