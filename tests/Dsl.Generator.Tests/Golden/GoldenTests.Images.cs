using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Layers;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <content>Images: convolutions, pools, shuffles, other sizes.</content>
public partial class GoldenTests
{
    [SkippableTheory]
    [InlineData("3x3_same")]
    [InlineData("valid_nobias")]
    [InlineData("stride2")]
    [InlineData("stride2_floor")]
    [InlineData("dil2")]
    [InlineData("groups2")]
    [InlineData("depthwise")]
    [InlineData("depthwise_mult2")]
    [InlineData("1x1")]
    [InlineData("asym")]
    [InlineData("11x11_s4")]
    public void Convolution(string name)
    {
        GoldenCase c = GoldenCase.Load("conv2d_" + name);
        int[] kernel = c["in.w"].Shape;
        var (stride, padding, dilation) = (c.Pair("stride"), c.Pair("padding"), c.Pair("dilation"));
        var window = new WindowGeometry(
            kernel[2], kernel[3], stride.Y, stride.X, padding.Y, padding.X, padding.Y, padding.X, dilation.Y, dilation.X);
        c.Check(Graph(g =>
        {
            Node y = g.Add(new ConvolveOp(window, c.Int("groups")), P(g, c, "x"), P(g, c, "w"));
            return ("y", c.Has("in.b") ? g.Pointwise("add", y, g.Broadcast(P(g, c, "b"), y.Shape, [1])) : y);
        }));
    }

