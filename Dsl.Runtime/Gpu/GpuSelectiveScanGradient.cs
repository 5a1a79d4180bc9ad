using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>The states before each chunk of 32 positions, and what comes into it from the next one on the way back. Both follow from
/// what every chunk leaves of what comes into it, and what it adds.</summary>
internal static class GpuSelectiveScanChunks
{
    /// <summary>What chunks leave and add: a thread for each chunk of each state of each channel of each sample.</summary>
    internal static void Run(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Batch * g.Chunks * g.Modes)
        {
            int row = item / g.Modes;
            int mode = item - (row * g.Modes);
            int sample = row / g.Chunks;
            int chunk = row - (sample * g.Chunks);
            int channel = mode / g.States;
            int state = mode - (channel * g.States);
            int y = slots.A0 + g.Y.Of(sample, 0) + channel;
            int u = slots.A1 + g.U.Of(sample, 0) + channel;
            int delta = slots.A2 + g.Delta.Of(sample, 0) + channel;
            float a = memory[slots.A3 + mode];
            int b = slots.A4 + g.B.Of(sample, 0) + state;
            int c = slots.A5 + g.C.Of(sample, 0) + state;
            int first = chunk * SelectiveScanParts.Chunk;
            int last = IntrinsicMath.Min(first + SelectiveScanParts.Chunk, g.Positions);
            float h = 0f;
            float left = 1f;
            for (int t = first; t < last; t++)
            {
                float step = memory[delta + (t * g.Delta.Position)];
                float stays = g.Stays(memory, slots.A6, sample, t) * GpuMath.Exp(step * a);
                left *= stays;
                h = (stays * h) + (step * memory[u + (t * g.U.Position)] * memory[b + (t * g.B.Position)]);
            }

            float back = 0f;
            for (int t = last - 1; t >= first; t--)
            {
                float grad = (memory[c + (t * g.C.Position)] * memory[y + (t * g.Y.Position)]) + back;
                back = g.Stays(memory, slots.A6, sample, t) * GpuMath.Exp(memory[delta + (t * g.Delta.Position)] * a) * grad;
            }

            memory[g.Left(sample, chunk, mode)] = left;
            memory[g.Added(sample, chunk, mode)] = h;
            memory[g.AddedBack(sample, chunk, mode)] = back;
        }
    }

    /// <summary>What comes into chunks: a thread for each state of each channel of each sample.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, SelectiveScanGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Batch * g.Modes)
        {
            int sample = item / g.Modes;
            int mode = item - (sample * g.Modes);
            float h = 0f;
            for (int chunk = 0; chunk < g.Chunks; chunk++)
            {
                memory[g.Kept(sample, chunk, mode)] = h;
                h = (memory[g.Left(sample, chunk, mode)] * h) + memory[g.Added(sample, chunk, mode)];
            }

            float back = 0f;
            for (int chunk = g.Chunks - 1; chunk >= 0; chunk--)
            {
                memory[g.Added(sample, chunk, mode)] = back;
                back = (memory[g.Left(sample, chunk, mode)] * back) + memory[g.AddedBack(sample, chunk, mode)];
            }
        }
    }
}

/// <summary>
/// The way back: a group for each chunk of each sample and block of 32 channels. Thread (row, lane) takes a state of its channel
/// through the chunk, keeps the states in shared memory, and goes back 8 positions at a time, after which what all threads have is
/// summed up: over the channels for B and C, over the states for u and Δ.
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
        int of = Grid.IdxX / g.Chunks;
        int chunk = Grid.IdxX - (of * g.Chunks);
        int sample = of / g.ColumnBlocks;
        int block = of - (sample * g.ColumnBlocks);
        int thread = Group.IdxX;
        int row = thread / Columns;
        int lane = thread - (row * Columns);
        int columns = IntrinsicMath.Min(Columns, g.Channels - (block * Columns));

        // Lanes beyond the columns and rows beyond the states compute what the last ones do, which counts as 0.
        int channel = (block * Columns) + IntrinsicMath.Min(lane, columns - 1);
        int u = slots.A1 + g.U.Of(sample, 0) + channel;
        int delta = slots.A2 + g.Delta.Of(sample, 0) + channel;
        int y = slots.A0 + g.Y.Of(sample, 0) + channel;
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

            float back = memory[g.Added(sample, chunk, mode)];
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
                    int which = pair - (i * Rows * 2);
                    int from = which >= Rows ? which - Rows : which;
                    float sum = 0f;
                    for (int part = 0; part < Columns; part++)
                    {
                        int at = (i * Threads) + (from * Columns) + part;
                        sum += which >= Rows ? ofC[at] : ofB[at];
                    }

                    if (state0 + from < g.States)
                    {
                        memory[g.Sums(block, sample, first + end - 1 - i) + (which >= Rows ? g.States : 0) + state0 + from] = sum;
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
                memory[g.Left(sample, chunk, mode)] = ofA;
            }
        }
    }
}

/// <summary>Adds up parts of the sums for B and C, and those of chunks for A: one thread for each element.</summary>
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
            for (int chunk = 0; chunk < g.Batch * g.Chunks; chunk++)
            {
                sum += memory[g.Left(0, chunk, mode)];
            }

            memory[g.OfAAt + mode] = sum;
        }
    }
}

/// <summary>A launch of the gradients with its kernels.</summary>
internal sealed class GpuSelectiveScanGradientLaunch(SelectiveScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<SelectiveScanGeometry> _chunks = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanChunks.Run);
    private readonly GpuKernel<SelectiveScanGeometry> _starts = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanChunks.Starts);
    private readonly GpuKernel<SelectiveScanGeometry> _back = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanBack.Run);
    private readonly GpuKernel<SelectiveScanGeometry> _merge = kernels.Load<SelectiveScanGeometry>(GpuSelectiveScanMerge.Run);

    private long Modes => (long)launch.Shape.Channels * launch.Shape.States;

    internal override long Prepare() => 3 * launch.Batch * launch.Chunks * Modes;

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        SelectiveScanGeometry geometry = SelectiveScanGeometry.Of(launch);
        geometry.Working = Working;
        long samples = launch.Batch * Modes;
        _chunks.Launch(stream, memory, launch.Slots, geometry, Groups(samples * launch.Chunks), GpuKernels.MaxThreads);
        _starts.Launch(stream, memory, launch.Slots, geometry, Groups(samples), GpuKernels.MaxThreads);
        _back.Launch(
            stream, memory, launch.Slots, geometry, (long)geometry.Blocks * launch.Chunks, GpuSelectiveScanBack.Threads);
        _merge.Launch(
            stream, memory, launch.Slots, geometry,
            Groups(((long)launch.Batch * launch.Positions * 2 * launch.Shape.States) + Modes), GpuKernels.MaxThreads);
    }
}
