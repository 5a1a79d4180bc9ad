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

/// <summary>The interpreter, the derivatives and the rewrites against values of another framework.</summary>
public class GoldenTests
{
    private static readonly Dictionary<string, Func<Value, Value>> Activations = new()
    {
        ["relu"] = static x => x.Apply("relu"),
        ["leaky_relu_0.01"] = static x => Positive(x).Select(x, x * 0.01),
        ["elu"] = static x => Positive(x).Select(x, x.Apply("min", x.Constant(0)).Apply("expm1")),
        ["elu_plus_1"] = static x => Positive(x).Select(x + 1, x.Apply("min", x.Constant(0)).Apply("exp")),
        ["gelu_erf"] = static x => x * 0.5 * ((x * Math.Sqrt(0.5)).Apply("erf") + 1),
        ["gelu_tanh"] = static x => x * 0.5 * (((x + (x * x * x * 0.044715)) * Math.Sqrt(2 / Math.PI)).Apply("tanh") + 1),
        ["silu"] = static x => x * x.Apply("sigmoid"),
        ["sigmoid"] = static x => x.Apply("sigmoid"),
        ["tanh"] = static x => x.Apply("tanh"),
        ["softplus"] = static x => x.Apply("softplus"),
        ["relu_squared"] = static x => x.Apply("relu").Apply("square"),
        ["laplace"] = static x => (((x + -Math.Sqrt(0.5)) * Math.Sqrt(2 * Math.PI)).Apply("erf") + 1) * 0.5,
        ["hardswish"] = static x => x * (x + 3).Apply("relu").Apply("min", x.Constant(6)) * (1.0 / 6),
        ["softsign"] = static x => x / (x.Apply("abs") + 1),
        ["log_sigmoid"] = static x => -(-x).Apply("softplus"),
        ["exp_neg_exp"] = static x => (-x.Apply("min", x.Constant(5)).Apply("exp")).Apply("exp"),
    };

    public static TheoryData<string> ActivationNames => [.. Activations.Keys];

    [SkippableTheory]
    [MemberData(nameof(ActivationNames))]
    public void Activation(string name)
    {
        GoldenCase c = GoldenCase.Load("act_" + name);
        c.Check(Graph(g => ("y", Activations[name](new Value(g, P(g, c, "x"))))));
    }

    [SkippableFact]
    public void PRelu()
    {
        GoldenCase c = GoldenCase.Load("act_prelu_nchw");
        c.Check(Graph(g =>
        {
            var x = new Value(g, P(g, c, "x"));
            var slope = new Value(g, g.Broadcast(P(g, c, "a"), x.Node.Shape, [1]));
            return ("y", Positive(x).Select(x, slope * x));
        }));
    }

    [SkippableFact]
    public void Glu()
    {
        // Halves are picked by contraction with a unit vector: there is no slice yet.
        GoldenCase c = GoldenCase.Load("act_glu");
        Graph graph = Graph(g =>
        {
            Node halves = g.Reshape(P(g, c, "x"), [4, 2, 5]);
            Node a = g.Contract("bij,i->bj", halves, g.Input("first", DType.Float, 2));
            Node b = g.Contract("bij,i->bj", halves, g.Input("second", DType.Float, 2));
            return ("y", g.Pointwise("mul", a, g.Pointwise("sigmoid", b)));
        });
        c.Check(graph, true, ("first", new NdArray([1, 0], 2)), ("second", new NdArray([0, 1], 2)));
    }

    [SkippableFact]
    public void Linear()
    {
        GoldenCase c = GoldenCase.Load("linear_bias");
        c.Check(Graph(g =>
        {
            Node y = g.Contract("bk,ok->bo", P(g, c, "x"), P(g, c, "w"));
            return ("y", g.Pointwise("add", y, g.Broadcast(P(g, c, "b"), y.Shape, [1])));
        }));
    }

    [SkippableFact]
    public void Sigmoid_perceptron_with_cross_entropy()
    {
        GoldenCase c = GoldenCase.Load("perceptron_sigmoid_bce");
        c.Check(Graph(g =>
        {
            var t = new Value(g, g.Input("t", DType.Float, 9));
            var z = new Value(g, g.Pointwise("add", g.Contract("bk,k->b", P(g, c, "x"), P(g, c, "w")), P(g, c, "b")));
            Value losses = z.Apply("relu") - (z * t) + (-z.Apply("abs")).Apply("exp").Apply("log1p");
            return ("loss", g.Mean(losses, 0));
        }));
    }