    [SkippableTheory]
    [InlineData("k2s2")]
    [InlineData("k4s2p1")]
    [InlineData("k3s2p1op1")]
    [InlineData("dil2")]
    [InlineData("groups2")]
    public void TransposedConvolution(string name)
    {
        GoldenCase c = GoldenCase.Load("tconv_" + name);
        var shape = c["in.x"].Shape;
        var (channels, kernel) = (c["out.y"].Shape[1], c["in.w"].Shape[2]);
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer(
                "L", "ConvTranspose", ("channels", channels), ("kernel", kernel), ("Stride", c.Int("stride")),
                ("Padding", c.Int("padding")), ("OutputPadding", c.Int("output_padding")), ("Dilation", c.Int("dilation")),
                ("Groups", c.Int("groups")))
            .Function("Forward", null, f => f.Layer("L", f.Input("x", string.Join(", ", shape))))
            .Build());
        Assert.Empty(model.Problems);
        c.Check(AsParameters(model, "L.Weight", "L.Bias"));
    }

    [SkippableFact]
    public void A_transposed_convolution_is_the_adjoint_of_the_convolution()
    {
        GoldenCase c = GoldenCase.Load("tconv_adjoint");
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, c.Dims("aux.x"));
        Node y = graph.Input("y", DType.Float, c.Dims("aux.y"));
        Node w = graph.Input("w", DType.Float, c.Dims("aux.w"));
        var window = WindowGeometry.Square(3, stride: 2, padding: 1);
        Node back = graph.Add(new ConvolveInputGradientOp(window, 1, x.Shape[2], x.Shape[3]), y, w);
        graph.Output("lhs", graph.SumAll(graph.Pointwise("mul", graph.Add(new ConvolveOp(window, 1), x, w), y)));
        graph.Output("rhs", graph.SumAll(graph.Pointwise("mul", x, back)));
        var inputs = new[] { "x", "y", "w" }.ToDictionary(static n => n, n => c["aux." + n]);
        IReadOnlyDictionary<string, NdArray> both = GraphInterpreter.Evaluate(
            GraphVerifier.Verify(graph, "building"), inputs, new Dictionary<string, NdArray>(), new Dictionary<string, int>());
        foreach (string side in new[] { "lhs", "rhs" })
        {
            Assert.Equal(c["out." + side].Data[0], both[side].Data[0], 1e-9);
        }
    }

    [SkippableTheory]
    [InlineData("k2s2")]
    [InlineData("k3s2p1")]
    [InlineData("ceil")]
    [InlineData("dil2")]
    [InlineData("ties")]
    public void MaxPool(string name)
    {
        GoldenCase c = GoldenCase.Load("maxpool_" + name);
        string shape = string.Join(", ", c["in.x"].Shape);
        Graph pooled = Lowered(f => f.Call(
            "MaxPool", f.Input("x", shape), ("size", c.Int("kernel")), ("stride", c.Int("stride")), ("padding", c.Int("padding")),
            ("dilation", c.Int("dilation")), ("ceil", c.Bool("ceil_mode"))));
        c.Check(pooled);
        WindowGeometry window = pooled.Nodes.Select(static n => n.Op).OfType<MaxPoolOp>().Single().Window;

        var graph = new Graph();
        graph.Output("index", graph.Add(new MaxPoolIndexOp(window), P(graph, c, "x")));
        var x = new Dictionary<string, NdArray> { ["x"] = c["in.x"] };
        NdArray taps = GraphInterpreter.Evaluate(
            graph, new Dictionary<string, NdArray>(), x, new Dictionary<string, int>())["index"];
        NdArray flat = c["aux.argmax_flat_hw"];
        int position = 0;
        foreach (int tap in taps.Data.Select(static t => (int)t))
        {
            int i = position / taps.Shape[3] % taps.Shape[2];
            int j = position % taps.Shape[3];
            int row = (i * window.StrideY) - window.PaddingTop + (tap / window.KernelWidth * window.DilationY);
            int column = (j * window.StrideX) - window.PaddingLeft + (tap % window.KernelWidth * window.DilationX);
            Assert.Equal(flat.Data[position++], (row * c["in.x"].Shape[3]) + column);
        }
    }

    [SkippableTheory]
    [InlineData("avgpool_k3s2p1_incl", true)]
    [InlineData("avgpool_k3s2p1_excl", false)]
    public void AveragePool(string name, bool countPadding) => GoldenCase.Load(name).Check(Lowered(f => f.Call(
        "AvgPool", f.Input("x", "1, 2, 7, 6"), ("size", 3), ("stride", 2), ("padding", 1), ("countPadding", countPadding))));

    [SkippableTheory]
    [InlineData("pixel_shuffle_r2", "PixelShuffle", "2, 8, 3, 4", 2)]
    [InlineData("pixel_shuffle_r3", "PixelShuffle", "2, 18, 3, 4", 3)]
    [InlineData("pixel_unshuffle_r2", "PixelUnshuffle", "2, 2, 6, 4", 2)]
    [InlineData("pixel_unshuffle_r3", "PixelUnshuffle", "2, 2, 9, 6", 3)]
    public void Shuffles(string name, string function, string shape, int factor) =>
        GoldenCase.Load(name).Check(Lowered(f => f.Call(function, f.Input("x", shape), ("factor", factor))));

    [SkippableFact]
    public void Causal_sequence()
    {
        GoldenCase c = GoldenCase.Load("conv1d_depthwise_causal");
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("L", "Conv", ("channels", 5), ("kernel", 4), ("Padding", "causal"), ("Groups", 5))
            .Function("Forward", null, f => f.Layer("L", f.Input("x", "2, 5, 9"))).Build());
        Assert.Empty(model.Problems);
        c.Check(Graph(g =>
        {
            var copies = new List<Node>();
            foreach (Node node in model.Forward!.Nodes)
            {
                copies.Add(node.Op switch
                {
                    InputOp => P(g, c, "x"),
                    ParameterOp { Parameter: "L.Weight" } => P(g, c, "w"),
                    ParameterOp => P(g, c, "b"),
                    _ => g.Add(node.Op, node.Inputs.Map(i => copies[i.Id])),
                });
            }

            Node y = copies[model.Forward.Outputs[0].Node.Id];
            return ("y", g.Pointwise("mul", y, g.Pointwise("sigmoid", y)));
        }));
    }

    /// <summary>The up-sampled map is padded to the skip; as a transposed convolution its upward step is the input gradient
    /// of a convolution.</summary>
    [SkippableFact]
    public void Level_of_a_unet_with_odd_sizes()
    {
        GoldenCase c = GoldenCase.Load("unet_level_odd");
        c.Check(Graph(g =>
        {
            Node skip = g.Pointwise("relu", Conv(P(g, c, "x"), "1"));
            var pool = WindowGeometry.Square(2, stride: 2);
            Node deep = g.Pointwise("relu", Conv(g.Add(new MaxPoolOp(pool), skip), "2"));
            Node up = g.Add(new ConvolveInputGradientOp(pool, 1, 6, 8), deep, P(g, c, "wu"));
            up = g.Pointwise("add", up, g.Broadcast(P(g, c, "bu"), up.Shape, [1]));
            Node padded = g.Pad(g.Pad(up, 2, 0, 1, 0), 3, 0, 1, 0);
            return ("y", Conv(g.Concat(1, skip, padded), "o"));

            Node Conv(Node x, string suffix)
            {
                Node y = g.Add(new ConvolveOp(WindowGeometry.Square(3, padding: 1), 1), x, P(g, c, "w" + suffix));
                return g.Pointwise("add", y, g.Broadcast(P(g, c, "b" + suffix), y.Shape, [1]));
            }
        }));
    }

    [SkippableFact]
    public void AdaptiveAveragePool() => GoldenCase.Load("adaptive_avgpool").Check(Lowered(f => f.Call(
        "AdaptiveAvgPool", f.Input("x", "1, 2, 7, 5"), ("height", 3), ("width", 2))));

    [SkippableFact]
    public void GlobalAveragePool() =>
        GoldenCase.Load("global_avgpool").Check(Lowered(f => f.Call("GlobalAvgPool", f.Input("x", "2, 3, 4, 5"))));

    [SkippableFact]
    public void MaxUnpool()
    {
        // The file's index is a pixel of the image, ours a tap of the window.
        GoldenCase c = GoldenCase.Load("maxunpool_k2s2");
        NdArray flat = c["aux.idx"];
        var taps = new NdArray(
            [.. flat.Data.Select(static p => (int)p).Select(static p => (double)((p / 6 % 2 * 2) + (p % 2)))], flat.Shape);
        Graph graph = Lowered(f =>
        {
            int v = f.Input("v", "1, 2, 2, 3");
            int index = f.Input("index", "1, 2, 2, 3");
            f.Add(StepKind.Function, "MaxUnpool", "", [
                new OperandSpec("x", v, ""), new OperandSpec("index", index, ""), new OperandSpec("size", -1, "2")]);
        });
        c.Check(graph, true, ("index", taps));
    }

    [SkippableTheory]
    [InlineData("local2d_s1")]
    [InlineData("local2d_s2")]
    public void LocalConvolution(string name)
    {
        GoldenCase c = GoldenCase.Load(name);
        int[] weight = c["in.w"].Shape;
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("L", "LocalConv", ("channels", weight[2]), ("kernel", weight[4]), ("Stride", c.Int("stride")))
            .Function("Forward", null, f => f.Layer("L", f.Input("x", string.Join(", ", c["in.x"].Shape))))
            .Build());
        Assert.Empty(model.Problems);
        c.Check(AsParameters(model, "L.Weight", "L.Bias"));
    }

    public static TheoryData<string> Upsamplings => [..
        from mode in new[] { "nearest", "nearest_exact", "bilinear_noac", "bilinear_ac", "bicubic_noac", "bicubic_ac" }
        from form in new[] { "x2", "size", "down", "from1", "to1", "sf1p7", "sf1p7_rec" }
        select $"up_{mode}_{form}"];

    [SkippableTheory]
    [MemberData(nameof(Upsamplings))]
    public void Upsampling(string name)
    {
        GoldenCase c = GoldenCase.Load(name);
        string mode = c.Text("mode") switch
        {
            "nearest" => "Nearest",
            "nearest-exact" => "NearestExact",
            "bilinear" => "Bilinear",
            _ => "Bicubic",
        };
        bool scaled = c.Text("size").Length == 0;
        (string Name, object Value)[] size = scaled
            ? [("Scale", c.Text("scale_factor")), ("RecomputeScale", c.Text("recompute_scale_factor") == "True")]
            : [("Size", $"{c.Pair("size").Y}, {c.Pair("size").X}")];
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("L", "Upsample", [.. size, ("Mode", mode), ("AlignCorners", c.Text("align_corners") == "True")])
            .Function("Forward", null, f => f.Layer("L", f.Input("x", string.Join(", ", c["in.x"].Shape))))
            .Build());
        Assert.Empty(model.Problems);
        c.Check(AsParameters(model));
    }
}
