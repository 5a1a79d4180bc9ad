using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>
/// The gradients of a delta rule, once it is known what positions have written and what goes back there: a group for each chunk of
/// 32 positions of each sequence. First a thread has pairs of positions, then elements of the gradients; the formulas are those of
/// the host (<see cref="Host.HostDeltaScan{F,I,M}"/>).
/// </summary>
internal static class GpuDeltaScanSums
{
    private const int Chunk = DeltaScanParts.Chunk;

    internal static void Run(ArrayView<float> memory, Slots slots, DeltaScanGeometry g)
    {
        var pairs = SharedMemory.Allocate<float>(Chunk * Chunk);
        var writes = SharedMemory.Allocate<float>(Chunk * Chunk);
        var factors = SharedMemory.Allocate<float>(Chunk);
        var strengths = SharedMemory.Allocate<float>(Chunk);
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
            int t = pair / Chunk;
            int s = pair - (t * Chunk);
            float asked = 0f;
            float taken = 0f;
            if (s <= t)
            {
                for (int value = 0; value < g.Values; value++)
                {
                    float w = memory[written + (s * g.Values) + value];
                    asked += memory[o + (t * g.O.Position) + value] * w;
                    taken += memory[back + (t * g.Values) + value] * w;
                }

                float left = strengths[s];
                for (int between = s + 1; between <= t; between++)
                {
                    left *= factors[between];
                }

                asked *= left;
                taken *= left * strengths[t];
            }

            pairs[pair] = asked;
            writes[pair] = s < t ? taken : 0f;
        }

        Group.Barrier();
        int before = g.Before(sequence, chunk);
        int behind = g.Behind(sequence, chunk);
        for (int item = thread; item < count * g.Keys; item += GpuKernels.MaxThreads)
        {
            int t = item / g.Keys;
            int key = item - (t * g.Keys);
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

            float sofar = 1f;
            float left = strengths[t];
            for (int s = 0; s < count; s++)
            {
                sofar *= s <= t ? factors[s] : 1f;
                left *= s > t ? factors[s] : 1f;
            }

            float ofQ = sofar * asked;
            float ofK = (left * given) - (sofar * strengths[t] * taken);
            for (int s = 0; s < count; s++)
            {
                float own = memory[k + (s * g.K.Position) + key];
                int at = (t * Chunk) + s;
                int other = (s * Chunk) + t;
                ofQ += pairs[at] * own;
                ofK += (pairs[other] * memory[q + (s * g.Q.Position) + key]) - ((writes[at] + writes[other]) * own);
            }

            if (g.OfQAt >= 0)
            {
                memory[g.OfQAt + g.OfQ.Of(sample, head) + ((first + t) * g.OfQ.Position) + key] = ofQ;
            }

            if (g.OfKAt >= 0)
            {
                memory[g.OfKAt + g.OfK.Of(sample, head) + ((first + t) * g.OfK.Position) + key] = ofK;
            }
        }

        int wanted = g.OfVAt >= 0 ? count * g.Values : 0;
        for (int item = thread; item < wanted; item += GpuKernels.MaxThreads)
        {
            int t = item / g.Values;
            int value = item - (t * g.Values);
            memory[g.OfVAt + g.OfV.Of(sample, head) + ((first + t) * g.OfV.Position) + value] = strengths[t] * memory[back + item];
        }

        if (g.OfBAt >= 0 & thread < count)
        {
            float sum = 0f;
            for (int value = 0; value < g.Values; value++)
            {
                sum += memory[written + (thread * g.Values) + value] * memory[back + (thread * g.Values) + value];
            }

            memory[g.OfBAt + g.OfB.Of(sample, head) + ((first + thread) * g.OfB.Position)] = sum;
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
