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

/// <content>Attention against values of another framework.</content>
public partial class GoldenTests
{
    [SkippableTheory]
    [InlineData("sdpa_full", false)]
    [InlineData("sdpa_causal", true)]
    public void SoftmaxAttention(string name, bool causal)
    {
        GoldenCase c = GoldenCase.Load(name);
        int[] q = c["in.q"].Shape;
        var rule = new AttentionRule(AttentionScore.Softmax, q[1], q[1], 1 / Math.Sqrt(q[3])) { Causal = causal };
        c.Check(Graph(g =>
        {
            Node o = g.Add(new AttendOp(rule), Rows(g, P(g, c, "q")), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v")));
            return ("o", Heads(g, o, q[1]));
        }));
    }

    [SkippableTheory]
    [InlineData("linattn_elu1_full", "EluPlusOne", false)]
    [InlineData("linattn_elu1_causal", "EluPlusOne", true)]
    [InlineData("linattn_relu_full", "Relu", false)]
    [InlineData("linattn_relu_causal", "Relu", true)]
    [InlineData("linattn_exp_full", "Exp", false)]
    [InlineData("linattn_exp_causal", "Exp", true)]
    [InlineData("linattn_nosoftmax_full", "Identity", false)]
    [InlineData("linattn_nosoftmax_causal", "Identity", true)]
    [InlineData("linattn_efficient_full", "Efficient", false)]
    [InlineData("linattn_taylor_full", "Taylor", false)]
    [InlineData("linattn_taylor_causal", "Taylor", true)]
    public void LinearAttention_by_feature_map(string name, string map, bool causal)
    {
        GoldenCase c = GoldenCase.Load(name);
        int heads = c["in.q"].Shape[1];
        var features = Enum.Parse<FeatureMap>(map);
        Graph graph = Graph(g =>
        {
            (Node q, Node k, Node v) = (Rows(g, P(g, c, "q")), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v")));
            Node o = LinearAttention.Mix(g, q, k, v, heads, features, causal, features != FeatureMap.Identity,
                features == FeatureMap.Taylor ? 0 : 1e-6);
            return ("o", Heads(g, o, heads));
        });
        if (c.Has("out.S"))
        {
            // The state behind the last position.
            Node k = LinearAttention.Features(graph, Rows(graph, P(graph, c, "k")), heads, features, isQuery: false);
            Node keys = Heads(graph, k, heads);
            graph.Output("S", graph.Contract("bhnd,bhne->bhde", keys, P(graph, c, "v")));
            if (c.Has("out.z"))
            {
                graph.Output("z", graph.Sum(keys, 2));
            }
        }

        c.Check(graph);
    }

    [SkippableTheory]
    [InlineData("gau_relu2_full", "ReluSquared")]
    [InlineData("gau_relu2_causal", "ReluSquared")]
    [InlineData("gau_relu2_su_full", "ReluSquaredScaled")]
    [InlineData("gau_relu2_su_causal", "ReluSquaredScaled")]
    [InlineData("gau_softmax_full", "Softmax")]
    [InlineData("gau_softmax_causal", "Softmax")]
    [InlineData("gau_softmax_plus_full", "SoftmaxPlus")]
    [InlineData("gau_softmax_plus_causal", "SoftmaxPlus")]
    [InlineData("gau_laplace_full", "Laplace")]
    [InlineData("gau_laplace_causal", "Laplace")]
    public void GatedAttentionUnit(string name, string score) => Unit(
        name, "Gau", ("Width", 8), ("KeyWidth", 5), ("Score", score), ("Causal", name.EndsWith("causal", StringComparison.Ordinal)),
        ("Context", 9), ("Buckets", score == "ReluSquared" ? 4 : 0), ("MaxDistance", 9));

    [SkippableTheory]
    [InlineData("flash_n12_c4_full", 4)]
    [InlineData("flash_n12_c4_causal", 4)]
    [InlineData("flash_n10_c4_full", 4)]
    [InlineData("flash_n10_c4_causal", 4)]
    [InlineData("flash_n9_c9_full", 9)]
    [InlineData("flash_n9_c9_causal", 9)]
    public void Flash(string name, int chunk) => Unit(
        name, "Flash", ("Width", 8), ("KeyWidth", 5), ("Chunk", chunk),
        ("Causal", name.EndsWith("causal", StringComparison.Ordinal)), ("Buckets", 4), ("MaxDistance", 9));

    /// <summary>Checks a gated unit. The golden bias is a matrix, the layer's a table of distances, so that is
    /// exchanged.</summary>
    private static void Unit(string name, string kind, params (string, object)[] arguments)
    {
        GoldenCase c = GoldenCase.Load(name);
        LoweredModel model = ModelLowering.Lower(new ModelSource().Layer("N", kind, arguments)
            .Function("Forward", null, f => f.Layer("N", f.Input("x", string.Join(", ", c["in.x"].Shape)))).Build());
        Assert.Empty(model.Problems);
        var graph = new Graph();
        var copies = new List<Node>();
        Node? weights = null;
        foreach (Node node in model.Forward!.Nodes)
        {
            Node[] inputs = node.Inputs.Map(i => copies[i.Id]);
            if (node.Op is AttendOp attend)
            {
                AttentionRule rule = attend.Rule;
                if (rule.Bias != AttentionBias.None)
                {
                    rule = rule with { Bias = AttentionBias.Dense };
                    inputs[3] = P(graph, c, "bias");
                }

                copies.Add(graph.Add(new AttendOp(rule), inputs));
                Node[] identity = [.. inputs];
                identity[2] = Identity(graph, inputs[0].Shape);
                weights = c.Has("out.attn") ? graph.Add(new AttendOp(rule), identity) : null;
                continue;
            }

            copies.Add(node.Op is ParameterOp parameter ? Golden(graph, c, parameter.Parameter[2..], [.. parameter.Dims])
                : node.Op is InputOp ? P(graph, c, "x") : graph.Add(node.Op, inputs));
        }

        graph.Output("y", copies[model.Forward.Outputs[0].Node.Id]);
        if (weights is not null)
        {
            bool scaled = name.Contains("_su_", StringComparison.Ordinal);
            graph.Output("attn", scaled ? graph.Pointwise("mul", weights, graph.Constant(1.0 / 9)) : weights);
        }

        c.Check(GraphVerifier.Verify(graph.Pruned(), "building"));
    }

    private static Node Identity(Graph g, IReadOnlyList<Size> shape)
    {
        Size[] square = [shape[0], shape[1], shape[1]];
        return g.Pointwise(
            "equal", g.Add(new IotaOp(square.ToEquatable(), 1)), g.Add(new IotaOp(square.ToEquatable(), 2)));
    }

    private static Node Golden(Graph g, GoldenCase c, string parameter, int[] dims)
    {
        string name = parameter switch
        {
            "Gain" when c.Has("in.sng") => "sng",
            "Gain" => "lng",
            "Offset" => "lnb",
            "Expand" => "Wuv",
            "ExpandBias" => "buv",
            "Shared" => "Wz",
            "SharedBias" => "bz",
            "Output" => "Wo",
            "OutputBias" => "bo",
            "QueryGain" when !c.Has("in.gam") => "gq",
            "QueryOffset" when !c.Has("in.gam") => "bq",
            "KeyGain" when !c.Has("in.gam") => "gk",
            "KeyOffset" when !c.Has("in.gam") => "bk",
            _ => "",
        };
        if (name.Length > 0)
        {
            return P(g, c, name);
        }

        if (parameter == "Relative")
        {
            return g.Fill(0, dims.Map(static d => Size.Of(d)));
        }

        // Rows of quadratic queries, linear queries, quadratic keys, linear keys.
        int row = Array.FindIndex(["Query", "LinearQuery", "Key", "LinearKey"], kind =>
            parameter == kind + "Gain" || parameter == kind + "Offset");
        Node rows = P(g, c, parameter.EndsWith("Gain", StringComparison.Ordinal) ? "gam" : "bet");
        return g.Reshape(g.Slice(rows, 0, row, 1), dims.Map(static d => Size.Of(d)));
    }

    /// <summary>[b, heads, n, d] as [b, n, heads·d].</summary>
    private static Node Rows(Graph g, Node x)
    {
        Node rows = g.Transpose(x, 0, 2, 1, 3);
        return g.Reshape(rows, [rows.Shape[0], rows.Shape[1], rows.Shape[2] * rows.Shape[3]]);
    }

    /// <summary>[b, n, heads·d] as [b, heads, n, d].</summary>
    private static Node Heads(Graph g, Node x, int heads) =>
        g.Transpose(g.Reshape(x, [x.Shape[0], x.Shape[1], (Size)heads, x.Shape[2] / heads]), 0, 2, 1, 3);
}
