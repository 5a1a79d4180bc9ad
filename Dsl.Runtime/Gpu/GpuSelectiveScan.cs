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
    };

    /// <summary>1, and 0 where states begin anew.</summary>
    internal readonly float Stays(ArrayView<float> memory, int goesOn, int sample, int t) =>
        Resets != 0 && memory[goesOn + (sample * Positions) + t] == 0f ? 0f : 1f;

    /// <summary>Elements of A.</summary>
    internal readonly int Modes => Channels * States;

    /// <summary>The states before a chunk, of one state of one channel.</summary>
    internal readonly int Kept(int sample, int chunk, int mode) => ScratchAt + ((((sample * Chunks) + chunk) * Modes) + mode);

    /// <summary>What goes back to a chunk from the next one; the sum for A of a sample comes behind those of all.</summary>
    internal readonly int Back(int sample, int mode) => ScratchAt + (((Batch * Chunks) + sample) * Modes) + mode;

    /// <summary>The sums of a block of channels for B at a position; those for C come behind them.</summary>
    internal readonly int Sums(int block, int sample, int t) => ScratchAt + (Batch * (Chunks + 2) * Modes)
        + (((((block * Batch) + sample) * Positions) + t) * 2 * States);
}

/// <summary>
/// The SelectiveScan skeleton: a group for each sample and block of 32 channels. Thread (row, lane) has every eighth state of its
/// channel, in shared memory, and takes it through 8 positions; then the sums of the rows are added up.
/// </summary>
internal static class GpuSelectiveScan
{
    private const int Columns = SelectiveScanParts.Columns;
    private const int Rows = GpuKernels.MaxThreads / Columns;
    private const int Block = 8;

    /// <summary>Floats of states in shared memory.</summary>
    private const int MostShared = 2048;

    internal static void Run(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        var h = SharedMemory.Allocate<float>(MostShared);
        var sums = SharedMemory.Allocate<float>(Rows * Block * Columns);
        int sample = Grid.IdxX / g.ColumnBlocks;
        int channel0 = (Grid.IdxX - (sample * g.ColumnBlocks)) * Columns;
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
                h[((state - turn) * Columns) + lane] = g.StateAt >= 0 ? memory[kept + state] : 0f;
            }

            for (int done = 0; done < g.Positions; done += Block)
            {
                int count = IntrinsicMath.Min(Block, g.Positions - done);
                for (int i = 0; i < count; i++)
                {
                    int t = done + i;
                    float step = memory[delta + (t * g.Delta.Position)];
                    float x = step * memory[u + (t * g.U.Position)];
                    float stays = g.Stays(memory, slots.A6, sample, t);
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
                for (int i = row; i < count; i += Rows)
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
            }
        }
    }
}

/// <summary>The states before each chunk: one thread for each state of each channel of each sample.</summary>
internal static class GpuSelectiveScanKeep
{
    internal static void Run(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Batch * g.Modes)
        {
            int sample = item / g.Modes;
            int mode = item - (sample * g.Modes);
            int channel = mode / g.States;
            int u = slots.A1 + g.U.Of(sample, 0) + channel;
            int delta = slots.A2 + g.Delta.Of(sample, 0) + channel;
            float a = memory[slots.A3 + mode];
            int b = slots.A4 + g.B.Of(sample, 0) + mode - (channel * g.States);
            float h = 0f;
            for (int t = 0; t < g.Positions; t++)
            {
                if (t % SelectiveScanParts.Chunk == 0)
                {
                    memory[g.Kept(sample, t / SelectiveScanParts.Chunk, mode)] = h;
                }

                float step = memory[delta + (t * g.Delta.Position)];
                h = (g.Stays(memory, slots.A6, sample, t) * GpuMath.Exp(step * a) * h)
                    + (step * memory[u + (t * g.U.Position)] * memory[b + (t * g.B.Position)]);
            }
        }
    }
}

/// <summary>
/// The way back: a group for each sample and block of 32 channels. Thread (row, lane) takes a state of its channel through a chunk, keeps
/// the states in shared memory, and goes back 8 positions at a time, after which what all threads have is summed up: over the channels
/// for B and C, over the states for u and Δ.
/// </summary>
internal static class GpuSelectiveScanBack
{
    /// <summary>Threads of a group.</summary>
    internal const int Threads = Rows * Columns;
    private const int Rows = 4;
    private const int Columns = SelectiveScanParts.Columns;
    private const int Chunk = SelectiveScanParts.Chunk;
    private const int Block = 8;

