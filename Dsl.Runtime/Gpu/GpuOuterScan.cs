using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>Where the sequences of an operand of a scan lie.</summary>
internal struct ScanOperand
{
    internal int Batch;
    internal int Position;
    internal int Head;

    internal ScanOperand(SequenceStrides strides) =>
        (Batch, Position, Head) = (strides.Batch, strides.Position, strides.Head);

    /// <summary>Elements before a sequence.</summary>
    internal readonly int Of(int sample, int head) => (sample * Batch) + (head * Head);
}

/// <summary>What the OuterScan kernel knows.</summary>
internal struct OuterScanGeometry
{
    internal ScanOperand Q;
    internal ScanOperand K;
    internal ScanOperand V;
    internal ScanOperand O;
    internal int OFeature;
    internal int Heads;
    internal int Positions;
    internal int Keys;
    internal int Values;
    internal int Columns;
    internal int ColumnBlocks;

    /// <summary>Sequences, heads and blocks of columns.</summary>
    internal int Blocks;
    internal int Chunk;
    internal int Chunks;

    /// <summary>Whether a chunk sees itself: then it is one block of positions.</summary>
    internal int SeesItself;

    /// <summary>Whether a position sees itself.</summary>
    internal int Inclusive;
    internal int Reverse;

    /// <summary>Runs of chunks, each with groups of its own.</summary>
    internal int Parts;
    internal int PartChunks;

    /// <summary>Shares of the positions of a chunk that does not see itself, each with groups of its own; then a part has one
    /// chunk.</summary>
    internal int Shares;
    internal int SharePositions;

    /// <summary>Whether only what a part adds to the state is wanted.</summary>
    internal int Gains;
    internal int Working;

    /// <summary>Where it lies what a group adds to the state.</summary>
    internal readonly int Gain(int group) => Working + (group * Keys * Columns);

    /// <summary>Where the state lies that a group begins with.</summary>
    internal readonly int Start(int group) => Gain((Blocks * Parts) + group);
}

/// <summary>
/// The OuterScan skeleton: a group for each sequence, head and block of at most 32 columns of the values, whose
/// state stays in shared memory. It goes through the positions 16 at a time: thread (row, lane) has the sums of one
/// position and two columns, and one score. Where sequences are few they are cut into parts: first every part says what
/// it adds to the state, these are summed up in order, and then every part begins with what came before it (the scan of
/// Blelloch 1990 in two levels). Of a long chunk that does not see itself positions are shared out, too: all begin with one state.
/// </summary>
internal static class GpuOuterScan
{
    internal const int Block = 16;
    internal const int MostColumns = 2 * Block;

    /// <summary>The fewest positions worth a part.</summary>
    internal const int FewestPositions = 64;

    /// <summary>Floats of the state; as many again are what its roundings have lost (Kahan 1965).</summary>
    internal const int StateFloats = 4096;
    private const int Features = 32;

    // One more than what lies side by side: a column then touches every bank.
    private const int Pitch = Features + 1;

