using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Resample kernel knows.</summary>
internal struct ResampleGeometry
{
    internal int Items;
    internal GpuDivisor Channels;
    internal GpuDivisor Width;
    internal GpuDivisor Height;
    internal int ImagePitch;
    internal int RowPitch;
    internal int PixelPitch;
    internal ResampleAxis Down;
    internal ResampleAxis Across;
    internal int Transposed;
}

/// <summary>The Resample skeleton: one thread per pixel and channel, source pixels column by column. Neighbouring
/// threads take neighbouring channels.</summary>
internal static class GpuResample
{
    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, ResampleGeometry g)
        where TBody : struct, IConvolveBody
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
            bool transposed = g.Transposed != 0;

            int top = transposed ? g.Down.FirstReader(y) : g.Down.First(y);
            int bottom = transposed ? g.Down.EndReader(y) : g.Down.End(y);
            int left = transposed ? g.Across.FirstReader(x) : g.Across.First(x);
            int right = transposed ? g.Across.EndReader(x) : g.Across.End(x);
            int source = slots.A0 + (image * g.ImagePitch) + channel;
            float sum = 0f;
            for (int column = left; column < right; column++)
            {
                float across = transposed ? g.Across.Weight(column, x) : g.Across.Weight(x, column);
                int at = source + (column * g.PixelPitch);
                for (int row = top; row < bottom; row++)
                {
                    float down = transposed ? g.Down.Weight(row, y) : g.Down.Weight(y, row);
                    sum += down * across * memory[at + (row * g.RowPitch)];
                }
            }

            TBody.Run<GpuFloat, GpuInt, GpuMask, GpuMemory>(
                new GpuMemory(memory), slots, new GpuFloat(sum), image, y, x, channel);
        }
    }
}

/// <summary>A Resample launch with its kernel.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuResampleLaunch<TBody>(ResampleLaunch<TBody> launch, GpuKernels kernels) : GpuLaunch
    where TBody : struct, IConvolveBody
{
    private readonly GpuKernel<ResampleGeometry> _kernel = kernels.Load<ResampleGeometry>(GpuResample.Run<TBody>);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var s = launch.Shape;
        int items = checked(launch.Images * launch.Height * launch.Width * s.Channels);
        if (items == 0)
        {
            return;
        }

        var geometry = new ResampleGeometry
        {
            Items = items,
            Channels = new GpuDivisor(s.Channels),
            Width = new GpuDivisor(launch.Width),
            Height = new GpuDivisor(launch.Height),
            ImagePitch = launch.ImagePitch,
            RowPitch = launch.RowPitch,
            PixelPitch = s.Pixel,
            Down = launch.Down,
            Across = launch.Across,
            Transposed = s.Transposed ? 1 : 0,
        };
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
    }
}
