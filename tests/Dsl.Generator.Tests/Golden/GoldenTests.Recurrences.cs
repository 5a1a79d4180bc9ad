using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Layers;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Graphs;
using Dsl.Generator.Tests.Layers;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <content>Linear recurrences against values of another framework.</content>
public partial class GoldenTests
{
    [SkippableFact]
    public void ScalarDecay()
    {
        GoldenCase c = GoldenCase.Load("ssd_scalar_decay");
        c.Check(Graph(g =>
        {
            Node decay = g.Transpose(P(g, c, "la"), 0, 2, 1);
            return ("o", Heads(g, Decayed(g, c, decay), c["in.q"].Shape[1]));
        }));
    }

    [SkippableFact]
    public void Retention()
    {
        GoldenCase c = GoldenCase.Load("retention");
        int heads = c["in.q"].Shape[1];
        Graph graph = Graph(g => ("o", Heads(g, Decayed(g, c, Kept(g, c), Scale(c)), heads)));
        graph.Output("S", DecayAttention.State(
            graph, Rows(graph, P(graph, c, "k")), Rows(graph, P(graph, c, "v")), Kept(graph, c), heads));
        c.Check(graph);
    }

    /// <summary>The paper's section 3.1: by the root of a row's decays, and by the size of a row's sum where that is above
    /// 1.</summary>
    [SkippableFact]
    public void NormalisedRetention()
    {
        GoldenCase c = GoldenCase.Load("retention_normalised");
        int heads = c["in.q"].Shape[1];
        c.Check(Graph(g =>
        {
            Node log = Kept(g, c);
            Node one = g.Fill(1, log.Shape);
            Node root = g.Pointwise("sqrt", DecayAttention.Mix(g, one, one, one, log, heads, exclusive: false));
            Node q = Rows(g, P(g, c, "q"));
            Node k = Scaled(g, Rows(g, P(g, c, "k")), Scale(c));
            Node sums = g.Pointwise("div", DecayAttention.Mix(g, q, k, one, log, heads, exclusive: false), root);
            Node size = g.Add(new StopGradientOp(), g.Pointwise("max", g.Pointwise("abs", sums), g.Constant(1)));
            Node o = Heads(g, DecayAttention.Mix(g, q, k, Rows(g, P(g, c, "v")), log, heads, exclusive: false), heads);
            Node divisor = Heads(g, g.Pointwise("mul", root, size), heads);
            return ("o", g.Pointwise("div", o, g.Broadcast(g.Reshape(divisor, divisor.Shape.Take(3)), o.Shape, [0, 1, 2])));
        }));
    }

    [SkippableFact]
    public void RetNet() => Layer(
        "retnet_msr_block", "RetNet", static name => "W" + char.ToLowerInvariant(name[0]), ("heads", 2), ("ValueWidth", 6));

    [SkippableTheory]
    [InlineData("rwkv4_wkv")]
    [InlineData("rwkv4_wkv_large_k")]
    public void Wkv4(string name)
    {
        GoldenCase c = GoldenCase.Load(name);
        c.Check(Graph(g => ("y", WkvAttention.Mix(g, P(g, c, "k"), P(g, c, "v"), P(g, c, "decay"), P(g, c, "first")))));
    }

    [SkippableFact]
    public void Rwkv4() => Layer("rwkv4_time_mix", "Rwkv4", static name => name switch
    {
        "KeyMix" => "mk",
        "ValueMix" => "mv",
        "ReceptanceMix" => "mr",
        "Decay" => "decay",
        "Bonus" => "first",
        _ => "W" + char.ToLowerInvariant(name[0]),
    });

    [SkippableFact]
    public void RwkvChannelMix() => Layer("rwkv4_channel_mix", "RwkvChannelMix", static name => name switch
    {
        "KeyMix" => "mk",
        "ReceptanceMix" => "mr",
        _ => "W" + char.ToLowerInvariant(name[0]),
    });

