using Dsl.Kernels;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>States of threads in memory: value w of thread i lies at w·<c>stride</c> + i, so that neighbours lie side
/// by side. Only the first <c>width</c> values are moved; a constant width leaves straight code.</summary>
internal static class GpuStates
{
    internal static void Store(ArrayView<float> to, int at, int stride, int width, in State<GpuFloat> state)
    {
        to[at] = state.S0.V;
        if (width > 1)
        {
            to[at + stride] = state.S1.V;
        }

        if (width > 2)
        {
            to[at + (2 * stride)] = state.S2.V;
        }

        if (width > 3)
        {
            to[at + (3 * stride)] = state.S3.V;
        }

        if (width > 4)
        {
            to[at + (4 * stride)] = state.S4.V;
        }

        if (width > 5)
        {
            to[at + (5 * stride)] = state.S5.V;
        }
    }

    internal static State<GpuFloat> Load(ArrayView<float> from, int at, int stride, int width)
    {
        var state = default(State<GpuFloat>);
        state.S0 = new GpuFloat(from[at]);
        if (width > 1)
        {
            state.S1 = new GpuFloat(from[at + stride]);
        }

        if (width > 2)
        {
            state.S2 = new GpuFloat(from[at + (2 * stride)]);
        }

        if (width > 3)
        {
            state.S3 = new GpuFloat(from[at + (3 * stride)]);
        }

        if (width > 4)
        {
            state.S4 = new GpuFloat(from[at + (4 * stride)]);
        }

        if (width > 5)
        {
            state.S5 = new GpuFloat(from[at + (5 * stride)]);
        }

        return state;
    }
}
