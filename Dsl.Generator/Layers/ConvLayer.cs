using System;
using System.Collections.Generic;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>
/// y = activation(x ⋆ W + b) over images, [b, in, h, w] -> [b, channels, h', w'] with Weight [channels, in/groups,
/// kernel height, kernel width], or over sequences, [b, in, l] -> [b, channels, l'] with Weight [channels, in/groups,
/// kernel]; Bias [channels].
/// </summary>
internal sealed class ConvLayer : ILayer
{
    private const int Sequence = 3;

    public string Kind => "Conv";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Channels", ArgumentKind.Size, null),
        new LayerArgument("Kernel", ArgumentKind.Sizes, null),
        new LayerArgument("Stride", ArgumentKind.Sizes, "1"),
        new LayerArgument("Padding", ArgumentKind.SizesOrWord, "0", Minimum: 0),
        new LayerArgument("Dilation", ArgumentKind.Sizes, "1"),
        new LayerArgument("Groups", ArgumentKind.Size, "1"),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
        new LayerArgument("Activation", ArgumentKind.Activation, "None"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        if (x.Rank is not (Sequence or 4) || !x.Shape[1].IsConstant)
        {
            throw context.Mismatch(
                x,
                "images 'b, c, h, w' or sequences 'b, c, l' with a constant c",
                "give the layer a tensor of rank 4 or 3 with a constant second extent").Offer(context.Image());
        }

        int inputs = x.Shape[1].Constant;
        int channels = context.Size("Channels");
        int groups = context.Size("Groups");
        context.RequireDivides(groups, inputs, "input", channels);
        context.RequireDivides(groups, channels, "output", inputs);

        // A sequence is an image of one row: the reshapes add and drop an axis of extent 1, which moves nothing.
        bool isSequence = x.Rank == Sequence;
        Node image = isSequence ? context.Graph.Reshape(x, x.Shape.Insert(2, Size.One)) : x;
        WindowGeometry window = Window(context, isSequence);
        if (WindowFit.TooLarge(window, image) is { } extents)
        {
            throw new ProblemException(
                ProblemIds.KernelLargerThanInput,
                context.Site,
                context.Name,
                $"{window.SpanHeight}x{window.SpanWidth}",
                extents,
                x.Shape.Text()).Offer(Smaller(context, window, image), Padded(context, window, image));
        }

        string init = LayerContext.KaimingUniform(inputs / groups * window.Taps);
        Node weight = isSequence
            ? context.Parameter("Weight", init, decays: true, channels, inputs / groups, window.KernelWidth)
            : context.Parameter(
                "Weight", init, decays: true, channels, inputs / groups, window.KernelHeight, window.KernelWidth);
        Node taps = isSequence ? context.Graph.Reshape(weight, weight.Shape.Insert(2, Size.One)) : weight;
        Node y = context.Graph.Add(new ConvolveOp(window, groups), image, taps);
        if (context.Bool("Bias"))
        {
            y = context.AddAlong(y, 1, context.Parameter("Bias", init, decays: false, channels));
        }

        y = context.Activate(y);
        return isSequence ? context.Graph.Reshape(y, y.Shape.RemoveAt(2)) : y;
    }

    private static WindowGeometry Window(LayerContext context, bool isSequence)
    {
        (int height, int width) = Pair(context, "Kernel", isSequence);
        (int strideY, int strideX) = Pair(context, "Stride", isSequence);
        (int dilationY, int dilationX) = Pair(context, "Dilation", isSequence);
        var window = new WindowGeometry(height, width, strideY, strideX, 0, 0, 0, 0, dilationY, dilationX);
        if (context.IsWord("Padding", "same"))
        {
            // The image keeps its size only when windows step pixel by pixel and have a middle.
            return strideY == 1 && strideX == 1 && window.SpanHeight % 2 == 1 && window.SpanWidth % 2 == 1
                ? Padded(window, window.SpanHeight / 2, window.SpanHeight / 2, window.SpanWidth / 2,
                    window.SpanWidth / 2)
                : throw context.OutOfRange("Padding", "same",
                    "a constant, unless the stride is 1 and the kernel is odd")
                    .Offer(context.Write("Padding", window.SpanHeight / 2));
        }

        if (context.IsWord("Padding", "causal"))
        {
            return isSequence
                ? Padded(window, 0, 0, window.SpanWidth - 1, 0)
                : throw context.OutOfRange("Padding", "causal", "constants for images: only a sequence has a past")
                    .Offer(context.Write("Padding", window.SpanHeight / 2));
        }

        int[] padding = context.Sizes("Padding");
        return (isSequence, padding.Length) switch
        {
            (true, 1) => Padded(window, 0, 0, padding[0], padding[0]),
            (false, 1) => Padded(window, padding[0], padding[0], padding[0], padding[0]),
            (false, 2) => Padded(window, padding[0], padding[0], padding[1], padding[1]),
            (false, 4) => Padded(window, padding[0], padding[1], padding[2], padding[3]),
            (true, _) => throw context.OutOfRange("Padding", string.Join(", ", padding),
                "one number, 'same' or 'causal' for sequences"),
            _ => throw context.OutOfRange(
                "Padding", string.Join(", ", padding), "one number, 'height, width' or 'top, bottom, left, right'"),
        };
    }

    private static Remedy? Smaller(LayerContext context, WindowGeometry window, Node image) =>
        context.Sizes("Kernel").Length > 1 ? null : context.Write("Kernel", Math.Max(
            1, ((window.SpanWidth - WindowFit.Missing(window, image) - 1) / window.DilationX) + 1));

    private static Remedy? Padded(LayerContext context, WindowGeometry window, Node image) =>
        context.Sizes("Padding").Length > 1 ? null : context.Write(
            "Padding", window.PaddingLeft + ((WindowFit.Missing(window, image) + 1) / 2));

    private static WindowGeometry Padded(WindowGeometry window, int top, int bottom, int left, int right) =>
        window with { PaddingTop = top, PaddingBottom = bottom, PaddingLeft = left, PaddingRight = right };

    /// <summary>Height and width; a sequence has a width only.</summary>
    private static (int Height, int Width) Pair(LayerContext context, string name, bool isSequence)
    {
        int[] sizes = context.Sizes(name);
        return (isSequence, sizes.Length) switch
        {
            (true, 1) => (1, sizes[0]),
            (false, 1) => (sizes[0], sizes[0]),
            (false, 2) => (sizes[0], sizes[1]),
            _ => throw context.OutOfRange(
                name, string.Join(", ", sizes), isSequence ? "one number for sequences"
                    : "one number, or 'height, width'").Offer(context.Write(name, sizes[0])),
        };
    }
}
