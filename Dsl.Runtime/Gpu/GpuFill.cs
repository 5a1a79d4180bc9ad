using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>What the Fill kernel knows.</summary>
internal struct FillGeometry
{
    internal int At;
    internal int Count;
    internal int ValueBits;
}

/// <summary>Sets elements to a value.</summary>
internal static class GpuFill
{
    internal static void Run(ArrayView<float> memory, Slots slots, FillGeometry g)
    {
        int item = GpuLaunch.Item;
        if (item < g.Count)
        {
            memory[g.At + item] = GpuMath.FromBits(g.ValueBits);
        }
    }
}
