using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the HippoScan kernels know.</summary>
internal struct HippoScanGeometry
{
    internal ScanOperand U;
    internal ScanOperand Y;
    internal int Positions;
    internal int Channels;
    internal int Order;
    internal int Transposed;
    internal int UAt;
    internal int YAt;
    internal int TransitionAt;
    internal int GoesOnAt;
    internal int StateAt;
    internal int StartAt;
    internal int ToStart;

    internal static HippoScanGeometry Of(HippoScanLaunch launch) => new()
    {
        U = new ScanOperand(launch.U),
        Y = new ScanOperand(launch.Y),
        Positions = launch.Positions,
        Channels = launch.Shape.Channels,
        Order = launch.Shape.Order,
        Transposed = launch.Shape.Transposed ? 1 : 0,
        UAt = launch.UAt,
        YAt = launch.YAt,
        TransitionAt = launch.TransitionAt,
        GoesOnAt = launch.GoesOnAt,
        StateAt = launch.StateAt,
        StartAt = launch.StartAt,
        ToStart = launch.Shape.ToStart ? 1 : 0,
    };

    /// <summary>Where the value of the group's row is.</summary>
    internal readonly int Value(int sample, int channel, int position) =>
        UAt + U.Of(sample, 0) + (position * U.Position) + channel;

    /// <summary>Where the coefficients of the group's row begin.</summary>
    internal readonly int Coefficients(int sample, int channel, int position) =>
        YAt + Y.Of(sample, 0) + (position * Y.Position) + (channel * Order);

    internal readonly bool BeginsAnew(ArrayView<float> memory, int sample, int position) =>
        GoesOnAt >= 0 && memory[GoesOnAt + (sample * Positions) + position] == 0f;

    /// <summary>Positions that the memory of a position holds.</summary>
    /// <param name="memory">All buffers.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="position">The position.</param>
    /// <param name="before">How many a memory holds before the first position.</param>
    internal readonly float Age(ArrayView<float> memory, int sample, int position, float before)
    {
        int begin = position;
        while (begin > 0 && !BeginsAnew(memory, sample, begin))
        {
            begin--;
        }

        return position - begin + 1 + (begin > 0 || BeginsAnew(memory, sample, 0) ? 0f : before);
    }
}

/// <summary>The HippoScan skeleton: a group for each channel of each sample, a thread for each coefficient.</summary>
internal static class GpuHippoScan
{
    internal const int MostOrder = HippoParts.MostOrder;

    /// <summary>With a transition: each thread sums over what all have left in shared memory.</summary>
    internal static void Steady(ArrayView<float> memory, Slots slots, HippoScanGeometry g)
    {
        // Two of them: the next position does not write what this one may still read.
        var shared = SharedMemory.Allocate<float>(2 * MostOrder);
        int sample = Grid.IdxX / g.Channels;
        int channel = Grid.IdxX - (sample * g.Channels);
        int thread = Group.IdxX;
        bool isOwn = thread < g.Order;
        int own = IntrinsicMath.Min(thread, g.Order - 1);
        int pitch = g.Order + 1;
        float input = memory[g.TransitionAt + (own * pitch) + g.Order];

        // Forward a thread goes along its row of the transition, back along its column.
        int row = g.TransitionAt + (g.Transposed != 0 ? own : own * pitch);
        int step = g.Transposed != 0 ? pitch : 1;
        int kept = g.StateAt + (Grid.IdxX * pitch) + own;
        float mine = 0f;
        if (g.StateAt >= 0)
        {
            mine = memory[kept];
        }

        if (g.StartAt >= 0)
        {
            mine = memory[g.StartAt + (Grid.IdxX * g.Order) + own];
        }

        for (int done = 0; done < g.Positions; done++)
        {
            int half = (done & 1) * MostOrder;
            int position = g.Transposed != 0 ? g.Positions - 1 - done : done;
            bool anew = g.BeginsAnew(memory, sample, position);
            int value = g.Value(sample, channel, position);
            int coefficients = g.Coefficients(sample, channel, position) + own;
            mine = g.Transposed != 0 ? mine + memory[coefficients] : anew ? 0f : mine;
            shared[half + thread] = isOwn ? mine : 0f;
            Group.Barrier();
            float sum = 0f;
            for (int k = 0; k < g.Order; k++)
            {
                sum += memory[row + (k * step)] * shared[half + k];
            }

            if (g.Transposed == 0)
            {
                mine = sum + (input * memory[value]);
                if (isOwn)
                {
                    memory[coefficients] = mine;
                }
            }
            else
            {
                if (thread == 0 & g.ToStart == 0)
                {
                    float all = 0f;
                    for (int k = 0; k < g.Order; k++)
                    {
                        all += memory[g.TransitionAt + (k * pitch) + g.Order] * shared[half + k];
                    }

                    memory[value] = all;
                }

                mine = anew ? 0f : sum;
            }
        }

        if (g.StateAt >= 0 & isOwn)
        {
            memory[kept] = mine;
        }

        if (g.ToStart != 0 & isOwn)
        {
            memory[g.UAt + (Grid.IdxX * g.Order) + own] = mine;
        }
    }

