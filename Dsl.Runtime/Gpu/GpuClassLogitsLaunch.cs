using System;
using Dsl.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Dsl.Gpu;

/// <summary>A ClassLogits launch, or its gradient's, with the kernels that it needs.</summary>
internal sealed class GpuClassLogitsLaunch : GpuLaunch
{
    private readonly ClassLogitsLaunch _launch;
    private readonly GpuKernel<ClassGeometry> _lengths;
    private readonly GpuKernel<ClassGeometry> _own;
    private readonly GpuKernel<ClassGeometry>? _sums;
    private readonly GpuKernel<ClassGeometry>? _merge;
    private readonly GpuKernel<ClassGeometry>? _embeddings;
    private readonly GpuKernel<ClassGeometry>? _mergeGradients;
    private readonly GpuKernel<ClassGeometry>? _rows;

    internal GpuClassLogitsLaunch(ClassLogitsLaunch launch, GpuKernels kernels)
    {
        if (launch.Shape.Chosen > 0)
        {
            throw new NotSupportedException(
                "Classes are sampled (SampleRate) on the host only: train there, or leave SampleRate out.");
        }

        _launch = launch;
        _lengths = kernels.Load<ClassGeometry>(GpuClassLogits.Lengths);
        _own = kernels.Load<ClassGeometry>(GpuClassLogits.Own);
        bool several = launch.Shape.SubCenters > 1;
        if (!launch.IsGradient)
        {
            _sums = several
                ? kernels.Load<ClassGeometry>(GpuClassLogits.Sums<SeveralCenters>) : kernels.Load<ClassGeometry>(GpuClassLogits.Sums<OneCenter>);
            _merge = kernels.Load<ClassGeometry>(GpuClassLogits.Merge);
            return;
        }

        if ((launch.Shape.Gradients & ClassGradients.Embeddings) != 0)
        {
            _embeddings = several
                ? kernels.Load<ClassGeometry>(GpuClassGradient.Embeddings<SeveralCenters>) : kernels.Load<ClassGeometry>(GpuClassGradient.Embeddings<OneCenter>);
            _mergeGradients = kernels.Load<ClassGeometry>(GpuClassGradient.Merge);
        }

        if ((launch.Shape.Gradients & ~ClassGradients.Embeddings) != 0)
        {
            _rows = several
                ? kernels.Load<ClassGeometry>(GpuClassGradient.Rows<SeveralCenters>) : kernels.Load<ClassGeometry>(GpuClassGradient.Rows<OneCenter>);
        }
    }

    internal override void Run(AcceleratorStream stream, ArrayView<float> memory)
    {
        var g = ClassGeometry.Of(_launch);
        if (g.Samples == 0)
        {
            return;
        }

        long blocks = (g.Samples + GpuAttendTile.Side - 1) / GpuAttendTile.Side;
        int strips = GpuAttendTile.Strips(g.Width);
        Launch(_lengths, ((long)g.Samples + g.Rows + GpuClassLogits.Measured - 1) / GpuClassLogits.Measured);
        Launch(_own, g.Samples);
        Launch(_sums, blocks * g.Slices);
        Launch(_merge, Groups(g.Samples));
        Launch(_embeddings, blocks * g.Slices * strips);
        Launch(_mergeGradients, g.Samples);
        Launch(_rows, (long)g.Blocks * strips);

        void Launch(GpuKernel<ClassGeometry>? kernel, long groups) =>
            kernel?.Launch(stream, memory, _launch.Slots, g, groups, GpuKernels.MaxThreads);
    }
}
