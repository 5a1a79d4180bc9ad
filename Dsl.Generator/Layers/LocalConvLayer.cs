using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Layers;

/// <summary>
/// A convolution with weights of its own at every site: [b, in, h, w] -> [b, channels, h', w']; Weight [h'/region,
/// w'/region, channels, in, kernel, kernel], Bias [h'/region, w'/region, channels].
/// </summary>
internal sealed class LocalConvLayer : ILayer
{
    private static readonly int[] s_sitesAmongRegions = { 0, 1, 3 };
    private static readonly int[] s_sites = { 1, 2, 3 };

    public string Kind => "LocalConv";

    public IReadOnlyList<LayerArgument> Arguments { get; } = new[]
    {
        new LayerArgument("Channels", ArgumentKind.Size, null),
        new LayerArgument("Kernel", ArgumentKind.Size, null),
        new LayerArgument("Stride", ArgumentKind.Size, "1"),
        new LayerArgument("Region", ArgumentKind.Size, "1"),
        new LayerArgument("Bias", ArgumentKind.Bool, "true"),
        new LayerArgument("Activation", ArgumentKind.Activation, "None"),
    };

    public Node Lower(LayerContext context)
    {
        Node x = context.Tensor(0);
        int inputs = context.RequireImages(x);
        if (!x.Shape[2].IsConstant || !x.Shape[3].IsConstant)
        {
            throw context.Mismatch(
                x,
                "images 'b, c, h, w' of a constant size",
                "give height and width as numbers: every site has weights of its own");
        }

        int channels = context.Size("Channels");
        int region = context.Size("Region");
        WindowGeometry window = WindowGeometry.Square(context.Size("Kernel"), context.Size("Stride"));
        if (WindowFit.TooLarge(window, x) is { } image)
        {
            throw new ProblemException(
                ProblemIds.KernelLargerThanInput,
                context.Site,
                context.Name,
                $"{window.SpanHeight}x{window.SpanWidth}",
                image,
                x.Shape.Text()).Offer(
                    context.Write("Kernel", window.SpanWidth - WindowFit.Missing(window, x)));
        }

        int height = window.OutHeight(x.Shape[2]).Constant;
        int width = window.OutWidth(x.Shape[3]).Constant;
        if (height % region != 0 || width % region != 0)
        {
            throw context.OutOfRange(
                "Region",
                region.ToString(CultureInfo.InvariantCulture),
                $"a divisor of the output's {height}x{width} sites").Offer(context.Write(
                    "Region", Enumerable.Range(1, region).Last(r => height % r == 0 && width % r == 0)));
        }

        string init = LayerContext.KaimingUniform(inputs * window.Taps);
        Node weight = context.Parameter(
            "Weight", init, decays: true, height / region, width / region, channels, inputs, window.KernelHeight,
            window.KernelWidth);
        Node y = context.Graph.Add(new LocalConvolveOp(window, region), x, weight);
        if (context.Bool("Bias"))
        {
            Node bias = context.Parameter("Bias", init, decays: false, height / region, width / region, channels);
            y = context.Graph.Pointwise("add", y, Everywhere(context.Graph, bias, region, y.Shape));
        }

        return context.Activate(y);
    }

    /// <summary>The offsets of the sites for every image: [i/region, j/region, o] -> [b, o, i, j].</summary>
    private static Node Everywhere(Graph graph, Node bias, int region, IReadOnlyList<Size> dims)
    {
        Node sites = graph.Transpose(bias, 2, 0, 1);
        if (region != 1)
        {
            Size[] split = { dims[1], dims[2] / region, region, dims[3] / region, region };
            sites = graph.Reshape(graph.Broadcast(sites, split, s_sitesAmongRegions), dims.Skip(1));
        }

        return graph.Broadcast(sites, dims, s_sites);
    }
}