    internal static void Run(ArrayView<float> memory, Slots slots, OuterScanGeometry g)
    {
        var state = SharedMemory.Allocate<float>(StateFloats);
        var lost = SharedMemory.Allocate<float>(StateFloats);
        var queries = SharedMemory.Allocate<float>(Block * Pitch);
        var keys = SharedMemory.Allocate<float>(Block * Pitch);
        var scores = SharedMemory.Allocate<float>(Block * (Block + 1));
        var values = SharedMemory.Allocate<float>(Block * MostColumns);
        int block = Grid.IdxX / g.Parts;
        int part = Grid.IdxX - (block * g.Parts);
        int share = part - (part / g.Shares * g.Shares);
        int firstChunk = part / g.Shares * g.PartChunks;
        int lastChunk = IntrinsicMath.Min(firstChunk + g.PartChunks, g.Chunks);
        int gain = g.Gain(Grid.IdxX);
        int begin = g.Start(Grid.IdxX - share);
        int sequence = block / g.ColumnBlocks;
        int column0 = (block - (sequence * g.ColumnBlocks)) * g.Columns;
        int sample = sequence / g.Heads;
        int head = sequence - (sample * g.Heads);
        int q = slots.A0 + g.Q.Of(sample, head);
        int k = slots.A1 + g.K.Of(sample, head);
        int v = slots.A2 + g.V.Of(sample, head) + column0;
        int o = slots.A3 + g.O.Of(sample, head) + (column0 * g.OFeature);
        int columns = IntrinsicMath.Min(g.Columns, g.Values - column0);
        int thread = Group.IdxX;
        int row = thread / Block;
        int lane = thread - (row * Block);

        // Lanes beyond the columns compute what the last one does, and store nothing.
        int left = IntrinsicMath.Min(lane, g.Columns - 1);
        int right = IntrinsicMath.Min(lane + Block, g.Columns - 1);
        for (int i = thread; i < g.Keys * g.Columns; i += GpuKernels.MaxThreads)
        {
            float before = 0f;
            if (g.Parts > 1 & g.Gains == 0)
            {
                before = memory[begin + i];
            }

            state[i] = before;
            lost[i] = 0f;
        }

        Group.Barrier();
        for (int c = firstChunk; c < lastChunk; c++)
        {
            int chunk = (g.Reverse != 0 ? g.Chunks - 1 - c : c) * g.Chunk;
            int start = chunk + (share * g.SharePositions);
            int end = IntrinsicMath.Min(
                IntrinsicMath.Min(start + g.SharePositions, chunk + g.Chunk), g.Positions);
            int outputs = g.Gains != 0 ? start : end;

            // Nobody sees the state behind the last chunk but who wants what the part adds.
            int updates = g.Gains != 0 | c + 1 < lastChunk ? end : start;
            for (int position = start; position < outputs; position += Block)
            {
                int count = IntrinsicMath.Min(Block, end - position);
                float score = 0f;
                float sumLeft = 0f;
                float sumRight = 0f;
                for (int feature = 0; feature < g.Keys; feature += Features)
                {
                    int width = IntrinsicMath.Min(Features, g.Keys - feature);
                    Stage(memory, queries, q + (position * g.Q.Position) + feature, g.Q.Position, count, width);
                    Stage(memory, keys, k + (position * g.K.Position) + feature, g.K.Position, count, width);
                    Group.Barrier();
                    for (int x = 0; x < width; x++)
                    {
                        float query = queries[(row * Pitch) + x];
                        int at = (feature + x) * g.Columns;
                        score += query * keys[(lane * Pitch) + x];
                        sumLeft += query * state[at + left];
                        sumRight += query * state[at + right];
                    }

                    Group.Barrier();
                }

                if (g.SeesItself != 0)
                {
                    bool sees = g.Reverse != 0 ? lane > row : lane < row;
                    sees = (sees | (lane == row & g.Inclusive != 0)) & lane < count;
                    scores[(row * (Block + 1)) + lane] = sees ? score : 0f;
                    StageValues(memory, values, v + (position * g.V.Position), g.V.Position, count, columns, g.Columns);
                    Group.Barrier();
                    for (int s = 0; s < count; s++)
                    {
                        float seen = scores[(row * (Block + 1)) + s];
                        sumLeft += seen * values[(s * g.Columns) + left];
                        sumRight += seen * values[(s * g.Columns) + right];
                    }
                }

                int result = o + ((position + row) * g.O.Position);
                if (row < count & lane < columns)
                {
                    memory[result + (lane * g.OFeature)] = sumLeft;
                }

                if (row < count & lane + Block < columns)
                {
                    memory[result + ((lane + Block) * g.OFeature)] = sumRight;
                }

                Group.Barrier();
            }

            for (int position = start; position < updates; position += Block)
            {
                int count = IntrinsicMath.Min(Block, end - position);
                StageValues(memory, values, v + (position * g.V.Position), g.V.Position, count, columns, g.Columns);
                Group.Barrier();
                for (int i = thread; i < g.Keys * g.Columns; i += GpuKernels.MaxThreads)
                {
                    int feature = i / g.Columns;
                    int column = i - (feature * g.Columns);
                    int key = k + (position * g.K.Position) + feature;
                    float sum = -lost[i];
                    for (int s = 0; s < count; s++)
                    {
                        sum += memory[key + (s * g.K.Position)] * values[(s * g.Columns) + column];
                    }

                    float before = state[i];
                    float after = before + sum;
                    state[i] = after;
                    lost[i] = after - before - sum;
                }

                Group.Barrier();
            }
        }

        for (int i = thread; i < g.Keys * g.Columns; i += GpuKernels.MaxThreads)
        {
            if (g.Gains != 0)
            {
                memory[gain + i] = state[i] - lost[i];
            }
        }
    }

    /// <summary>Turns what the parts add into the states that they begin with: a thread for each element of the
    /// state.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, OuterScanGeometry g)
    {
        int length = g.Keys * g.Columns;
        int item = GpuLaunch.Item;
        int block = item / length;
        if (block < g.Blocks)
        {
            int from = g.Gain(block * g.Parts) + (item - (block * length));
            int to = g.Start(block * g.Parts) + (item - (block * length));
            float state = 0f;
            float lost = 0f;
            for (int part = 0; part < g.Parts; part++)
            {
                if (part == part / g.Shares * g.Shares)
                {
                    memory[to] = state;
                }

                float sum = memory[from] - lost;
                float after = state + sum;
                lost = after - state - sum;
                state = after;
                from += length;
                to += length;
            }
        }
    }

