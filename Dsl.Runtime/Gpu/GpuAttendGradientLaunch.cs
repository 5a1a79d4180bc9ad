using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>An AttendGradient launch with the kernels of the gradients that it computes.</summary>
/// <typeparam name="TScore">What makes a weight of a score.</typeparam>
internal sealed class GpuAttendGradientLaunch<TScore> : GpuLaunch
    where TScore : struct, IGpuScore
{
    private readonly AttendGradientLaunch _launch;
    private readonly bool _dense;
    private readonly GpuKernel<AttendGeometry>? _dots;
    private readonly GpuKernel<AttendGeometry>? _queries;
    private readonly GpuKernel<AttendGeometry>? _keys;
    private readonly GpuKernel<AttendGeometry>? _values;
    private readonly GpuKernel<AttendGeometry>? _bias;

    internal GpuAttendGradientLaunch(AttendGradientLaunch launch, GpuKernels kernels)
    {
        AttendGradients gradients = launch.Gradients;
        _launch = launch;
        _dense = launch.Shape.Bias == AttendBias.Dense;
        if (TScore.Normalized)
        {
            _dots = kernels.Load<AttendGeometry>(GpuAttendGradient.Dots);
        }

        if (gradients.Queries)
        {
            _queries = kernels.Load<AttendGeometry>(GpuAttendGradient.Queries<TScore>);
        }

        if (gradients.Keys)
        {
            _keys = kernels.Load<AttendGeometry>(GpuAttendGradient.Keys<TScore>);
        }

        if (gradients.Values)
        {
            _values = kernels.Load<AttendGeometry>(GpuAttendGradient.Values<TScore>);
        }

        if (gradients.Bias)
        {
            _bias = _dense
                ? kernels.Load<AttendGeometry>(GpuAttendBias.Dense<TScore>)
                : kernels.Load<AttendGeometry>(GpuAttendBias.Relative<TScore>);
        }
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = AttendGeometry.Of(_launch);
        long rows = (long)g.Batch * g.QueryCount * g.Heads;
        Launch(_dots, (rows + GpuAttendGradient.Down - 1) / GpuAttendGradient.Down);
        Launch(_queries, AttendGroup.Count(g.Batch, g.Heads, g.QueryCount, g.KeyWidth));
        Launch(_keys, AttendGroup.Count(g.Batch, g.KeyHeads, g.KeyCount, g.KeyWidth));
        Launch(_values, AttendGroup.Count(g.Batch, g.KeyHeads, g.KeyCount, g.ValueWidth));
        Launch(_bias, GpuAttendBias.Groups(g, _dense));

        void Launch(GpuKernel<AttendGeometry>? kernel, long groups) =>
            kernel?.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
    }
}
