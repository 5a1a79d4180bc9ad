using System;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <content>Attention by random features against values of another framework.</content>
public partial class GoldenTests
{
    [SkippableTheory]
    [InlineData("performer_full_eps0", "Softmax", false, 0)]
    [InlineData("performer_full_eps1e4", "Softmax", false, 1e-4)]
    [InlineData("performer_causal_eps0", "Softmax", true, 0)]
    [InlineData("performer_relu_full", "Relu", false, 0)]
    public void Performer(string name, string kernel, bool causal, double epsilon)
    {
        GoldenCase c = GoldenCase.Load(name);
        int heads = c["in.q"].Shape[1];
        var rule = new RandomFeatures(heads, Enum.Parse<PerformerKernel>(kernel), causal, epsilon);
        c.Check(Graph(g =>
        {
            (Node q, Node k, Node v) = (Rows(g, P(g, c, "q")), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v")));
            return ("o", Heads(g, rule.Mix(g, q, k, v, Aux(g, c, "W")), heads));
        }));
    }

    /// <summary>What a causal layer may not be: features that are measured by the largest of all keys, with an ε. A
    /// later key changes earlier results, so it exists as these values only.</summary>
    [SkippableFact]
    public void Performer_whose_shift_sees_later_keys()
    {
        GoldenCase c = GoldenCase.Load("performer_causal_eps1e4");
        int heads = c["in.q"].Shape[1];
        var rule = new RandomFeatures(heads, PerformerKernel.Softmax, Causal: false, 1e-4);
        c.Check(Graph(g =>
        {
            Node directions = Aux(g, c, "W");
            Node q = rule.Features(g, Rows(g, P(g, c, "q")), directions, isQuery: true);
            Node k = rule.Features(g, Rows(g, P(g, c, "k")), directions, isQuery: false);
            Node o = LinearAttention.Mix(
                g, q, k, Rows(g, P(g, c, "v")), heads, FeatureMap.Identity, causal: true, normalizes: true, 0);
            return ("o", Heads(g, o, heads));
        }));
    }

    [SkippableFact]
    public void Linformer()
    {
        GoldenCase c = GoldenCase.Load("linformer_full");
        int heads = c["in.q"].Shape[1];
        c.Check(Graph(g =>
        {
            (Node q, Node k, Node v) = (Rows(g, P(g, c, "q")), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v")));
            return ("o", Heads(g, LowRankAttention.Mix(g, q, k, v, heads, P(g, c, "E"), P(g, c, "F")), heads));
        }));
    }

    private static Node Aux(Graph g, GoldenCase c, string name) => g.Input(name, DType.Float, c.Dims("aux." + name));
}
