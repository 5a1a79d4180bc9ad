using System.Collections.Generic;
using System.Collections.Immutable;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;

namespace Dsl.Generator.Scheduling;

/// <content>Convolutions by Fourier transforms: they have no body.</content>
internal sealed partial class KernelPlanner
{
    private PlannedKernel PlanSpectral(FusedKernel kernel)
    {
        Node node = kernel.Anchors[0];
        bool isOfKernel = node.Op is LongConvolutionTapsOp;
        (Node x, Node k, Node y) = isOfKernel
            ? (node.Inputs[0], node, node.Inputs[1]) : (node.Inputs[0], node.Inputs[1], node);
        Layout xs = _schedule.Layouts.Of(x), ks = _schedule.Layouts.Of(k), ys = _schedule.Layouts.Of(y);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Batch", x.Shape[0]), Property("Positions", x.Shape[1]), Property("Taps", k.Shape[0]),
            Property("Channels", x.Shape[2]), Property("XBatch", xs.Strides[0]), Property("XPosition", xs.Strides[1]),
            Property("KTap", ks.Strides[0]), Property("YBatch", ys.Strides[0]), Property("YPosition", ys.Strides[1]),
        };
        if (node.Op is LongConvolutionOp { Reverse: true } or LongConvolutionTapsOp { Reverse: true })
        {
            shape.Add(new("Reverse", "true"));
        }

        (string Name, Size Length) scratch =
            (kernel.Name + ".Scratch", SpectralParts.Scratch(x.Shape[1], k.Shape[0], x.Shape[2].Constant));
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = isOfKernel ? "SpectralTaps" : "Spectral",
            Buffers = ImmutableArray.Create(
                _schedule.BufferOf(Holder(x)), _schedule.BufferOf(Holder(k)), _schedule.BufferOf(Holder(y)),
                scratch.Name),
            ShapeType = "SpectralShape",
            Shape = shape.ToImmutableArray(),
            Scratch = scratch,
            Summary = Members(kernel),
        };
    }
}
