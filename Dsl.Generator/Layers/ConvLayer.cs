using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

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
        if (x.Rank != 4 || !x.Shape[1].IsConstant)
        {
            throw context.Mismatch(
                x,
                "images 'b, c, h, w' with a constant c",
                "give the layer a tensor of rank 4 with a constant second extent").Offer(context.Image());
        }

        int channels = context.Size("Channels");
        int groups = context.Size("Groups");
        int inputs = x.Shape[1].Constant;
        RequireDivides(context, groups, inputs, channels, "input");
        RequireDivides(context, groups, channels, inputs, "output");

        WindowGeometry window = Window(context);
        if (WindowFit.TooLarge(window, x) is { } image)
        {
            throw new ProblemException(
                ProblemIds.KernelLargerThanInput,
                context.Site,
                context.Name,
                $"{window.SpanHeight}x{window.SpanWidth}",
                image,
                x.Shape.Text()).Offer(Smaller(context, window, x), Padded(context, window, x));
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
            throw context.OutOfRange("Padding", "same", "a constant, unless the stride is 1 and the kernel is odd")
                .Offer(context.Write("Padding", span / 2));
        }

        return WindowGeometry.Square(kernel, 1, span / 2, dilation);
    }

    private static Remedy? Smaller(LayerContext context, WindowGeometry window, Node x)
    {
        int kernel = ((WindowFit.Largest(window, x) - 1) / context.Size("Dilation")) + 1;
        return kernel >= 1 ? context.Write("Kernel", kernel) : null;
    }

    private static Remedy Padded(LayerContext context, WindowGeometry window, Node x)
    {
        int missing = window.SpanHeight - WindowFit.Largest(window, x);
        return context.Write("Padding", window.PaddingTop + ((missing + 1) / 2));
    }

    private static void RequireDivides(LayerContext context, int groups, int channels, int others, string side)
    {
        if (channels % groups != 0)
        {
            throw new ProblemException(
                ProblemIds.GroupsDoNotDivide,
                context.SiteOf("Groups"),
                context.Name,
                groups.ToString(CultureInfo.InvariantCulture),
                channels.ToString(CultureInfo.InvariantCulture),
                side).Offer(context.Write(
                    "Groups", Enumerable.Range(1, groups).Last(g => channels % g == 0 && others % g == 0)));
        }
    }
}
