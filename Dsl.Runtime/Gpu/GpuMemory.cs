using Dsl.Vectors;
using ILGPU;

namespace Dsl.Gpu;

/// <summary>A session's memory as one GPU thread sees it: one view of floats, in which ints lie as their
/// bits.</summary>
internal readonly struct GpuMemory : IMemory<GpuFloat, GpuInt>
{
    private readonly ArrayView<float> _view;

    internal GpuMemory(ArrayView<float> view) => _view = view;

    public GpuFloat Load(int at) => new(_view[at]);

    public GpuFloat Scalar(int at) => new(_view[at]);

    public GpuFloat Strided(int at, int stride) => new(_view[at]);

    public GpuFloat Gather(int at, GpuInt index) => new(_view[at + index.V]);

    public void Store(int at, GpuFloat value) => _view[at] = value.V;

    public void StoreScalar(int at, GpuFloat value) => _view[at] = value.V;

    public void StoreStrided(int at, int stride, GpuFloat value) => _view[at] = value.V;

    public void Scatter(int at, GpuInt index, GpuFloat value) => _view[at + index.V] = value.V;

    public GpuInt LoadInts(int at) => new(GpuMath.Bits(_view[at]));

    public GpuInt ScalarInts(int at) => new(GpuMath.Bits(_view[at]));

    public int Int(int at) => GpuMath.Bits(_view[at]);

    public void StoreInts(int at, GpuInt value) => _view[at] = GpuMath.FromBits(value.V);
}
