using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Scheduling;

/// <content>Convolutions, their gradients, pools, and images at another size.</content>
internal sealed partial class KernelPlanner
{
    /// <summary>The pixels are cut into this many slices for a weight gradient: enough for many cores, a constant for
    /// determinism.</summary>
    private const int WeightSlices = 16;

    /// <summary>Sums of all slices together: where there are many weights, taps and channels keep the cores busy, and
    /// writing and adding up the slices would cost more than the products.</summary>
    private const int MostPartialSums = 1 << 20;

    private static Domain ImageDomain(FusedKernel kernel) => new(kernel.Shape, new[]
    {
        new DomainVariable("image", ImmutableArray.Create(0)), new DomainVariable("y", ImmutableArray.Create(2)),
        new DomainVariable("x", ImmutableArray.Create(3)), new DomainVariable("channel", ImmutableArray.Create(1)),
    });

    private PlannedKernel PlanConvolve(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        Node source = anchor.Inputs[0];
        Node weight = anchor.Inputs[1];
        bool transposed = anchor.Op is ConvolveInputGradientOp;
        (WindowGeometry window, int groups) = anchor.Op switch
        {
            ConvolveOp op => (op.Window, op.Groups),
            ConvolveInputGradientOp op => (op.Window, op.Groups),
            _ => throw new InvalidOperationException(anchor.Op.Name),
        };
        if (Views.Base(weight).Op is not ParameterOp)
        {
            throw new InvalidOperationException($"'{kernel.Name}': the weights of a convolution must be a parameter.");
        }

        int outPerGroup = weight.Shape[0].Constant / groups;
        int inPerGroup = weight.Shape[1].Constant;
        string weights = _schedule.BufferOf(weight);
        bool inputsInnermost = _schedule.Layouts.InputsInnermost(weights);
        if (transposed != inputsInnermost)
        {
            (int rows, int columns) = inputsInnermost ? (outPerGroup, inPerGroup) : (inPerGroup, outPerGroup);
            weights = Transposed(weights, groups * window.KernelHeight * window.KernelWidth, rows, columns);
        }

        var context = new KernelContext(kernel, _schedule);
        context.Operand(_schedule.BufferOf(source));
        context.Operand(weights);
        Domain domain = ImageDomain(kernel);
        List<KeyValuePair<string, string>> shape = ConvolveGeometry(
            kernel.Shape, window, groups, transposed ? outPerGroup : inPerGroup, transposed ? inPerGroup : outPerGroup, source);
        if (transposed)
        {
            shape.Add(new("Transposed", "true"));
        }

        BodyEmitter.Convolve(context, null);
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Convolve",
            Write = () => BodyEmitter.Convolve(context, domain)!,
            Buffers = context.Buffers.ToImmutableArray(),
            ShapeType = "ConvolveShape",
            Shape = shape.ToImmutableArray(),
            Tiles = TileFor(kernel.Shape[3], transposed ? inPerGroup : outPerGroup),
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanConvolveWeights(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        var op = (ConvolveWeightGradientOp)anchor.Op;
        Node source = anchor.Inputs[0];
        Node gradient = anchor.Inputs[1];
        int outPerGroup = anchor.Shape[0].Constant / op.Groups;
        int inPerGroup = anchor.Shape[1].Constant;
        int rows = op.Window.KernelHeight * op.Window.KernelWidth * inPerGroup;
        var context = new KernelContext(kernel, _schedule);
        context.Operand(_schedule.BufferOf(source));
        context.Operand(_schedule.BufferOf(gradient));
        Body body = BodyEmitter.ConvolveWeights(
            context,
            op.Groups == 1 ? 0 : rows * outPerGroup,
            inPerGroup,
            outPerGroup,
            _schedule.Layouts.InputsInnermost(anchor));
        int weights = op.Groups * rows * outPerGroup;
        int slices = Math.Max(1, Math.Min(WeightSlices, MostPartialSums / weights));
        string scratch = kernel.Name + ".Scratch";
        context.Slot(scratch);
        List<KeyValuePair<string, string>> shape =
            ConvolveGeometry(gradient.Shape, op.Window, op.Groups, inPerGroup, outPerGroup, source);
        Layout layout = ChannelLast(gradient);
        Size pixel = layout.Strides[3];
        int tileRows = op.Groups == 1 && op.Window.DilationX == 1 ? op.Window.KernelWidth * inPerGroup : inPerGroup;
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "ConvolveWeights",
            Body = body,
            Buffers = context.Buffers.ToImmutableArray(),
            ShapeType = "ConvolveShape",
            Shape = shape.ToImmutableArray(),
            Arguments = pixel.Equals(anchor.Shape[0])
                ? ImmutableArray.Create(SizeText(layout.Strides[0]), SizeText(layout.Strides[2]), Int(slices))
                : ImmutableArray.Create(SizeText(layout.Strides[0]), SizeText(layout.Strides[2]), Int(slices),
                    SizeText(pixel)),
            Tiles = TileFor(tileRows, outPerGroup),
            Scratch = (scratch, (Size)slices * weights),
            Summary = Members(kernel),
        };
    }

