using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the DeltaScan kernels know.</summary>
internal struct DeltaScanGeometry
{
    internal ScanOperand Q;
    internal ScanOperand K;
    internal ScanOperand V;
    internal ScanOperand B;
    internal ScanOperand O;
    internal ScanOperand D;
    internal ScanOperand OfQ;
    internal ScanOperand OfK;
    internal ScanOperand OfV;
    internal ScanOperand OfB;
    internal ScanOperand OfD;
    internal int Heads;
    internal int Sequences;
    internal int Positions;
    internal int Chunks;
    internal int Keys;
    internal int Values;
    internal int Pitch;
    internal int Decays;
    internal int StateAt;
    internal int ScratchAt;
    internal int OfQAt;
    internal int OfKAt;
    internal int OfVAt;
    internal int OfBAt;
    internal int OfDAt;

    /// <summary>Rows of the state that a group has.</summary>
    internal int Rows;
    internal int RowBlocks;

    internal static DeltaScanGeometry Of(DeltaScanLaunch launch)
    {
        DeltaScanShape shape = launch.Shape;
        int rows = GpuDeltaScan.MostRows;
        while (rows > 1 && (rows / 2 >= shape.Values || rows * shape.Keys > GpuDeltaScan.StateFloats))
        {
            rows /= 2;
        }

        return new()
        {
            Q = new ScanOperand(launch.Q),
            K = new ScanOperand(launch.K),
            V = new ScanOperand(launch.V),
            B = new ScanOperand(launch.B),
            O = new ScanOperand(launch.O),
            D = new ScanOperand(launch.D),
            OfQ = new ScanOperand(launch.OfQ),
            OfK = new ScanOperand(launch.OfK),
            OfV = new ScanOperand(launch.OfV),
            OfB = new ScanOperand(launch.OfB),
            OfD = new ScanOperand(launch.OfD),
            Heads = shape.Heads,
            Sequences = launch.Sequences,
            Positions = launch.Positions,
            Chunks = launch.Chunks,
            Keys = shape.Keys,
            Values = shape.Values,
            Pitch = DeltaScanParts.Pitch(shape.Keys),
            Decays = shape.Decays ? 1 : 0,
            StateAt = launch.StateAt,
            ScratchAt = launch.IsGradient ? launch.ScratchAt : -1,
            OfQAt = launch.GradientAt(DeltaGradients.Q),
            OfKAt = launch.GradientAt(DeltaGradients.K),
            OfVAt = launch.GradientAt(DeltaGradients.V),
            OfBAt = launch.GradientAt(DeltaGradients.B),
            OfDAt = launch.GradientAt(DeltaGradients.D),
            Rows = rows,
            RowBlocks = (shape.Values + rows - 1) / rows,
        };
    }

    /// <summary>What is left of the state at a position whose logarithm lies there.</summary>
    internal readonly float Factor(ArrayView<float> memory, int at) => Decays != 0 ? GpuMath.Exp(memory[at]) : 1f;

    /// <summary>What a position has written; as on the host.</summary>
    internal readonly int Written(int sequence, int t) => ScratchAt + (((sequence * Positions) + t) * Values);

    /// <summary>The gradient of what a position has written, before its strength.</summary>
    internal readonly int OfWritten(int sequence, int t) => Written(Sequences + sequence, t);

    /// <summary>The state before a chunk, rows [value][key].</summary>
    internal readonly int Before(int sequence, int chunk) =>
        Written(2 * Sequences, 0) + (((sequence * Chunks) + chunk) * Values * Pitch);

    /// <summary>The gradient of the state behind a chunk.</summary>
    internal readonly int Behind(int sequence, int chunk) => Before(Sequences + sequence, chunk);
}

/// <summary>
/// The DeltaScan skeleton: a group for each sequence of a head and block of at most 32 rows of the state. Thread (part, lane) has
/// every eighth key of its row, in shared memory. A pass over it applies what the position before has written and sums up what
/// the state says of the present key and query; the sums of the parts change places, one barrier for a position.
/// </summary>
internal static class GpuDeltaScan
{
    internal const int MostRows = 32;
    internal const int StateFloats = 4096;
    internal const int Parts = GpuKernels.MaxThreads / MostRows;

