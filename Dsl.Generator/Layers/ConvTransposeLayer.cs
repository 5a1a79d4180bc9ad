using System;
using System.Collections.Generic;
using System.Globalization;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Layers;

/// <summary>
/// The transpose of a convolution, y = activation(x ⋆ᵀ W + b): [b, in, h, w] -> [b, channels, h', w'] with h' = (h -
/// 1)·stride - 2·padding + dilation·(kernel - 1) + output padding + 1; Weight [in, channels/groups, kernel, kernel],
/// Bias [channels]. It is the input gradient of the convolution that has the same weights and the channels the other
/// way round.
/// </summary>
internal sealed class ConvTransposeLayer : ILayer
{
    public string Kind => "ConvTranspose";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Channels", ArgumentKind.Size, null),
        new LayerArgument("Kernel", ArgumentKind.Size, null),
        new LayerArgument("Stride", ArgumentKind.Size, "1"),
        new LayerArgument("Padding", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("OutputPadding", ArgumentKind.Size, "0", Minimum: 0),
        new LayerArgument("Dilation", ArgumentKind.Size, "1"),
        new LayerArgument("Groups", ArgumentKind.Size, "1"),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
        new LayerArgument("Initializer", ArgumentKind.Choice, "KaimingUniform"),
        new LayerArgument("Activation", ArgumentKind.Activation, "None"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int inputs = context.RequireImages(x);
        int channels = context.Size("Channels");
        int groups = context.Size("Groups");
        context.RequireDivides(groups, inputs, "input", channels);
        context.RequireDivides(groups, channels, "output", inputs);

        WindowGeometry window = Window(context);
        Halo cut = window.Border;
        Size height = Extent(context, x.Shape[2], window.StrideY, window.SpanHeight, cut.Top + cut.Bottom);
        Size width = Extent(context, x.Shape[3], window.StrideX, window.SpanWidth, cut.Left + cut.Right);
        int outputs = channels / groups;
        bool bilinear = context.Choice("Initializer") == "Bilinear";
        string init = bilinear
            ? string.Format(
                CultureInfo.InvariantCulture,
                "Bilinear({0}, {1}, {2}, {3})",
                inputs / groups,
                outputs,
                window.KernelHeight,
                window.KernelWidth)
            : LayerContext.KaimingUniform(outputs * window.Taps);
        Node weight = context.Parameter(
            "Weight", init, decays: true, inputs, outputs, window.KernelHeight, window.KernelWidth);
        Node y = context.Graph.Add(new ConvolveInputGradientOp(window, groups, height, width), x, weight);
        if (context.Bool("Bias"))
        {
            string start = bilinear ? "Zeros()" : init;
            y = context.AddAlong(y, 1, context.Parameter("Bias", start, decays: false, channels));
        }

        return context.Activate(y);
    }

    /// <summary>The window of the convolution that is transposed. Output padding takes away from its padding below and
    /// at the right, so that its windows on the result are exactly the pixels of the input.</summary>
    private static WindowGeometry Window(LayerContext context)
    {
        int stride = context.Size("Stride");
        int padding = context.Size("Padding");
        int dilation = context.Size("Dilation");
        int more = context.Size("OutputPadding");
        int most = Math.Max(stride, dilation) - 1;
        return more <= most
            ? WindowGeometry.Square(context.Size("Kernel"), stride, padding, dilation) with
            {
                PaddingBottom = padding - more,
                PaddingRight = padding - more,
            }
            : throw context.OutOfRange(
                "OutputPadding",
                more.ToString(CultureInfo.InvariantCulture),
                $"less than the stride or the dilation, at most {most}").Offer(context.Write("OutputPadding", most));
    }

    /// <summary>The largest padding that leaves a pixel of those there are without any.</summary>
    private static Remedy? Smaller(LayerContext context, Size pixels)
    {
        int padding = (pixels.Constant + context.Size("OutputPadding") - 1) / 2;
        return padding >= 0 ? context.Write("Padding", padding) : null;
    }

    private static Size Extent(LayerContext context, Size pixels, int stride, int span, int padding)
    {
        Size extent = ((pixels - 1) * stride) + (span - padding);
        return !extent.IsConstant || extent.Constant > 0
            ? extent
            : throw context.OutOfRange(
                "Padding",
                context.Size("Padding").ToString(CultureInfo.InvariantCulture),
                "so small that pixels remain").Offer(Smaller(context, extent + padding));
    }
}
