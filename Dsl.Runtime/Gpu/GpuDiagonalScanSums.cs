using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>The sums of a diagonal scan: one thread for each state of each channel, sample and part of its positions. What
/// some positions have summed up is added to the sums of the others, as on the host.</summary>
internal static class GpuDiagonalScanSums
{
    private const int Few = 64;

    /// <summary>Where the values of a part lie; four for each state.</summary>
    private static int At(in DiagonalScanGeometry g, int region, int unit, int mode) =>
        g.Working + ((((region * g.Batch * g.Parts) + unit) * 4 * g.Channels * g.States) + mode);

    /// <summary>The sums of a part; or, with <see cref="DiagonalScanGeometry.Gains"/>, what it adds to states.</summary>
    internal static void Run(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        int modes = g.Channels * g.States;
        int unit = GpuLaunch.Item / modes;
        int mode = GpuLaunch.Item - (unit * modes);
        if (unit < g.Batch * g.Parts)
        {
            int sample = unit / g.Parts;
            int first = (unit - (sample * g.Parts)) * g.PartPositions;
            int last = IntrinsicMath.Min(first + g.PartPositions, g.Positions);
            int channel = mode / g.States;
            float re = memory[slots.A2 + mode];
            float im = memory[slots.A3 + mode];
            int y = slots.A0 + g.Y.Of(sample, 0) + channel;
            int u = slots.A1 + g.U.Of(sample, 0) + channel;
            int goesOn = slots.A5 + (sample * g.Positions);
            float sumX = 0f, sumI = 0f, sumZ = 0f, sumJ = 0f;
            float x = 0f, i = 0f, z = 0f, j = 0f;
            float ofX = 0f, ofI = 0f, ofZ = 0f, ofJ = 0f;
            if (g.Parts > 1 & g.Gains == 0)
            {
                int start = At(g, 1, unit, mode);
                x = memory[start];
                i = memory[start + modes];
                z = memory[start + (2 * modes)];
                j = memory[start + (3 * modes)];
            }

            for (int done = first; done < last; done++)
            {
                if (done > 0 && g.BeginsAnew(memory, goesOn, done))
                {
                    x = 0f;
                    i = 0f;
                    z = 0f;
                    j = 0f;
                }

                if (done % Few == 0)
                {
                    sumX += ofX;
                    sumI += ofI;
                    sumZ += ofZ;
                    sumJ += ofJ;
                    ofX = 0f;
                    ofI = 0f;
                    ofZ = 0f;
                    ofJ = 0f;
                }

                int position = g.Reverse != 0 ? g.Positions - 1 - done : done;
                float nextZ = (re * z) - (im * j) + x;
                j = (re * j) + (im * z) + i;
                z = nextZ;
                float nextX = (re * x) - (im * i) + memory[u + (position * g.U.Position)];
                i = (re * i) + (im * x);
                x = nextX;
                float weight = memory[y + (position * g.Y.Position)];
                ofX += weight * x;
                ofI += weight * i;
                ofZ += weight * z;
                ofJ += weight * j;
            }

            bool gains = g.Gains != 0;
            int to = At(g, gains ? 0 : 2, unit, mode);
            memory[to] = gains ? x : sumX + ofX;
            memory[to + modes] = gains ? i : sumI + ofI;
            memory[to + (2 * modes)] = gains ? z : sumZ + ofZ;
            memory[to + (3 * modes)] = gains ? j : sumJ + ofJ;
        }
    }