    /// <summary>Some features of the positions of a block; 0 where there is none.</summary>
    private static void Stage(
        ArrayView<float> memory, ArrayView<float> shared, int from, int step, int count, int width)
    {
        for (int i = Group.IdxX; i < Block * Features; i += GpuKernels.MaxThreads)
        {
            int row = i / Features;
            int x = i - (row * Features);
            float value = 0f;
            if (row < count & x < width)
            {
                value = memory[from + (row * step) + x];
            }

            shared[(row * Pitch) + x] = value;
        }
    }

    /// <summary>The values of a block; 0 in columns that do not exist.</summary>
    private static void StageValues(
        ArrayView<float> memory, ArrayView<float> shared, int from, int step, int count, int columns, int pitch)
    {
        for (int i = Group.IdxX; i < Block * pitch; i += GpuKernels.MaxThreads)
        {
            int row = i / pitch;
            int x = i - (row * pitch);
            float value = 0f;
            if (row < count & x < columns)
            {
                value = memory[from + (row * step) + x];
            }

            shared[i] = value;
        }
    }
}

/// <summary>An OuterScan launch with its kernel.</summary>
internal sealed class GpuOuterScanLaunch : GpuLaunch
{
    private readonly OuterScanLaunch _launch;
    private readonly GpuKernel<OuterScanGeometry> _kernel;
    private readonly LazyKernel<OuterScanGeometry> _starts;

    /// <exception cref="NotSupportedException">A column of the state does not fit into shared memory.</exception>
    internal GpuOuterScanLaunch(OuterScanLaunch launch, GpuKernels kernels)
    {
        if (launch.Shape.Keys > GpuOuterScan.StateFloats)
        {
            throw new NotSupportedException(
                $"Kernel '{launch.Kernel.Name}' has {launch.Shape.Keys} features, more than the "
                + $"{GpuOuterScan.StateFloats} that this device's code has room for.");
        }

        _launch = launch;
        _kernel = kernels.Load<OuterScanGeometry>(GpuOuterScan.Run);
        _starts = new(kernels, GpuOuterScan.Starts);
    }

    internal override long Prepare()
    {
        var g = Geometry();
        if (g.Parts == 1)
        {
            return 0;
        }

        LoadAll();
        return 2L * g.Blocks * g.Parts * g.Keys * g.Columns;
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

    private OuterScanGeometry Geometry()
    {
        OuterScanShape shape = _launch.Shape;
        int columns = GpuOuterScan.MostColumns;
        while (columns > 1 && (columns / 2 >= shape.Values || columns * shape.Keys > GpuOuterScan.StateFloats))
        {
            columns /= 2;
        }

        bool seesItself = shape.Intra != Intra.PreviousChunks;
        int chunk = seesItself ? GpuOuterScan.Block : shape.Chunk;
        int chunks = (int)(((long)_launch.Positions + chunk - 1) / chunk);
        int columnBlocks = (shape.Values + columns - 1) / columns;
        int blocks = checked(_launch.Batch * shape.Heads * columnBlocks);
        var shares = seesItself ? new GpuSlices(1, chunk)
            : GpuSlices.Of((long)blocks * chunks, chunk, GpuOuterScan.FewestPositions, GpuOuterScan.Block);
        var parts = shares.Count > 1 ? new GpuSlices(chunks * shares.Count, 1)
            : GpuSlices.Of(blocks, chunks, fewest: Math.Max(1, GpuOuterScan.FewestPositions / chunk));
        return new OuterScanGeometry
        {
            Q = new ScanOperand(_launch.Q),
            K = new ScanOperand(_launch.K),
            V = new ScanOperand(_launch.V),
            O = new ScanOperand(_launch.O),
            OFeature = _launch.OFeature,
            Heads = shape.Heads,
            Positions = _launch.Positions,
            Keys = shape.Keys,
            Values = shape.Values,
            Columns = columns,
            ColumnBlocks = columnBlocks,
            Blocks = blocks,
            Chunk = chunk,
            Chunks = chunks,
            Parts = parts.Count,
            PartChunks = parts.Length,
            Shares = shares.Count,
            SharePositions = shares.Length,
            Working = Working,
            SeesItself = seesItself ? 1 : 0,
            Inclusive = shape.Intra == Intra.Inclusive ? 1 : 0,
            Reverse = shape.Reverse ? 1 : 0,
        };
    }
}