    private List<KeyValuePair<string, string>> ConvolveGeometry(
        ImmutableArray<Size> domain, WindowGeometry window, int groups, int inChannels, int outChannels, Node source)
    {
        Layout layout = ChannelLast(source);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Images", domain[0]), Property("Height", domain[2]), Property("Width", domain[3]),
        };
        AddInt(shape, "Groups", groups, 1);
        AddInt(shape, "InChannels", inChannels, -1);
        AddInt(shape, "OutChannels", outChannels, -1);
        AddWindow(shape, window);
        shape.Add(Property("ImagePitch", layout.Strides[0]));
        shape.Add(Property("RowPitch", layout.Strides[2]));
        AddSize(shape, "PixelPitch", layout.Strides[3], groups * inChannels);
        return shape;
    }

    private static void AddWindow(List<KeyValuePair<string, string>> shape, WindowGeometry window)
    {
        AddInt(shape, "KernelHeight", window.KernelHeight, -1);
        AddInt(shape, "KernelWidth", window.KernelWidth, -1);
        AddInt(shape, "StrideY", window.StrideY, 1);
        AddInt(shape, "StrideX", window.StrideX, 1);
        AddInt(shape, "PaddingY", window.PaddingTop, 0);
        AddInt(shape, "PaddingX", window.PaddingLeft, 0);
        AddInt(shape, "DilationY", window.DilationY, 1);
        AddInt(shape, "DilationX", window.DilationX, 1);
    }

    private PlannedKernel PlanPool(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        Node source = anchor.Inputs[0];
        WindowGeometry window = anchor.Op switch
        {
            MaxPoolOp op => op.Window,
            MaxPoolIndexOp op => op.Window,
            AveragePoolOp op => op.Window,
            MaxPoolPickOp op => op.Window,
            LocalConvolveOp op => op.Window,
            LocalConvolveInputGradientOp op => op.Window,
            MaxPoolGradientOp op => op.Window,
            AveragePoolGradientOp op => op.Window,
            _ => throw new InvalidOperationException(anchor.Op.Name),
        };
        var context = new KernelContext(kernel, _schedule);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Images", kernel.Shape[0]), Property("Height", kernel.Shape[2]), Property("Width", kernel.Shape[3]),
            Property("Channels", kernel.Shape[1]), Property("SourceHeight", source.Shape[2]), Property("SourceWidth", source.Shape[3]),
        };
        AddWindow(shape, window);
        if (kernel.Skeleton == Skeleton.PoolGradient)
        {
            shape.Add(new("Transposed", "true"));
        }

        string weights = "";
        if (anchor.Op is LocalConvolveOp or LocalConvolveInputGradientOp)
        {
            // All images pass the weights of a row of sites while these are near: they are far larger than the images.
            weights = SiteWeights(kernel, anchor.Inputs[1], kernel.Skeleton == Skeleton.PoolGradient);
            shape.Add(new("ImagesInnermost", "true"));
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Pool",
            Body = BodyEmitter.Pool(context, ImageDomain(kernel), weights),
            Buffers = context.Buffers.ToImmutableArray(),
            ShapeType = "PoolShape",
            Shape = shape.ToImmutableArray(),
            Summary = Members(kernel),
        };
    }

    /// <summary>The buffer of a local convolution's weights: [site][tap][input][output], or a copy with the last two
    /// exchanged.</summary>
    private string SiteWeights(FusedKernel kernel, Node weight, bool transposed)
    {
        if (weight.Op is not ParameterOp)
        {
            throw new InvalidOperationException(
                $"'{kernel.Name}': the weights of a local convolution must be a parameter.");
        }

        string buffer = _schedule.BufferOf(weight);
        Size taps = weight.Shape[0] * weight.Shape[1] * weight.Shape[4] * weight.Shape[5];
        return transposed ? Transposed(buffer, taps, weight.Shape[3], weight.Shape[2]) : buffer;
    }

    /// <summary>Each weight of a site is a sum over images: columns are inputs times outputs, sites and taps are reductions side by
    /// side.</summary>
    private PlannedKernel PlanLocalConvolveWeights(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        var op = (LocalConvolveWeightGradientOp)anchor.Op;
        ChannelLast(anchor.Inputs[0]);
        ChannelLast(anchor.Inputs[1]);
        var context = new KernelContext(kernel, _schedule);
        context.Operand(_schedule.BufferOf(anchor.Inputs[0]));
        context.Operand(_schedule.BufferOf(anchor.Inputs[1]));
        Size outer = anchor.Shape[0] * anchor.Shape[1] * op.Window.Taps;
        Size rows = anchor.Inputs[0].Shape[0] * (op.Region * op.Region);
        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Reduce",
            Body = BodyEmitter.LocalConvolveWeights(context),
            Buffers = context.Buffers.ToImmutableArray(),
            Arguments = ImmutableArray.Create(
                SizeText(outer), SizeText(rows), SizeText(anchor.Shape[3] * anchor.Shape[2]), Int(1),
                Int(BodyEmitter.LocalConvolveLanes(anchor))),
            Summary = Members(kernel),
        };
    }

    private PlannedKernel PlanResample(FusedKernel kernel)
    {
        Node anchor = kernel.Anchors[0];
        Node source = anchor.Inputs[0];
        ResampleRule rule = anchor.Op is ResampleOp op ? op.Rule : ((ResampleGradientOp)anchor.Op).Rule;
        Layout layout = ChannelLast(source);
        var context = new KernelContext(kernel, _schedule);
        context.Slot(source);
        var shape = new List<KeyValuePair<string, string>>
        {
            Property("Images", kernel.Shape[0]), Property("Height", kernel.Shape[2]),
            Property("Width", kernel.Shape[3]), Property("Channels", kernel.Shape[1]),
            Property("SourceHeight", source.Shape[2]), Property("SourceWidth", source.Shape[3]),
            Property("ImagePitch", layout.Strides[0]), Property("RowPitch", layout.Strides[2]),
            new("Mode", $"ResampleMode.{rule.Mode}"),
        };
        AddSize(shape, "PixelPitch", layout.Strides[3], source.Shape[1].Constant);
        if (rule.AlignCorners)
        {
            shape.Add(new("AlignCorners", "true"));
        }

        AddInt(shape, "Numerator", rule.Scale.Numerator, 0);
        AddInt(shape, "Denominator", Math.Max(rule.Scale.Denominator, 1), 1);
        if (kernel.Skeleton == Skeleton.ResampleGradient)
        {
            shape.Add(new("Transposed", "true"));
        }

        return new PlannedKernel
        {
            Name = kernel.Name,
            Skeleton = "Resample",
            Body = BodyEmitter.Convolve(context, ImageDomain(kernel)),
            Buffers = context.Buffers.ToImmutableArray(),
            ShapeType = "ResampleShape",
            Shape = shape.ToImmutableArray(),
            Summary = Members(kernel),
        };
    }

    /// <summary>The layout of images whose pixels lie one after the other, channels together. Where a row is a single
    /// pixel that a view made of a vector, the step to the next is that of no element: any number will do, but it has to
    /// be one.</summary>
    private Layout ChannelLast(Node source)
    {
        Layout layout = _schedule.Layouts.Of(source);
        if (source.Rank != 4 || !layout.Strides[1].Equals(Size.One))
        {
            throw new InvalidOperationException(
                $"'{_schedule.BufferOf(Views.Base(source))}' is not stored channel-last.");
        }

        return layout.Strides[3].IsConstant || !source.Shape[3].Equals(Size.One)
            ? layout
            : layout.Strided(layout.Strides.SetItem(3, source.Shape[1]));
    }
}