    /// <summary>Sums of each part: of the key, of the query, and of both.</summary>
    private const int Sums = 3;

    internal static void Run(ArrayView<float> memory, Slots slots, DeltaScanGeometry g)
    {
        var state = SharedMemory.Allocate<float>(StateFloats);
        var sums = SharedMemory.Allocate<float>(2 * Sums * GpuKernels.MaxThreads);
        int thread = Group.IdxX;
        int part = thread / MostRows;
        int lane = thread - (part * MostRows);
        int sequence = Grid.IdxX / g.RowBlocks;
        int row0 = (Grid.IdxX - (sequence * g.RowBlocks)) * g.Rows;
        int sample = sequence / g.Heads;
        int head = sequence - (sample * g.Heads);
        int rows = IntrinsicMath.Min(g.Rows, g.Values - row0);

        // Lanes beyond the rows compute what the last one does, and store nothing.
        int own = IntrinsicMath.Min(lane, rows - 1);
        bool counts = lane < rows;
        int q = slots.A0 + g.Q.Of(sample, head);
        int k = slots.A1 + g.K.Of(sample, head);
        int v = slots.A2 + g.V.Of(sample, head) + row0 + own;
        int b = slots.A3 + g.B.Of(sample, head);
        int o = slots.A4 + g.O.Of(sample, head) + row0 + own;
        int d = slots.A5 + g.D.Of(sample, head);
        int kept = g.StateAt + (sequence * g.Keys * g.Values) + row0 + own;
        for (int key = part; key < g.Keys; key += Parts)
        {
            float before = 0f;
            if (g.StateAt >= 0)
            {
                before = memory[kept + (key * g.Values)];
            }

            if (counts)
            {
                state[(key * g.Rows) + own] = before;
            }
        }

        float a = 1f;
        float u = 0f;
        for (int t = 0; t < g.Positions; t++)
        {
            int query = q + (t * g.Q.Position);
            int now = k + (t * g.K.Position);
            int old = k + (IntrinsicMath.Max(0, t - 1) * g.K.Position);
            int chunk = t / DeltaScanParts.Chunk;
            bool keeps = counts & g.ScratchAt >= 0 & t == chunk * DeltaScanParts.Chunk;
            int border = g.Before(sequence, chunk) + ((row0 + own) * g.Pitch);
            float ofKey = 0f;
            float ofQuery = 0f;
            float both = 0f;
            for (int key = part; key < g.Keys; key += Parts)
            {
                int at = (key * g.Rows) + own;
                float next = (state[at] * a) + (u * memory[old + key]);
                if (counts)
                {
                    state[at] = next;
                }

                if (keeps)
                {
                    memory[border + key] = next;
                }

                float x = memory[now + key];
                float y = memory[query + key];
                ofKey += next * x;
                ofQuery += next * y;
                both += x * y;
            }

            int turn = (t - (t / 2 * 2)) * Sums * GpuKernels.MaxThreads;
            sums[turn + thread] = ofKey;
            sums[turn + GpuKernels.MaxThreads + thread] = ofQuery;
            sums[turn + (2 * GpuKernels.MaxThreads) + thread] = both;
            Group.Barrier();
            ofKey = 0f;
            ofQuery = 0f;
            both = 0f;
            for (int from = lane; from < GpuKernels.MaxThreads; from += MostRows)
            {
                ofKey += sums[turn + from];
                ofQuery += sums[turn + GpuKernels.MaxThreads + from];
                both += sums[turn + (2 * GpuKernels.MaxThreads) + from];
            }

            a = g.Factor(memory, d + (t * g.D.Position));
            float w = memory[v + (t * g.V.Position)] - (a * ofKey);
            u = memory[b + (t * g.B.Position)] * w;
            if (counts & part == 0)
            {
                if (g.ScratchAt >= 0)
                {
                    memory[g.Written(sequence, t) + row0 + own] = w;
                }
                else
                {
                    memory[o + (t * g.O.Position)] = (a * ofQuery) + (u * both);
                }
            }
        }

        int last = k + ((g.Positions - 1) * g.K.Position);
        if (counts & g.StateAt >= 0 & g.Positions > 0)
        {
            for (int key = part; key < g.Keys; key += Parts)
            {
                memory[kept + (key * g.Values)] = (state[(key * g.Rows) + own] * a) + (u * memory[last + key]);
            }
        }
    }

