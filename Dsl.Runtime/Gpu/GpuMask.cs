using Dsl.Vectors;

namespace Dsl.Gpu;

/// <summary>The truth value of one GPU thread.</summary>
internal readonly struct GpuMask : IMask<GpuMask>
{
    internal readonly bool V;

    internal GpuMask(bool v) => V = v;

    public static GpuMask operator &(GpuMask a, GpuMask b) => new(a.V & b.V);

    public static GpuMask operator |(GpuMask a, GpuMask b) => new(a.V | b.V);

    // ILGPU turns the negation of a comparison into the opposite comparison, which answers wrongly for NaN (!(a = b)
    // becomes an ordered a ≠ b). Through an int it stays a negation.
    public static GpuMask operator !(GpuMask a) => new(((a.V ? 1 : 0) ^ 1) != 0);

    public static GpuMask Until(int count) => new(count > 0);

    public static bool Any(GpuMask a) => a.V;
}