    [SkippableTheory]
    [InlineData("rwkv6_wkv")]
    [InlineData("rwkv6_wkv_strong_decay")]
    public void Wkv6(string name)
    {
        GoldenCase c = GoldenCase.Load(name);
        int heads = c["in.r"].Shape[1];
        Graph graph = Graph(g => ("y", Heads(
            g,
            DecayAttention.MixWithBonus(
                g, Rows(g, P(g, c, "r")), Rows(g, P(g, c, "r")), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v")), Strength(g), P(g, c, "u"), heads),
            heads)));
        graph.Output("S", DecayAttention.State(
            graph, Rows(graph, P(graph, c, "k")), Rows(graph, P(graph, c, "v")), Strength(graph), heads));
        c.Check(graph);

        Node Strength(Graph g) => g.Pointwise("neg", g.Pointwise("exp", Rows(g, P(g, c, "ww"))));
    }

    [SkippableTheory]
    [InlineData("s4d_zoh", Discretization.ZeroOrderHold, StateSpaceForm.Recurrence)]
    [InlineData("s4d_zoh", Discretization.ZeroOrderHold, StateSpaceForm.Convolution)]
    [InlineData("s4d_bilinear", Discretization.Bilinear, StateSpaceForm.Recurrence)]
    [InlineData("s4d_bilinear", Discretization.Bilinear, StateSpaceForm.Convolution)]
    public void S4D(string name, object rule, object form)
    {
        GoldenCase c = GoldenCase.Load(name);
        int[] u = c["in.u"].Shape;
        var graph = new Graph();
        var a = new ComplexValue(-Of("log_A_real").Apply("exp"), Of("A_imag"));
        (ComplexValue pole, ComplexValue gain) = StateSpaces.Discretize(a, Of("log_dt").Apply("exp"), (Discretization)rule);
        ComplexValue weight = Pair("C") * Pair("B") * gain * 2;
        Node x = graph.Transpose(P(graph, c, "u"), 0, 2, 1);
        Node y = StateSpaces.Scan(graph, x, pole, weight, form: (StateSpaceForm)form);
        y = graph.Pointwise("add", y, graph.Pointwise("mul", x, graph.Broadcast(P(graph, c, "D"), x.Shape, [2])));
        graph.Output("y", graph.Transpose(y, 0, 2, 1));

        // The kernel is the response to an impulse.
        Node impulse = graph.Pad(graph.Fill(1, new Size[] { 1, 1, u[1] }), 1, 0, u[2] - 1, 0);
        Node response = StateSpaces.Scan(graph, impulse, pole, weight);
        graph.Output("K", graph.Reshape(graph.Transpose(response, 0, 2, 1), new Size[] { u[1], u[2] }));
        c.Check(Formed(graph));

        Value Of(string tensor) => new(graph, P(graph, c, tensor));

        ComplexValue Pair(string tensor) => Parts(graph, c, tensor);
    }

    [SkippableFact]
    public void LongConvolution()
    {
        GoldenCase c = GoldenCase.Load("causal_fft_conv");
        c.Check(Graph(g =>
        {
            Node y = g.Add(
                new LongConvolutionOp(false), g.Transpose(P(g, c, "u"), 0, 2, 1), g.Transpose(P(g, c, "k"), 1, 0));
            return ("y", g.Transpose(y, 0, 2, 1));
        }));
    }

    [SkippableTheory]
    [InlineData("s4_dplr_L16", StateSpaceForm.Recurrence)]
    [InlineData("s4_dplr_L15", StateSpaceForm.Recurrence)]
    [InlineData("s4_dplr_L16", StateSpaceForm.Convolution)]
    [InlineData("s4_dplr_L15", StateSpaceForm.Convolution)]
    public void S4(string name, object form)
    {
        GoldenCase c = GoldenCase.Load(name);
        var graph = new Graph();
        (Node y, Node modes) = LowRank(graph, c, (StateSpaceForm)form);
        graph.Output("y", graph.Transpose(y, 0, 2, 1));
        graph.Output("K", graph.Transpose(graph.Add(new LowRankResponseOp(y.Shape[1]), modes), 1, 0));
        c.Check(Formed(graph));
    }

    [SkippableFact]
    public void S4Block()
    {
        GoldenCase c = GoldenCase.Load("s4_block_gelu_glu");
        c.Check(Formed(Graph(g =>
        {
            var mixed = new Value(g, LowRank(g, c, StateSpaceForm.Convolution).Y);
            Node y = mixed * 0.5 * ((mixed * Math.Sqrt(0.5)).Apply("erf") + 1);
            y = g.Contract("btk,ok->bto", y, P(g, c, "Wo"));
            y = g.Pointwise("add", y, g.Broadcast(P(g, c, "bo"), y.Shape, [2]));
            Node half = g.Slice(y, 2, 0, 3), gate = g.Slice(y, 2, 3, 3);
            return ("y", g.Transpose(g.Pointwise("mul", half, g.Pointwise("sigmoid", gate)), 0, 2, 1));
        })));
    }

    /// <summary>In the forms that its recurrences ask for.</summary>
    private static Graph Formed(Graph graph) => new ScanForms("", isTrained: true).Choose(graph);

    private static (Node Y, Node Modes) LowRank(Graph graph, GoldenCase c, StateSpaceForm form)
    {
        Value Of(string tensor) => new(graph, P(graph, c, tensor));
        var a = new ComplexValue(-Of("log_A_real").Apply("exp"), Of("A_imag"));
        Node modes = StateSpaces.Couple(
            a, Parts(graph, c, "P"), Parts(graph, c, "B"), Parts(graph, c, "C"), Of("log_dt").Apply("exp"));
        Node x = graph.Transpose(P(graph, c, "u"), 0, 2, 1);
        Node y = StateSpaces.Scan(graph, x, modes, null, reverse: false, form);
        Node skip = graph.Pointwise("mul", x, graph.Broadcast(P(graph, c, "D"), x.Shape, [2]));
        return (graph.Pointwise("add", y, skip), modes);
    }

    [SkippableFact]
    public void Linear_scan()
    {
        GoldenCase c = GoldenCase.Load("linear_scan");
        c.Check(Graph(g => ("h", Turned(g, g.Add(new LinearScanOp(false), Turned(g, P(g, c, "a")), Turned(g, P(g, c, "b")))))));

        static Node Turned(Graph g, Node x) => g.Transpose(x, 0, 2, 1);
    }

    [SkippableFact]
    public void Complex_scan()
    {
        GoldenCase c = GoldenCase.Load("complex_scan");
        c.Check(Graph(g => ("h", g.Add(new LinearScanOp(true), P(g, c, "a"), P(g, c, "b")))));
    }

    [SkippableFact]
    public void Lru()
    {
        GoldenCase c = GoldenCase.Load("lru");
        c.Check(Graph(g =>
        {
            Value Of(string tensor) => new(g, P(g, c, tensor));
            Node u = P(g, c, "u");
            ComplexValue pole = new ComplexValue(-Of("nu_log").Apply("exp"), Of("theta_log").Apply("exp")).Exp();
            (ComplexValue b, ComplexValue readout) = (Parts(g, c, "B"), Parts(g, c, "C"));
            ComplexValue input = b * new Value(g, g.Broadcast(Of("gamma_log").Apply("exp"), b.Re.Node.Shape, [0]));
            Node state = StateSpaces.Recur(g, Product(u, g.Concat(0, input.Re, input.Im)), pole);
            Value skip = new Value(g, u) * new Value(g, g.Broadcast(P(g, c, "D"), u.Shape, [2]));
            return ("y", Product(state, g.Concat(1, readout.Re, -readout.Im)) + skip);

            Value Product(Node x, Node w) => new(g, g.Contract("btk,ok->bto", x, w));
        }));
    }

    [SkippableFact]
    public void Selective_scan()
    {
        GoldenCase c = GoldenCase.Load("mamba_selective_scan");
        var g = new Graph();
        (Node u, Node z, Node inputs) = (ByPosition("u"), ByPosition("z"), ByPosition("B"));
        Node a = g.Pointwise("neg", g.Pointwise("exp", P(g, c, "A_log")));
        Node delta = g.Pointwise(
            "softplus", g.Pointwise("add", ByPosition("delta"), g.Broadcast(P(g, c, "dt_bias"), u.Shape, [2])));
        Node y = g.Add(new SelectiveScanOp(), u, delta, a, inputs, ByPosition("C"));
        y = g.Pointwise("add", y, g.Pointwise("mul", u, g.Broadcast(P(g, c, "D"), u.Shape, [2])));
        g.Output("y", g.Transpose(g.Pointwise("mul", y, Projections.Silu(g, z)), 0, 2, 1));
        g.Output("last_state", g.Concat(2, Enumerable.Range(0, a.Shape[1].Constant).Select(Last).ToArray()));
        c.Check(GraphVerifier.Verify(g, "building"));

        Node ByPosition(string tensor) => g.Transpose(P(g, c, tensor), 0, 2, 1);

        // A scan with one state, read as it is.
        Node Last(int state)
        {
            Node one = g.Slice(inputs, 2, state, 1);
            Node h = g.Add(new SelectiveScanOp(), u, delta, g.Slice(a, 1, state, 1), one, g.Fill(1, one.Shape));
            return g.Reshape(g.Slice(h, 1, u.Shape[1] - 1, 1), [u.Shape[0], u.Shape[2], 1]);
        }
    }

    [SkippableFact]
    public void Mamba() => Layer(
        "mamba_block", "Mamba",
        static parameter => parameter switch
        {
            "Input" => "Win", "Convolution" => "cw", "ConvolutionBias" => "cb", "Selection" => "Wx", "Step" => "Wdt",
            "StepBias" => "dt_bias", "LogDecay" => "A_log", "Skip" => "D", _ => "Wout",
        },
        ("StateWidth", 4), ("StepRank", 2));

    /// <summary>With constant steps, B and C a selective scan is a diagonal one.</summary>
    [Fact]
    public void A_selective_scan_of_constants_is_a_diagonal_scan()
    {
        (int batch, int n, int channels, int states) = (2, 9, 3, 4);
        var g = new Graph();
        Node u = g.Input("u", DType.Float, batch, n, channels);
        var a = new Value(g, g.Pointwise("neg", g.Input("a", DType.Float, channels, states)));
        Node step = g.Input("step", DType.Float, channels);
        (Node b, Node c) = (g.Input("b", DType.Float, states), g.Input("c", DType.Float, states));
        Size[] modes = [channels, states], rows = [batch, n, states];
        g.Output("selective", StateSpaces.Select(
            g, u, g.Broadcast(step, u.Shape, [2]), a, g.Broadcast(b, rows, [2]), g.Broadcast(c, rows, [2])));
        var delta = new Value(g, g.Broadcast(step, modes, [0]));
        var zero = new Value(g, g.Fill(0, modes));
        Value weight = delta * new Value(g, g.Broadcast(b, modes, [1])) * new Value(g, g.Broadcast(c, modes, [1]));
        g.Output("diagonal", StateSpaces.Scan(
            g, u, new ComplexValue((a * delta).Apply("exp"), zero), new ComplexValue(weight, zero)));
        var sizes = new Dictionary<string, int>();
        var results = GraphInterpreter.Evaluate(
            g, Evaluation.Values(g.Inputs, new Random(1), sizes), new Dictionary<string, NdArray>(), sizes);
        for (int i = 0; i < batch * n * channels; i++)
        {
            Assert.Equal(results["diagonal"].Data[i], results["selective"].Data[i], 1e-12);
        }
    }

    /// <summary>Complex numbers whose parts are neighbours.</summary>
    private static ComplexValue Parts(Graph g, GoldenCase c, string tensor)
    {
        Node both = P(g, c, tensor);
        Value Part(int part) => new(g, g.Reshape(g.Slice(both, both.Rank - 1, part, 1), both.Shape.Take(both.Rank - 1)));
        return new ComplexValue(Part(0), Part(1));
    }

    /// <summary>Checks a layer; <paramref name="golden"/> names the golden tensor of a parameter.</summary>
    private static void Layer(
        string name, string kind, Func<string, string> golden, params (string, object)[] arguments)
    {
        GoldenCase c = GoldenCase.Load(name);
        LoweredModel model = ModelLowering.Lower(new ModelSource().Layer("N", kind, arguments)
            .Function("Forward", null, f => f.Layer("N", f.Input("x", string.Join(", ", c["in.x"].Shape)))).Build());
        Assert.Empty(model.Problems);
        var graph = new Graph();
        var copies = new List<Node>();
        foreach (Node node in model.Forward!.Nodes)
        {
            copies.Add(node.Op is ParameterOp p ? Tensor(golden(p.Parameter[2..]), [.. node.Shape])
                : node.Op is InputOp ? P(graph, c, "x") : graph.Add(node.Op, node.Inputs.Map(i => copies[i.Id])));
        }

        graph.Output("y", copies[model.Forward.Outputs[0].Node.Id]);
        c.Check(GraphVerifier.Verify(graph.Pruned(), "building"));

        Node Tensor(string tensor, IReadOnlyList<Size> dims)
        {
            Node given = P(graph, c, tensor);
            return given.Shape.SequenceEqual(dims) ? given : graph.Reshape(given, dims);
        }
    }

    private static Node Decayed(Graph g, GoldenCase c, Node log, double scale = 1) => DecayAttention.Mix(
        g, Scaled(g, Rows(g, P(g, c, "q")), scale), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v")), log, c["in.k"].Shape[1],
        exclusive: false);

    private static double Scale(GoldenCase c) => 1 / Math.Sqrt(c["in.k"].Shape[3]);

    private static Node Scaled(Graph g, Node x, double scale) =>
        scale == 1 ? x : g.Pointwise("mul", x, g.Constant(scale));

    /// <summary>Logarithms of what the heads of retention keep, [b, n, heads].</summary>
    private static Node Kept(Graph g, GoldenCase c)
    {
        int[] q = c["in.q"].Shape;
        return RetNetLayer.Decay(g, [q[0], q[2], q[1]]);
    }
}