    [SkippableFact]
    public void Cross_entropy_of_logits_with_positive_weights()
    {
        GoldenCase c = GoldenCase.Load("bce_logits");
        c.Check(Graph(g =>
        {
            var z = new Value(g, P(g, c, "z"));
            var t = new Value(g, g.Input("t", DType.Float, 6, 3));
            var weight = new Value(g, g.Broadcast(g.Input("pw", DType.Float, 3), z.Node.Shape, [1]));
            Value losses = (z * (1 - t)) + ((((weight + -1) * t) + 1) * (-z).Apply("softplus"));
            return ("loss", g.Mean(losses, 0, 1));
        }));
    }

    [SkippableTheory]
    [InlineData("softmax_ce", "9, 7", "9")]
    [InlineData("softmax_ce_pixel", "2, 4, 3, 5", "2, 3, 5")]
    public void CrossEntropy(string name, string logits, string labels) => GoldenCase.Load(name).Check(Lowered(f =>
    {
        int z = f.Input("z", logits);
        f.Call("CrossEntropy", ("logits", z), ("labels", f.Labels("t", labels)));
    }));

    [SkippableTheory]
    [InlineData("softmax_ce_extreme", false)]
    [InlineData("softmax_ce_ignore", true)]
    public void CrossEntropy_by_sample(string name, bool mean)
    {
        GoldenCase c = GoldenCase.Load(name);

        // A session refuses labels that are no classes unless the loss ignores them; the layer tests have that.
        bool kernels = name != "softmax_ce_ignore";
        c.Check(Graph(g =>
        {
            // A label that is no class has no row in the one-hot, so its sample counts for nothing.
            Node z = P(g, c, "z");
            Node hot = g.Add(new OneHotOp(z.Shape[1].Constant), g.Input("t", DType.Int, z.Shape[0]));
            var counts = new Value(g, g.Sum(hot, 1));
            var chosen = new Value(g, g.Sum(g.Pointwise("select", hot, z, g.Constant(0)), 1));
            Value losses = counts * (new Value(g, g.Add(new LogSumExpOp(1), z)) - chosen);
            return ("loss", mean ? g.Pointwise("div", g.SumAll(losses), g.SumAll(counts)) : losses);
        }), kernels);
    }

    [SkippableFact]
    public void MeanSquaredError() => GoldenCase.Load("mse").Check(Lowered(f =>
    {
        int x = f.Input("x", "5, 4");
        f.Call("MeanSquaredError", ("x", x), ("target", f.Input("t", "5, 4")));
    }));

    [SkippableFact]
    public void LogSumExp()
    {
        GoldenCase c = GoldenCase.Load("logsumexp");
        c.Check(Graph(g => ("y", g.Add(new LogSumExpOp(1), P(g, c, "x")))));
    }

    [SkippableFact]
    public void Batched_product()
    {
        GoldenCase c = GoldenCase.Load("matmul_batched");
        c.Check(Graph(g => ("y", g.Contract("abij,abjk->abik", P(g, c, "a"), P(g, c, "b")))));
    }

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

    private static Value Positive(Value x) => x.Constant(0).Apply("less", x);

    private static Node P(Graph graph, GoldenCase c, string name) => graph.Parameter(name, c["in." + name].Shape);

    private static Graph Graph(Func<Graph, (string Output, Node Node)> build)
    {
        var graph = new Graph();
        var (output, node) = build(graph);
        graph.Output(output, node);
        return GraphVerifier.Verify(graph, "building");
    }

    /// <summary>Lowers a function and makes its inputs x and z parameters, so that they have gradients.</summary>
    private static Graph Lowered(Action<FunctionSource> write)
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource().Function("Forward", null, write).Build());
        Assert.Empty(model.Problems);
        return AsParameters(model);
    }

    /// <summary>The graph of <c>Forward</c> with inputs as parameters, and a layer's weight and bias called w and
    /// b.</summary>
    private static Graph AsParameters(LoweredModel model, string weight = "", string bias = "")
    {
        var graph = new Graph();
        var copies = new List<Node>();
        foreach (Node node in model.Forward!.Nodes)
        {
            copies.Add(node.Op switch
            {
                InputOp { Tensor: "x" or "z" or "v" } input =>
                    graph.Parameter(input.Tensor, input.Dims.Map(static d => d.Constant)),
                ParameterOp p when p.Parameter == weight => graph.Parameter("w", [.. p.Dims]),
                ParameterOp p when p.Parameter == bias => graph.Parameter("b", [.. p.Dims]),
                _ => graph.Add(node.Op, node.Inputs.Map(i => copies[i.Id])),
            });
        }

        Node result = copies[model.Forward.Outputs[0].Node.Id];
        graph.Output(result.Rank == 0 ? "loss" : "y", result);
        return graph;
    }
}