    /// <summary>The way back: the gradient of the state, and of what each position has written.</summary>
    internal static void Back(ArrayView<float> memory, Slots slots, DeltaScanGeometry g)
    {
        var state = SharedMemory.Allocate<float>(StateFloats);
        var sums = SharedMemory.Allocate<float>(2 * 2 * GpuKernels.MaxThreads);
        int thread = Group.IdxX;
        int part = thread / MostRows;
        int lane = thread - (part * MostRows);
        int sequence = Grid.IdxX / g.RowBlocks;
        int row0 = (Grid.IdxX - (sequence * g.RowBlocks)) * g.Rows;
        int sample = sequence / g.Heads;
        int head = sequence - (sample * g.Heads);
        int rows = IntrinsicMath.Min(g.Rows, g.Values - row0);
        int own = IntrinsicMath.Min(lane, rows - 1);
        bool counts = lane < rows;
        int q = slots.A0 + g.Q.Of(sample, head);
        int k = slots.A1 + g.K.Of(sample, head);
        int b = slots.A3 + g.B.Of(sample, head);
        int o = slots.A4 + g.O.Of(sample, head) + row0 + own;
        int d = slots.A5 + g.D.Of(sample, head);
        for (int key = part; key < g.Keys; key += Parts)
        {
            if (counts)
            {
                state[(key * g.Rows) + own] = 0f;
            }
        }

        float a = 1f;
        float gives = 0f;
        float takes = 0f;
        for (int t = g.Positions - 1; t >= 0; t--)
        {
            int query = q + (t * g.Q.Position);
            int now = k + (t * g.K.Position);
            int later = IntrinsicMath.Min(g.Positions - 1, t + 1);
            int laterQuery = q + (later * g.Q.Position);
            int laterKey = k + (later * g.K.Position);
            int chunk = t / DeltaScanParts.Chunk;
            bool keeps = counts & (t == g.Positions - 1 | t == (chunk * DeltaScanParts.Chunk) + DeltaScanParts.Chunk - 1);
            int border = g.Behind(sequence, chunk) + ((row0 + own) * g.Pitch);
            float ofKey = 0f;
            float both = 0f;
            for (int key = part; key < g.Keys; key += Parts)
            {
                int at = (key * g.Rows) + own;
                float next = a * (state[at] + (gives * memory[laterQuery + key]) - (takes * memory[laterKey + key]));
                if (counts)
                {
                    state[at] = next;
                }

                if (keeps)
                {
                    memory[border + key] = next;
                }

                float x = memory[now + key];
                ofKey += next * x;
                both += x * memory[query + key];
            }

            int turn = (t - (t / 2 * 2)) * 2 * GpuKernels.MaxThreads;
            sums[turn + thread] = ofKey;
            sums[turn + GpuKernels.MaxThreads + thread] = both;
            Group.Barrier();
            ofKey = 0f;
            both = 0f;
            for (int from = lane; from < GpuKernels.MaxThreads; from += MostRows)
            {
                ofKey += sums[turn + from];
                both += sums[turn + GpuKernels.MaxThreads + from];
            }

            gives = memory[o + (t * g.O.Position)];
            float y = ofKey + (gives * both);
            takes = memory[b + (t * g.B.Position)] * y;
            a = g.Factor(memory, d + (t * g.D.Position));
            if (counts & part == 0)
            {
                memory[g.OfWritten(sequence, t) + row0 + own] = y;
            }
        }
    }
}

/// <summary>A DeltaScan launch with its kernel.</summary>
internal sealed class GpuDeltaScanLaunch(DeltaScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<DeltaScanGeometry> _kernel = kernels.Load<DeltaScanGeometry>(GpuDeltaScan.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        DeltaScanGeometry g = DeltaScanGeometry.Of(launch);
        _kernel.Launch(stream, memory, launch.Slots, g, (long)g.Sequences * g.RowBlocks, GpuKernels.MaxThreads);
    }
}
