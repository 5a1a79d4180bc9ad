using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// The gradients of a delta rule, once it is known what positions have written and what goes back there: a group for each chunk of
/// 32 positions of each sequence. First a thread has pairs of positions, then keys and values of one; the formulas are those of
/// the host (<see cref="Host.HostDeltaScan{F,I,M}"/>).
/// </summary>
internal static class GpuDeltaScanSums
{
    private const int Chunk = DeltaScanParts.Chunk;

    /// <summary>Threads of a position.</summary>
    private const int Threads = GpuKernels.MaxThreads / Chunk;

    internal static void Run(ArrayView<float> memory, Slots slots, DeltaScanGeometry g)
    {
        var pairs = SharedMemory.Allocate<float>(Chunk * Chunk);
        var writes = SharedMemory.Allocate<float>(Chunk * Chunk);
        var factors = SharedMemory.Allocate<float>(Chunk);
        var strengths = SharedMemory.Allocate<float>(Chunk);
        var ofStrengths = SharedMemory.Allocate<float>(GpuKernels.MaxThreads);
        var ofDecays = SharedMemory.Allocate<float>(GpuKernels.MaxThreads);
        int thread = Group.IdxX;
        int sequence = Grid.IdxX / g.Chunks;
        int chunk = Grid.IdxX - (sequence * g.Chunks);
        int sample = sequence / g.Heads;
        int head = sequence - (sample * g.Heads);
        int first = chunk * Chunk;
        int count = IntrinsicMath.Min(Chunk, g.Positions - first);
        int q = slots.A0 + g.Q.Of(sample, head) + (first * g.Q.Position);
        int k = slots.A1 + g.K.Of(sample, head) + (first * g.K.Position);
        int b = slots.A3 + g.B.Of(sample, head) + (first * g.B.Position);
        int o = slots.A4 + g.O.Of(sample, head) + (first * g.O.Position);
        int d = slots.A5 + g.D.Of(sample, head) + (first * g.D.Position);
        int v = slots.A2 + g.V.Of(sample, head) + (first * g.V.Position);
        int written = g.Written(sequence, first);
        int back = g.OfWritten(sequence, first);
        if (thread < count)
        {
            factors[thread] = g.Factor(memory, d + (thread * g.D.Position));
            strengths[thread] = memory[b + (thread * g.B.Position)];
        }

        Group.Barrier();
        for (int pair = thread; pair < count * Chunk; pair += GpuKernels.MaxThreads)
        {
            int row = pair / Chunk;
            int s = pair - (row * Chunk);
            float asked = 0f;
            float taken = 0f;
            if (s <= row)
            {
                for (int value = 0; value < g.Values; value++)
                {
                    float w = memory[written + (s * g.Values) + value];
                    asked += memory[o + (row * g.O.Position) + value] * w;
                    taken += memory[back + (row * g.Values) + value] * w;
                }

                float left = strengths[s];
                for (int between = s + 1; between <= row; between++)
                {
                    left *= factors[between];
                }

                asked *= left;
                taken *= left * strengths[row];
            }

            pairs[pair] = asked;
            writes[pair] = s < row ? taken : 0f;
        }

        Group.Barrier();
        int before = g.Before(sequence, chunk);
        int behind = g.Behind(sequence, chunk);

        // Eight threads have a position: every eighth of its keys and values.
        int t = thread / Threads;
        int lane = thread - (t * Threads);
        float ofStrength = 0f;
        float ofDecay = 0f;
        if (t < count)
        {
            float strength = strengths[t];
            float sofar = 1f;
            float left = strength;
            for (int s = 0; s < count; s++)
            {
                sofar *= s <= t ? factors[s] : 1f;
                left *= s > t ? factors[s] : 1f;
            }

            for (int key = lane; key < g.Keys; key += Threads)
            {
                float asked = 0f;
                float taken = 0f;
                float given = 0f;
                for (int value = 0; value < g.Values; value++)
                {
                    float said = memory[before + (value * g.Pitch) + key];
                    asked += memory[o + (t * g.O.Position) + value] * said;
                    taken += memory[back + (t * g.Values) + value] * said;
                    given += memory[written + (t * g.Values) + value] * memory[behind + (value * g.Pitch) + key];
                }

                float ofQ = sofar * asked;
                float ofK = (left * given) - (sofar * strength * taken);
                for (int s = 0; s < count; s++)
                {
                    float own = memory[k + (s * g.K.Position) + key];
                    int at = (t * Chunk) + s;
                    int other = (s * Chunk) + t;
                    ofQ += pairs[at] * own;
                    ofK += (pairs[other] * memory[q + (s * g.Q.Position) + key]) - ((writes[at] + writes[other]) * own);
                }

                ofDecay += memory[q + (t * g.Q.Position) + key] * ofQ;
                if (g.OfQAt >= 0)
                {
                    memory[g.OfQAt + g.OfQ.Of(sample, head) + ((first + t) * g.OfQ.Position) + key] = ofQ;
                }

                if (g.OfKAt >= 0)
                {
                    memory[g.OfKAt + g.OfK.Of(sample, head) + ((first + t) * g.OfK.Position) + key] = ofK;
                }
            }

            for (int value = lane; value < g.Values; value += Threads)
            {
                float y = memory[back + (t * g.Values) + value];
                float ofV = strength * y;
                ofStrength += memory[written + (t * g.Values) + value] * y;
                ofDecay -= memory[v + (t * g.V.Position) + value] * ofV;
                if (g.OfVAt >= 0)
                {
                    memory[g.OfVAt + g.OfV.Of(sample, head) + ((first + t) * g.OfV.Position) + value] = ofV;
                }
            }
        }

        ofStrengths[thread] = ofStrength;
        ofDecays[thread] = ofDecay;
        Group.Barrier();
        if (thread < count)
        {
            float sum = 0f;
            float terms = 0f;
            for (int from = thread * Threads; from < (thread + 1) * Threads; from++)
            {
                sum += ofStrengths[from];
                terms += ofDecays[from];
            }

            if (g.OfBAt >= 0)
            {
                memory[g.OfBAt + g.OfB.Of(sample, head) + ((first + thread) * g.OfB.Position)] = sum;
            }

            if (g.OfDAt >= 0)
            {
                memory[g.OfDAt + g.OfD.Of(sample, head) + ((first + thread) * g.OfD.Position)] = terms;
            }
        }
    }
}

/// <summary>A launch of the gradients with its kernels.</summary>
internal sealed class GpuDeltaScanGradientLaunch(DeltaScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<DeltaScanGeometry> _forward = kernels.Load<DeltaScanGeometry>(GpuDeltaScan.Run);
    private readonly GpuKernel<DeltaScanGeometry> _back = kernels.Load<DeltaScanGeometry>(GpuDeltaScan.Back);
    private readonly GpuKernel<DeltaScanGeometry> _sums = kernels.Load<DeltaScanGeometry>(GpuDeltaScanSums.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        DeltaScanGeometry g = DeltaScanGeometry.Of(launch);
        long groups = (long)g.Sequences * g.RowBlocks;
        _forward.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
        _back.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
        _sums.Launch(stream, memory, launch.Slots, g, (long)g.Sequences * g.Chunks, GpuKernels.MaxThreads);
    }
}
