using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Halo kernel knows; extents in pixels, pitches in elements.</summary>
internal struct HaloGeometry
{
    internal int Items;
    internal GpuDivisor Channels;
    internal GpuDivisor ImagePixels;
    internal GpuDivisor FullWidth;
    internal GpuDivisor SideWidth;
    internal int Height;
    internal int Width;
    internal int Top;
    internal int Left;
    internal int TopPixels;
    internal int BottomPixels;
}

/// <summary>The Halo skeleton: one thread per element of the halo, which is counted as the rows above, the rows below
/// and then both sides.</summary>
internal static class GpuHalo
{
    internal static void Run(ArrayView<float> memory, Slots slots, HaloGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int pixel = g.Channels.Divide(item);
            int channel = item - (pixel * g.Channels.Value);
            int image = g.ImagePixels.Divide(pixel);
            int p = pixel - (image * g.ImagePixels.Value);
            int y;
            int x;
            if (p < g.TopPixels + g.BottomPixels)
            {
                int line = g.FullWidth.Divide(p);
                x = p - (line * g.FullWidth.Value) - g.Left;
                y = p < g.TopPixels ? line - g.Top : line - g.Top + g.Height;
            }
            else
            {
                p -= g.TopPixels + g.BottomPixels;
                y = g.SideWidth.Divide(p);
                int side = p - (y * g.SideWidth.Value);
                x = side < g.Left ? side - g.Left : side - g.Left + g.Width;
            }

            int fullHeight = g.Top + g.Height + (g.BottomPixels / g.FullWidth.Value);
            int at = (((((image * fullHeight) + y) * g.FullWidth.Value) + x) * g.Channels.Value) + channel;
            memory[slots.A0 + at] = 0f;
        }
    }
}

/// <summary>A Halo launch with its kernel.</summary>
internal sealed class GpuHaloLaunch(HaloLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<HaloGeometry> _kernel = kernels.Load<HaloGeometry>(GpuHalo.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var s = launch.Shape;
        int sides = s.Left + s.Right;
        int fullWidth = sides + launch.Width;
        int imagePixels = ((s.Top + s.Bottom) * fullWidth) + (launch.Height * sides);
        int items = checked(launch.Images * imagePixels * s.Channels);
        if (items == 0)
        {
            return;
        }

        var geometry = new HaloGeometry
        {
            Items = items,
            Channels = new GpuDivisor(s.Channels),
            ImagePixels = new GpuDivisor(imagePixels),
            FullWidth = new GpuDivisor(fullWidth),
            SideWidth = new GpuDivisor(Math.Max(1, sides)),
            Height = launch.Height,
            Width = launch.Width,
            Top = s.Top,
            Left = s.Left,
            TopPixels = s.Top * fullWidth,
            BottomPixels = s.Bottom * fullWidth,
        };
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
    }
}
