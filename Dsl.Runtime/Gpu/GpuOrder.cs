using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Order kernel knows.</summary>
internal struct OrderGeometry
{
    internal int Items;
    internal int Length;
    internal int Keys;
}

/// <summary>The Order skeleton: a thread for each item counts the items of its row that come before it. That takes length²
/// comparisons for each row, no memory and no order among threads.</summary>
internal static class GpuOrder
{
    internal static void Run(ArrayView<float> memory, Slots slots, OrderGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Items)
        {
            int row = item / g.Length * g.Length;
            int index = item - row;
            float key = memory[slots.A0 + item];
            int place = (int)key;
            if (g.Keys != 0)
            {
                place = 0;
                for (int i = 0; i < g.Length; i++)
                {
                    float other = memory[slots.A0 + row + i];
                    place += other < key | (other == key & i < index) ? 1 : 0;
                }
            }

            memory[slots.A1 + row + place] = index;
        }
    }
}

/// <summary>An Order launch with its kernel.</summary>
internal sealed class GpuOrderLaunch(OrderLaunch launch, GpuKernels kernels) : GpuLaunch
{
    private readonly GpuKernel<OrderGeometry> _kernel = kernels.Load<OrderGeometry>(GpuOrder.Run);

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        int items = checked(launch.Rows * launch.Length);
        var geometry = new OrderGeometry { Items = items, Length = launch.Length, Keys = launch.Keys };
        _kernel.Launch(stream, memory, launch.Slots, geometry, Groups(items), GpuKernels.MaxThreads);
    }
}
