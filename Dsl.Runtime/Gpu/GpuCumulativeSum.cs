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

    /// <summary>Runs of elements, each with threads of its own.</summary>
    internal int Parts;
    internal int PartLength;

    /// <summary>Whether only the sum of a part is wanted.</summary>
    internal int Gains;
    internal int Working;

    /// <summary>Sums that run along the axis.</summary>
    internal readonly int Sums => Outer * Inner;

    /// <summary>Where the sum of a part lies.</summary>
    internal readonly int Gain(int part, int item) => Working + (part * Sums) + item;

    /// <summary>Where the sum of all parts before a part lies.</summary>
    internal readonly int Start(int part, int item) => Gain(Parts + part, item);

    /// <summary>Where it lies what that sum has too much by rounding.</summary>
    internal readonly int Lost(int part, int item) => Gain((2 * Parts) + part, item);
}

/// <summary>The CumulativeSum skeleton: one thread for each sum that runs along the axis, in the order of the axis; few sums are cut
/// into parts, see <see cref="GpuOuterScan"/>. Sums of a few elements are added to the sum of those before them, with what that
/// loses, as on the host.</summary>
internal static class GpuCumulativeSum
{
    /// <summary>Elements whose sum is added to that of the earlier ones.</summary>
    internal const int Few = 32;

    internal static void Run(ArrayView<float> memory, Slots slots, CumulativeSumGeometry g)
    {
        int part = GpuLaunch.Item / IntrinsicMath.Max(1, g.Sums);
        int item = GpuLaunch.Item - (part * g.Sums);
        if (part < g.Parts)
        {
            int outer = item / g.Inner;
            int inner = item - (outer * g.Inner);
            int from = slots.A0 + (outer * g.FromOuter) + inner;
            int to = slots.A1 + (outer * g.ToOuter) + inner;
            int first = part * g.PartLength;
            int last = IntrinsicMath.Min(first + g.PartLength, g.Length);
            float sum = 0f;
            float earlier = 0f;
            float lost = 0f;
            if (g.Largest != 0)
            {
                Largest(memory, from, to, g);
                last = first;
            }
            else if (g.Parts > 1 & g.Gains == 0)
            {
                earlier = memory[g.Start(part, item)];
                lost = memory[g.Lost(part, item)];
            }

            for (int i = first; i < last; i++)
            {
                if ((i - first) % Few == 0)
                {
                    float added = sum - lost;
                    float all = earlier + added;
                    lost = all - earlier - added;
                    earlier = all;
                    sum = 0f;
                }

                int step = g.Reverse != 0 ? g.Length - 1 - i : i;
                float x = memory[from + (step * g.FromStep)];
                if (g.Gains == 0)
                {
                    memory[to + (step * g.ToStep)] = earlier + (g.Exclusive != 0 ? sum : sum + x);
                }

                sum += x;
            }

            if (g.Gains != 0)
            {
                memory[g.Gain(part, item)] = earlier + (sum - lost);
            }
        }
    }

    /// <summary>Adds up the sums of parts: a thread for each sum.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, CumulativeSumGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Sums)
        {
            float earlier = 0f;
            float lost = 0f;
            for (int part = 0; part < g.Parts; part++)
            {
                memory[g.Start(part, item)] = earlier;
                memory[g.Lost(part, item)] = lost;
                float added = memory[g.Gain(part, item)] - lost;
                float all = earlier + added;
                lost = all - earlier - added;
                earlier = all;
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

/// <summary>A CumulativeSum launch with its kernels.</summary>
internal sealed class GpuCumulativeSumLaunch(CumulativeSumLaunch launch, GpuKernels kernels) : GpuLaunch
{
    /// <summary>The fewest elements worth a thread.</summary>
    private const int FewestElements = 2 * GpuCumulativeSum.Few;

    private readonly GpuKernel<CumulativeSumGeometry> _kernel =
        kernels.Load<CumulativeSumGeometry>(GpuCumulativeSum.Run);

    private readonly LazyKernel<CumulativeSumGeometry> _starts = new(kernels, GpuCumulativeSum.Starts);

    internal override long Prepare()
    {
        CumulativeSumGeometry g = Geometry();
        if (g.Parts == 1)
        {
            return 0;
        }

        LoadAll();
        return 3L * g.Parts * g.Sums;
    }

    internal override void LoadAll() => _ = _starts.Value;

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        CumulativeSumGeometry g = Geometry();
        if (g.Parts > 1)
        {
            g.Gains = 1;
            _kernel.Launch(stream, memory, launch.Slots, g, Groups((long)g.Sums * g.Parts), GpuKernels.MaxThreads);
            g.Gains = 0;
            _starts.Value.Launch(stream, memory, launch.Slots, g, Groups(g.Sums), GpuKernels.MaxThreads);
        }

        _kernel.Launch(stream, memory, launch.Slots, g, Groups((long)g.Sums * g.Parts), GpuKernels.MaxThreads);
    }

    private CumulativeSumGeometry Geometry()
    {
        // Maxima are not cut.
        int sums = checked(launch.Outer * launch.Inner);
        GpuSlices parts = launch.Shape.Largest ? new(1, launch.Length)
            : GpuSlices.Of(Groups(sums), launch.Length, FewestElements, GpuCumulativeSum.Few);
        return new CumulativeSumGeometry
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
            Parts = parts.Count,
            PartLength = parts.Length,
            Working = Working,
        };
    }
}