    internal static void Run(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        var h = SharedMemory.Allocate<float>(Chunk * Threads);
        var ofB = SharedMemory.Allocate<float>(Block * Threads);
        var ofC = SharedMemory.Allocate<float>(Block * Threads);
        var ofInput = SharedMemory.Allocate<float>(Block * Threads);
        var ofDelta = SharedMemory.Allocate<float>(Block * Threads);
        int sample = Grid.IdxX / g.ColumnBlocks;
        int block = Grid.IdxX - (sample * g.ColumnBlocks);
        int thread = Group.IdxX;
        int row = thread / Columns;
        int lane = thread - (row * Columns);
        int columns = IntrinsicMath.Min(Columns, g.Channels - (block * Columns));

        // Lanes beyond the columns and rows beyond the states compute what the last ones do, which counts as 0.
        int channel = (block * Columns) + IntrinsicMath.Min(lane, columns - 1);
        int u = slots.A1 + g.U.Of(sample, 0) + channel;
        int delta = slots.A2 + g.Delta.Of(sample, 0) + channel;
        int y = slots.A0 + g.Y.Of(sample, 0) + channel;
        for (int chunk = g.Chunks - 1; chunk >= 0; chunk--)
        {
            int first = chunk * Chunk;
            int count = IntrinsicMath.Min(Chunk, g.Positions - first);
            for (int state0 = 0; state0 < g.States; state0 += Rows)
            {
                int state = IntrinsicMath.Min(state0 + row, g.States - 1);
                bool counts = lane < columns & state0 + row < g.States;
                int mode = (channel * g.States) + state;
                int b = slots.A4 + g.B.Of(sample, 0) + state;
                int c = slots.A5 + g.C.Of(sample, 0) + state;
                float a = memory[slots.A3 + mode];
                float state1 = memory[g.Kept(sample, chunk, mode)];
                for (int i = 0; i < count; i++)
                {
                    int t = first + i;
                    h[(i * Threads) + thread] = state1;
                    float step = memory[delta + (t * g.Delta.Position)];
                    state1 = (g.Stays(memory, slots.A6, sample, t) * GpuMath.Exp(step * a) * state1)
                        + (step * memory[u + (t * g.U.Position)] * memory[b + (t * g.B.Position)]);
                }

                float back = chunk == g.Chunks - 1 ? 0f : memory[g.Back(sample, mode)];
                float ofA = 0f;
                for (int end = count; end > 0; end -= Block)
                {
                    int many = IntrinsicMath.Min(Block, end);
                    for (int i = 0; i < many; i++)
                    {
                        int t = first + end - 1 - i;
                        float weight = memory[y + (t * g.Y.Position)];
                        float step = memory[delta + (t * g.Delta.Position)];
                        float weightB = memory[b + (t * g.B.Position)];
                        float grad = (memory[c + (t * g.C.Position)] * weight) + back;
                        float before = h[((end - 1 - i) * Threads) + thread];
                        back = g.Stays(memory, slots.A6, sample, t) * GpuMath.Exp(step * a) * grad;
                        float past = back * before;
                        ofA += past * step;
                        int at = (i * Threads) + thread;
                        ofB[at] = counts ? grad * step * memory[u + (t * g.U.Position)] : 0f;
                        ofC[at] = counts ? weight * state1 : 0f;
                        ofInput[at] = counts ? grad * weightB : 0f;
                        ofDelta[at] = counts ? a * past : 0f;
                        state1 = before;
                    }

                    Group.Barrier();
                    for (int pair = thread; pair < many * Rows * 2; pair += Threads)
                    {
                        int i = pair / (Rows * 2);
                        int of = pair - (i * Rows * 2);
                        int from = of >= Rows ? of - Rows : of;
                        float sum = 0f;
                        for (int part = 0; part < Columns; part++)
                        {
                            int at = (i * Threads) + (from * Columns) + part;
                            sum += of >= Rows ? ofC[at] : ofB[at];
                        }

                        if (state0 + from < g.States)
                        {
                            memory[g.Sums(block, sample, first + end - 1 - i) + (of >= Rows ? g.States : 0) + state0 + from] = sum;
                        }
                    }

                    for (int i = row; i < many; i += Rows)
                    {
                        int t = first + end - 1 - i;
                        float input = 0f;
                        float change = 0f;
                        for (int part = 0; part < Rows; part++)
                        {
                            input += ofInput[(i * Threads) + (part * Columns) + lane];
                            change += ofDelta[(i * Threads) + (part * Columns) + lane];
                        }

                        change += memory[u + (t * g.U.Position)] * input;
                        input *= memory[delta + (t * g.Delta.Position)];
                        if (lane < columns & g.OfUAt >= 0)
                        {
                            int at = g.OfUAt + g.OfU.Of(sample, 0) + (t * g.OfU.Position) + channel;
                            memory[at] = state0 > 0 ? memory[at] + input : input;
                        }

                        if (lane < columns & g.OfDeltaAt >= 0)
                        {
                            int at = g.OfDeltaAt + g.OfDelta.Of(sample, 0) + (t * g.OfDelta.Position) + channel;
                            memory[at] = state0 > 0 ? memory[at] + change : change;
                        }
                    }

                    Group.Barrier();
                }

                if (counts)
                {
                    int at = g.Back(sample, mode);
                    int sum = at + (g.Batch * g.Modes);
                    memory[at] = back;
                    memory[sum] = chunk == g.Chunks - 1 ? ofA : memory[sum] + ofA;
                }
            }
        }
    }
}

