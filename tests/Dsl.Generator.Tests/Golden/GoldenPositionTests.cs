using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Graphs;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <summary>Positions in sequences against values of another framework.</summary>
public class GoldenPositionTests
{
    [SkippableFact]
    public void Rope()
    {
        GoldenCase c = GoldenCase.Load("rope_interleaved");
        var graph = new Graph();
        Node x = graph.Parameter("x", c["in.x"].Shape);
        graph.Output("y", PositionFunctions.Rotate(graph, x, 10000, halves: false, from: 0));
        c.Check(graph);
    }

    /// <summary>RWKV-4's channel mix: a shift of all features under two learned mixtures.</summary>
    [SkippableFact]
    public void Token_shift()
    {
        GoldenCase c = GoldenCase.Load("rwkv4_channel_mix");
        var g = new Graph();
        Node P(string name) => g.Parameter(name, c["in." + name].Shape);
        Node x = P("x");
        var before = new Value(g, PositionFunctions.Shift(g, x, x.Shape[2]));
        Node Mixed(string weights)
        {
            var share = new Value(g, g.Broadcast(P(weights), x.Shape, [2]));
            return ((share * new Value(g, x)) + ((1 - share) * before)).Node;
        }

        var keys = new Value(g, g.Contract("bnc,kc->bnk", Mixed("mk"), P("Wk"))).Apply("relu").Apply("square");
        var gate = new Value(g, g.Contract("bnc,oc->bno", Mixed("mr"), P("Wr"))).Apply("sigmoid");
        g.Output("y", (gate * new Value(g, g.Contract("bnk,ok->bno", keys.Node, P("Wv")))).Node);
        c.Check(g);
    }

    [SkippableTheory]
    [InlineData("out.causal", true)]
    [InlineData("out.bidirectional", false)]
    public void Relative_buckets(string tensor, bool causal)
    {
        NdArray expected = GoldenCase.Load("t5_rel_buckets")[tensor];
        var buckets = new RelativeBucket(32, 128, causal);
        int n = expected.Shape[0];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.True(
                    expected.Data[(i * n) + j] == buckets.Of(j - i),
                    $"key {j} from query {i}: {buckets.Of(j - i)}, not {expected.Data[(i * n) + j]}");
            }
        }
    }
}
