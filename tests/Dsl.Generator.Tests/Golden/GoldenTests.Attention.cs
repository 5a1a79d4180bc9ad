using System;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
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