/// <summary>Adds up parts of the sums for B and C, and those of samples for A: one thread for each element.</summary>
internal static class GpuSelectiveScanMerge
{
    internal static void Run(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        int item = GpuLaunch.Item;
        int rows = g.Batch * g.Positions;
        if (item < rows * 2 * g.States)
        {
            int position = item / (2 * g.States);
            int of = item - (position * 2 * g.States);
            int sample = position / g.Positions;
            int t = position - (sample * g.Positions);
            float sum = 0f;
            for (int block = 0; block < g.ColumnBlocks; block++)
            {
                sum += memory[g.Sums(block, sample, t) + of];
            }

            if (of < g.States & g.OfBAt >= 0)
            {
                memory[g.OfBAt + g.OfB.Of(sample, 0) + (t * g.OfB.Position) + of] = sum;
            }

            if (of >= g.States & g.OfCAt >= 0)
            {
                memory[g.OfCAt + g.OfC.Of(sample, 0) + (t * g.OfC.Position) + of - g.States] = sum;
            }
        }

        int mode = item - (rows * 2 * g.States);
        if (mode >= 0 & mode < g.Modes & g.OfAAt >= 0)
        {
            float sum = 0f;
            for (int sample = 0; sample < g.Batch & g.Positions > 0; sample++)
            {
                sum += memory[g.Back(sample, mode) + (g.Batch * g.Modes)];
            }

            memory[g.OfAAt + mode] = sum;
        }
    }
}

/// <summary>A SelectiveScan launch with its kernel.</summary>
internal sealed class GpuSelectiveScanLaunch(SelectiveScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<SelectiveScanGeometry> _kernel = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScan.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        SelectiveScanGeometry geometry = SelectiveScanGeometry.Of(launch);
        _kernel.Launch(
            stream, memory, launch.Slots, geometry, (long)launch.Batch * geometry.ColumnBlocks, GpuKernels.MaxThreads);
    }
}

/// <summary>A launch of the gradients with its kernels.</summary>
internal sealed class GpuSelectiveScanGradientLaunch(SelectiveScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<SelectiveScanGeometry> _keep = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanKeep.Run);
    private readonly GpuKernel<SelectiveScanGeometry> _back = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanBack.Run);
    private readonly GpuKernel<SelectiveScanGeometry> _merge = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanMerge.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        SelectiveScanGeometry geometry = SelectiveScanGeometry.Of(launch);
        long modes = (long)launch.Shape.Channels * launch.Shape.States;
        _keep.Launch(stream, memory, launch.Slots, geometry, Groups(launch.Batch * modes), GpuKernels.MaxThreads);
        _back.Launch(
            stream, memory, launch.Slots, geometry, (long)launch.Batch * geometry.ColumnBlocks, GpuSelectiveScanBack.Threads);
        _merge.Launch(
            stream, memory, launch.Slots, geometry,
            Groups(((long)launch.Batch * launch.Positions * 2 * launch.Shape.States) + modes), GpuKernels.MaxThreads);
    }
}
