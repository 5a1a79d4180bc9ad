using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the CumulativeSum kernel knows.</summary>
internal struct CumulativeSumGeometry
{
    internal int Outer;
    internal int Length;
    internal int Inner;
    internal int FromOuter;
    internal int FromStep;
    internal int ToOuter;
    internal int ToStep;
    internal int Exclusive;
    internal int Reverse;
    internal int Largest;
}

/// <summary>The CumulativeSum skeleton: one thread for each sum that runs along the axis, in the order of the
/// axis. Sums of a few elements are added to the sum of those before them, with what that loses, as on the host.</summary>
internal static class GpuCumulativeSum
{
    /// <summary>Elements whose sum is added to that of the earlier ones.</summary>
    private const int Few = 32;

    internal static void Run(ArrayView<float> memory, Slots slots, CumulativeSumGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Outer * g.Inner)
        {
            int outer = item / g.Inner;
            int inner = item - (outer * g.Inner);
            int from = slots.A0 + (outer * g.FromOuter) + inner;
            int to = slots.A1 + (outer * g.ToOuter) + inner;
            float sum = 0f;
            float earlier = 0f;
            float lost = 0f;
            if (g.Largest != 0)
            {
                Largest(memory, from, to, g);
            }

            for (int i = 0; i < g.Length & g.Largest == 0; i++)
            {
                if (i % Few == 0)
                {
                    float added = sum - lost;
                    float all = earlier + added;
                    lost = all - earlier - added;
                    earlier = all;
                    sum = 0f;
                }

                int step = g.Reverse != 0 ? g.Length - 1 - i : i;
                float x = memory[from + (step * g.FromStep)];
                memory[to + (step * g.ToStep)] = earlier + (g.Exclusive != 0 ? sum : sum + x);
                sum += x;
            }
        }
    }

    private static void Largest(ArrayView<float> memory, int from, int to, CumulativeSumGeometry g)
    {
        float largest = float.NegativeInfinity;
        for (int i = 0; i < g.Length; i++)
        {
            largest = IntrinsicMath.Max(largest, memory[from + (i * g.FromStep)]);
            memory[to + (i * g.ToStep)] = largest;
        }
    }
}

/// <summary>A CumulativeSum launch with its kernel.</summary>
internal sealed class GpuCumulativeSumLaunch(CumulativeSumLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<CumulativeSumGeometry> _kernel =
        kernels.Load<CumulativeSumGeometry>(GpuCumulativeSum.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var geometry = new CumulativeSumGeometry
        {
            Outer = launch.Outer,
            Length = launch.Length,
            Inner = launch.Inner,
            FromOuter = launch.FromOuter,
            FromStep = launch.FromStep,
            ToOuter = launch.ToOuter,
            ToStep = launch.ToStep,
            Exclusive = launch.Shape.Exclusive ? 1 : 0,
            Reverse = launch.Shape.Reverse ? 1 : 0,
            Largest = launch.Shape.Largest ? 1 : 0,
        };
        long sums = (long)launch.Outer * launch.Inner;
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(sums), GpuKernels.MaxThreads);
    }
}