    /// <summary>Turns what the parts add into what they begin with. After n positions a state x is λⁿx and adds nλⁿ⁻¹x to
    /// ∂x/∂λ.</summary>
    internal static void Starts(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        int modes = g.Channels * g.States;
        int sample = GpuLaunch.Item / modes;
        int mode = GpuLaunch.Item - (sample * modes);
        if (sample < g.Batch)
        {
            float re = memory[slots.A2 + mode];
            float im = memory[slots.A3 + mode];
            int goesOn = slots.A5 + (sample * g.Positions);
            float stays = 1f, turns = 0f, before = 0f, turned = 0f;
            for (int n = 0; n < g.PartPositions; n++)
            {
                before = stays;
                turned = turns;
                stays = (re * before) - (im * turned);
                turns = (re * turned) + (im * before);
            }

            before *= g.PartPositions;
            turned *= g.PartPositions;
            float x = 0f, i = 0f, z = 0f, j = 0f;
            for (int part = 0; part < g.Parts; part++)
            {
                int gain = At(g, 0, (sample * g.Parts) + part, mode);
                int start = At(g, 1, (sample * g.Parts) + part, mode);
                memory[start] = x;
                memory[start + modes] = i;
                memory[start + (2 * modes)] = z;
                memory[start + (3 * modes)] = j;
                int first = part * g.PartPositions;
                bool anew = g.BeginsAnew(
                    memory, goesOn, first, IntrinsicMath.Min(first + g.PartPositions, g.Positions));
                float keeps = anew ? 0f : 1f;
                float nextZ = (stays * z) - (turns * j) + (before * x) - (turned * i);
                j = (keeps * ((stays * j) + (turns * z) + (before * i) + (turned * x))) + memory[gain + (3 * modes)];
                z = (keeps * nextZ) + memory[gain + (2 * modes)];
                float nextX = (stays * x) - (turns * i);
                i = (keeps * ((stays * i) + (turns * x))) + memory[gain + modes];
                x = (keeps * nextX) + memory[gain];
            }
        }
    }

    /// <summary>One thread for each of the four sums of each state adds up its parts in order.</summary>
    internal static void Merge(ArrayView<float> memory, Slots slots, DiagonalScanGeometry g)
    {
        int sums = 4 * g.Channels * g.States;
        int item = GpuLaunch.Item;
        if (item < sums)
        {
            float sum = 0f;
            for (int unit = 0; unit < g.Batch * g.Parts; unit++)
            {
                sum += memory[At(g, 2, unit, item)];
            }

            memory[slots.A4 + item] = sum;
        }
    }
}

/// <summary>A launch of the sums with its kernels.</summary>
internal sealed class GpuDiagonalScanSumsLaunch(DiagonalScanLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<DiagonalScanGeometry> _kernel =
        kernels.Load<DiagonalScanGeometry>(GpuDiagonalScanSums.Run);

    private readonly GpuKernel<DiagonalScanGeometry> _merge =
        kernels.Load<DiagonalScanGeometry>(GpuDiagonalScanSums.Merge);

    private readonly LazyKernel<DiagonalScanGeometry> _starts = new(kernels, GpuDiagonalScanSums.Starts);

    private long Modes => (long)launch.Shape.Channels * launch.Shape.States;

    internal override long Prepare()
    {
        var g = Geometry();
        if (g.Parts > 1)
        {
            LoadAll();
        }

        return 12L * g.Batch * g.Parts * Modes;
    }

    internal override void LoadAll() => _ = _starts.Value;

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = Geometry();
        long groups = Groups(g.Batch * g.Parts * Modes);
        if (g.Parts > 1)
        {
            g.Gains = 1;
            _kernel.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
            g.Gains = 0;
            _starts.Value.Launch(stream, memory, launch.Slots, g, Groups(g.Batch * Modes), GpuKernels.MaxThreads);
        }

        _kernel.Launch(stream, memory, launch.Slots, g, groups, GpuKernels.MaxThreads);
        _merge.Launch(stream, memory, launch.Slots, g, Groups(4 * Modes), GpuKernels.MaxThreads);
    }

    private DiagonalScanGeometry Geometry()
    {
        var g = DiagonalScanGeometry.Of(launch);
        var parts = GpuSlices.Of(
            Groups(g.Batch * Modes), g.Positions, GpuOuterScan.FewestPositions, GpuOuterScan.Block);
        (g.Parts, g.PartPositions, g.Working) = (parts.Count, parts.Length, Working);
        return g;
    }
}
