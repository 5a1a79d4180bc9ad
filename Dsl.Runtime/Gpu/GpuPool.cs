using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Pool kernel knows.</summary>
internal struct PoolGeometry
{
    internal int Items;
    internal GpuDivisor Channels;
    internal GpuDivisor Width;
    internal GpuDivisor Height;
    internal int SourceHeight;
    internal int SourceWidth;
    internal int KernelHeight;
    internal int KernelWidth;
    internal int StrideY;
    internal int StrideX;
    internal int PaddingY;
    internal int PaddingX;
    internal int DilationY;
    internal int DilationX;
    internal int Transposed;
}

/// <summary>The Pool skeleton: one thread per pixel and channel, taps in order.</summary>
internal static class GpuPool
{
    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, PoolGeometry g)
        where TBody : struct, IPoolBody
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int pixel = g.Channels.Divide(item);
            int channel = item - (pixel * g.Channels.Value);
            int line = g.Width.Divide(pixel);
            int x = pixel - (line * g.Width.Value);
            int image = g.Height.Divide(line);
            int y = line - (image * g.Height.Value);

            var m = new GpuMemory(memory);
            var state = default(State<GpuFloat>);
            TBody.Open<GpuFloat, GpuInt, GpuMask>(ref state);
            for (int u = 0; u < g.KernelHeight; u++)
            {
                int sourceY = Source(g.Transposed, y, u, g.StrideY, g.PaddingY, g.DilationY);
                if (sourceY < 0 | sourceY >= g.SourceHeight)
                {
                    continue;
                }

                for (int v = 0; v < g.KernelWidth; v++)
                {
                    int sourceX = Source(g.Transposed, x, v, g.StrideX, g.PaddingX, g.DilationX);
                    if (sourceX >= 0 & sourceX < g.SourceWidth)
                    {
                        TBody.Accumulate<GpuFloat, GpuInt, GpuMask, GpuMemory>(
                            m, slots, image, sourceY, sourceX, channel, (u * g.KernelWidth) + v, ref state);
                    }
                }
            }

            TBody.Close<GpuFloat, GpuInt, GpuMask, GpuMemory>(m, slots, image, y, x, channel, ref state);
        }
    }

    // The source coordinate behind a tap, or -1 where a division is not exact.
    private static int Source(int transposed, int at, int tap, int stride, int padding, int dilation)
    {
        int forward = (at * stride) - padding + (tap * dilation);
        int numerator = at + padding - (tap * dilation);
        int quotient = numerator / stride;
        int backward = (numerator >= 0) & (quotient * stride == numerator) ? quotient : -1;
        return transposed != 0 ? backward : forward;
    }
}

/// <summary>A Pool launch with its kernel.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuPoolLaunch<TBody>(PoolLaunch<TBody> launch, GpuKernels kernels) : GpuLaunch
    where TBody : struct, IPoolBody
{
    private readonly GpuKernel<PoolGeometry> _kernel = kernels.Load<PoolGeometry>(GpuPool.Run<TBody>);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var s = launch.Shape;
        int items = checked(launch.Images * launch.Height * launch.Width * s.Channels);
        if (items == 0)
        {
            return;
        }

        var geometry = new PoolGeometry
        {
            Items = items,
            Channels = new GpuDivisor(s.Channels),
            Width = new GpuDivisor(launch.Width),
            Height = new GpuDivisor(launch.Height),
            SourceHeight = launch.SourceHeight,
            SourceWidth = launch.SourceWidth,
            KernelHeight = s.KernelHeight,
            KernelWidth = s.KernelWidth,
            StrideY = s.StrideY,
            StrideX = s.StrideX,
            PaddingY = s.PaddingY,
            PaddingX = s.PaddingX,
            DilationY = s.DilationY,
            DilationX = s.DilationX,
            Transposed = s.Transposed ? 1 : 0,
        };
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
    }
}
