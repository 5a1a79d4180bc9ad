using Dsl.Vectors;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>A session's memory as one GPU thread sees it: one view of floats, in which ints lie as their bits.</summary>
internal readonly struct GpuMemory : IMemory<GpuFloat, GpuInt>
{
    private readonly ArrayView<float> view;

    internal GpuMemory(ArrayView<float> view) => this.view = view;

    public GpuFloat Load(int at) => new(view[at]);

    public GpuFloat Scalar(int at) => new(view[at]);

    public GpuFloat Strided(int at, int stride) => new(view[at]);

    public GpuFloat Gather(int at, GpuInt index) => new(view[at + index.V]);

    public void Store(int at, GpuFloat value) => view[at] = value.V;

    public void StoreScalar(int at, GpuFloat value) => view[at] = value.V;

    public void StoreStrided(int at, int stride, GpuFloat value) => view[at] = value.V;

    public GpuInt LoadInts(int at) => new(GpuMath.Bits(view[at]));

    public GpuInt ScalarInts(int at) => new(GpuMath.Bits(view[at]));

    public void StoreInts(int at, GpuInt value) => view[at] = GpuMath.FromBits(value.V);
}