    /// <summary>HiPPO-LegS: T of the host's kernel obeys T ← a·T + d from coefficient to coefficient, so all of them are a running
    /// composition, in as many rounds as the order has bits.</summary>
    internal static void Scaled(ArrayView<float> memory, Slots slots, HippoScanGeometry g)
    {
        var factors = SharedMemory.Allocate<float>(MostOrder);
        var terms = SharedMemory.Allocate<float>(MostOrder);
        int sample = Grid.IdxX / g.Channels;
        int channel = Grid.IdxX - (sample * g.Channels);
        int thread = Group.IdxX;
        bool isOwn = thread < g.Order;
        int place = IntrinsicMath.Min(thread, g.Order - 1);
        int own = g.Transposed != 0 ? g.Order - 1 - place : place;
        int kept = g.StateAt + (Grid.IdxX * (g.Order + 1));
        float root = MathF.Sqrt((2f * own) + 1f);
        float mine = 0f;
        float count = 0f;
        if (g.StateAt >= 0)
        {
            mine = memory[kept + own];
            count = memory[kept + g.Order];
        }

        float earlier = 0f;
        if (g.StartAt >= 0)
        {
            int start = g.StartAt + (Grid.IdxX * (g.Order + 1));
            mine = g.Transposed != 0 ? 0f : memory[start + own];
            earlier = memory[start + g.Order];
            count = earlier;
        }

        // All have read the count before one writes it.
        Group.Barrier();
        for (int done = 0; done < g.Positions; done++)
        {
            int position = g.Transposed != 0 ? g.Positions - 1 - done : done;
            bool anew = g.BeginsAnew(memory, sample, position);
            int value = g.Value(sample, channel, position);
            int coefficients = g.Coefficients(sample, channel, position) + own;
            float total = 0f;
            if (g.Transposed != 0)
            {
                count = done > 0 & count > 1f ? count - 1f : g.Age(memory, sample, position, earlier);
                mine += memory[coefficients];
            }
            else
            {
                count = anew ? 1f : count + 1f;
                mine = anew ? 0f : mine;
                total = -2f * memory[value];
            }

            float h = 0.5f / count;
            float pace = h * (own + 1);
            float factor = isOwn ? 1f - (h * root * root / (1f + pace)) : 1f;
            float term = isOwn ? (g.Transposed != 0 ? 1f : 2f) * root * mine / (1f + pace) : 0f;
            factors[thread] = factor;
            terms[thread] = term;
            Group.Barrier();
            for (int back = 1; back < Group.DimX; back *= 2)
            {
                int from = IntrinsicMath.Max(thread - back, 0);
                float before = thread >= back ? factors[from] : 1f;
                float added = thread >= back ? terms[from] : 0f;
                Group.Barrier();
                term += factor * added;
                factor *= before;
                factors[thread] = factor;
                terms[thread] = term;
                Group.Barrier();
            }

            int last = IntrinsicMath.Max(thread - 1, 0);
            float sofar = thread == 0 ? total : (total * factors[last]) + terms[last];
            float behind = h * root * sofar;
            if (g.Transposed != 0)
            {
                if (thread == g.Order - 1 & g.ToStart == 0)
                {
                    memory[value] = 2f * h * term;
                }

                float middle = (mine - behind) / (1f + pace);
                mine = anew ? 0f : ((1f - pace) * middle) - behind;
            }
            else
            {
                mine = (((1f - pace) * mine) - behind) / (1f + pace);
                if (isOwn)
                {
                    memory[coefficients] = mine;
                }
            }

            Group.Barrier();
        }

        if (g.StateAt >= 0 & isOwn)
        {
            memory[kept + own] = mine;
            if (thread == 0)
            {
                memory[kept + g.Order] = count;
            }
        }

        if (g.ToStart != 0 & isOwn)
        {
            int start = g.UAt + (Grid.IdxX * (g.Order + 1));
            memory[start + own] = mine;
            if (thread == 0)
            {
                memory[start + g.Order] = 0f;
            }
        }
    }
}

/// <summary>A HippoScan launch with its kernel.</summary>
internal sealed class GpuHippoScanLaunch : GpuLaunch
{
    private readonly HippoScanLaunch _launch;
    private readonly GpuKernel<HippoScanGeometry> _kernel;

    internal GpuHippoScanLaunch(HippoScanLaunch launch, GpuKernels kernels)
    {
        _launch = launch;
        _kernel = kernels.Load<HippoScanGeometry>(launch.Shape.Scaled ? GpuHippoScan.Scaled : GpuHippoScan.Steady);
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        int threads = 32;
        while (threads < _launch.Shape.Order)
        {
            threads *= 2;
        }

        _kernel.Launch(
            stream, memory, _launch.Slots, HippoScanGeometry.Of(_launch), (long)_launch.Batch * _launch.Shape.Channels, threads);
    }
}
