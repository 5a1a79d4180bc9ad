using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Map kernel knows.</summary>
internal struct MapGeometry
{
    internal int Items;
    internal GpuDivisor Columns;
}

/// <summary>The Map skeleton: one thread per element. The domain is flattened, so narrow rows fill their groups
/// too.</summary>
internal static class GpuMap
{
    internal static void Run<TBody>(ArrayView<float> memory, Slots slots, MapGeometry g)
        where TBody : struct, IMapBody
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int row = g.Columns.Divide(item);
            TBody.Run<GpuFloat, GpuInt, GpuMask, GpuMemory>(
                new GpuMemory(memory), slots, row, item - (row * g.Columns.Value));
        }
    }
}

/// <summary>A Map launch with its kernel.</summary>
/// <typeparam name="TBody">What is computed.</typeparam>
internal sealed class GpuMapLaunch<TBody>(MapLaunch<TBody> launch, GpuKernels kernels) : GpuLaunch
    where TBody : struct, IMapBody
{
    private readonly GpuKernel<MapGeometry> _kernel = kernels.Load<MapGeometry>(GpuMap.Run<TBody>);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        int items = checked(launch.Rows * launch.Columns);
        if (items == 0)
        {
            return;
        }

        var geometry = new MapGeometry { Items = items, Columns = new GpuDivisor(launch.Columns) };
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
    }
}
