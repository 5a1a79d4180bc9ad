using System.Collections.Generic;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Layers;

/// <summary>
/// y = activation(x ⋆ W + b) over images: [b, in, h, w] -> [b, channels, h', w']; Weight [channels, in/groups, kernel,
/// kernel],
/// Bias [channels].
/// </summary>
internal sealed class ConvLayer : ILayer
{
    public string Kind => "Conv";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Channels", ArgumentKind.Size, null),
        new LayerArgument("Kernel", ArgumentKind.Size, null),
        new LayerArgument("Stride", ArgumentKind.Size, "1"),
        new LayerArgument("Padding", ArgumentKind.SizeOrSame, "0", Minimum: 0),
        new LayerArgument("Dilation", ArgumentKind.Size, "1"),
        new LayerArgument("Groups", ArgumentKind.Size, "1"),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
        new LayerArgument("Activation", ArgumentKind.Activation, "None"),
    };

    public Node Lower(LayerContext context, Node x)
    {
        int inputs = context.RequireImages(x);
        int channels = context.Size("Channels");
        int groups = context.Size("Groups");
        context.RequireDivides(groups, inputs, "input");
        context.RequireDivides(groups, channels, "output");

        WindowGeometry window = Window(context);
        if (WindowFit.TooLarge(window, x) is { } image)
        {
            throw new ProblemException(
                ProblemIds.KernelLargerThanInput,
                context.Site,
                context.Name,
                $"{window.SpanHeight}x{window.SpanWidth}",
                image,
                x.Shape.Text());
        }

        string init = LayerContext.KaimingUniform(inputs / groups * window.Taps);
        Node weight = context.Parameter(
            "Weight", init, decays: true, channels, inputs / groups, window.KernelHeight, window.KernelWidth);
        Node y = context.Graph.Add(new ConvolveOp(window, groups), x, weight);
        if (context.Bool("Bias"))
        {
            y = context.AddAlong(y, 1, context.Parameter("Bias", init, decays: false, channels));
        }

        return context.Activate(y);
    }

    private static WindowGeometry Window(LayerContext context)
    {
        int kernel = context.Size("Kernel");
        int stride = context.Size("Stride");
        int dilation = context.Size("Dilation");
        if (!context.IsSame("Padding"))
        {
            return WindowGeometry.Square(kernel, stride, context.Size("Padding"), dilation);
        }

        // The image keeps its size only when windows step pixel by pixel and have a middle.
        int span = (dilation * (kernel - 1)) + 1;
        if (stride != 1 || span % 2 == 0)
        {
            throw context.OutOfRange("Padding", "same", "a constant, unless the stride is 1 and the kernel is odd");
        }

        return WindowGeometry.Square(kernel, 1, span / 2, dilation);
    }
}
