using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the LinearScan kernels know.</summary>
internal struct LinearScanGeometry
{
    internal ScanOperand A;
    internal ScanOperand X;
    internal ScanOperand Y;
    internal int Items;
    internal int Positions;
    internal int Channels;
    internal int Adjoint;
    internal int StateAt;

    internal static LinearScanGeometry Of(LinearScanLaunch launch) => new()
    {
        A = new ScanOperand(launch.A),
        X = new ScanOperand(launch.X),
        Y = new ScanOperand(launch.Y),
        Items = launch.Batch * launch.Shape.Channels,
        Positions = launch.Positions,
        Channels = launch.Shape.Channels,
        Adjoint = launch.Shape.Adjoint ? 1 : 0,
        StateAt = launch.StateAt,
    };
}

/// <summary>The LinearScan skeleton: a thread for each channel of each sample.</summary>
internal static class GpuLinearScan
{
    internal static void Real(ArrayView<float> memory, Slots slots, LinearScanGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int sample = item / g.Channels;
            int channel = item - (sample * g.Channels);
            int a = slots.A0 + g.A.Of(sample, 0) + channel;
            int x = slots.A1 + g.X.Of(sample, 0) + channel;
            int y = slots.A2 + g.Y.Of(sample, 0) + channel;
            float h = 0f;
            if (g.StateAt >= 0)
            {
                h = memory[g.StateAt + item];
            }

            for (int done = 0; done < g.Positions; done++)
            {
                int t = g.Adjoint != 0 ? g.Positions - 1 - done : done;
                float factor = memory[a + (t * g.A.Position)];
                float input = memory[x + (t * g.X.Position)];
                float now = g.Adjoint != 0 ? h + input : (factor * h) + input;
                memory[y + (t * g.Y.Position)] = now;
                h = g.Adjoint != 0 ? factor * now : now;
            }

            if (g.StateAt >= 0)
            {
                memory[g.StateAt + item] = h;
            }
        }
    }

    internal static void Complex(ArrayView<float> memory, Slots slots, LinearScanGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int sample = item / g.Channels;
            int channel = item - (sample * g.Channels);
            int a = slots.A0 + g.A.Of(sample, 0) + channel;
            int x = slots.A1 + g.X.Of(sample, 0) + channel;
            int y = slots.A2 + g.Y.Of(sample, 0) + channel;
            int kept = g.StateAt + (sample * 2 * g.Channels) + channel;
            float re = 0f;
            float im = 0f;
            if (g.StateAt >= 0)
            {
                re = memory[kept];
                im = memory[kept + g.Channels];
            }

            for (int done = 0; done < g.Positions; done++)
            {
                int t = g.Adjoint != 0 ? g.Positions - 1 - done : done;
                float aRe = memory[a + (t * g.A.Position)];
                float aIm = memory[a + (t * g.A.Position) + g.Channels];
                float xRe = memory[x + (t * g.X.Position)];
                float xIm = memory[x + (t * g.X.Position) + g.Channels];
                float nowRe = g.Adjoint != 0 ? re + xRe : (aRe * re) - (aIm * im) + xRe;
                float nowIm = g.Adjoint != 0 ? im + xIm : (aRe * im) + (aIm * re) + xIm;
                memory[y + (t * g.Y.Position)] = nowRe;
                memory[y + (t * g.Y.Position) + g.Channels] = nowIm;
                re = g.Adjoint != 0 ? (aRe * nowRe) + (aIm * nowIm) : nowRe;
                im = g.Adjoint != 0 ? (aRe * nowIm) - (aIm * nowRe) : nowIm;
            }

            if (g.StateAt >= 0)
            {
                memory[kept] = re;
                memory[kept + g.Channels] = im;
            }
        }
    }
}

/// <summary>A LinearScan launch with its kernel.</summary>
internal sealed class GpuLinearScanLaunch : GpuLaunch
{
    private readonly LinearScanLaunch _launch;
    private readonly GpuKernel<LinearScanGeometry> _kernel;

    internal GpuLinearScanLaunch(LinearScanLaunch launch, GpuKernels kernels)
    {
        _launch = launch;
        _kernel = kernels.Load<LinearScanGeometry>(launch.Shape.Complex ? GpuLinearScan.Complex : GpuLinearScan.Real);
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = LinearScanGeometry.Of(_launch);
        _kernel.Launch(stream, memory, _launch.Slots, g, Groups(g.Items), GpuKernels.MaxThreads);
    }
}
