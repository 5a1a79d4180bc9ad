using Dsl.Vectors;

namespace Dsl.Gpu;

/// <summary>The truth value of one GPU thread.</summary>
internal readonly struct GpuMask : IMask<GpuMask>
{
    internal readonly bool V;

    internal GpuMask(bool v) => V = v;

    public static GpuMask operator &(GpuMask a, GpuMask b) => new(a.V & b.V);

    public static GpuMask operator |(GpuMask a, GpuMask b) => new(a.V | b.V);

    public static GpuMask operator !(GpuMask a) => new(!a.V);

    public static GpuMask Until(int count) => new(count > 0);
}
