using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <content>Attention to some of the positions against values of another framework.</content>
public partial class GoldenTests
{
    [SkippableTheory]
    [InlineData("sparse_mask_strided", 1)]
    [InlineData("sparse_mask_fixed", 2)]
    public void Patterns(string name, int kind)
    {
        const int N = 16;
        GoldenCase c = GoldenCase.Load(name);
        AttentionRule rule = Rule(kind, c.Int("l"), c.Int("c"), 1, 1);
        NdArray near = c["out.local"], summary = c["out.summary"], union = c["out.union"];
        bool Sees(int query, int key) => rule.Sees(query, key);
        for (int at = 0; at < N * N; at++)
        {
            Assert.Equal(union.Data[at] != 0, Sees(at / N, at % N));
            Assert.Equal(union.Data[at] != 0, near.Data[at] + summary.Data[at] > 0);

            // Two steps reach every earlier position.
            Assert.Equal(at % N <= at / N, Enumerable.Range(0, N).Any(by => Sees(at / N, by) && Sees(by, at % N)));
        }

        Assert.Equal(c["out.nnz"].Data[0], Enumerable.Range(0, N).Sum(i => rule.Pattern.Count(i, 0, i + 1)));
    }

    [SkippableTheory]
    [InlineData("sparse_attn_strided", 1)]
    [InlineData("sparse_attn_fixed", 2)]
    public void SparseAttention(string name, int kind)
    {
        GoldenCase c = GoldenCase.Load(name);
        int[] q = c["in.q"].Shape;
        AttentionRule rule = Rule(kind, c.Int("l"), 1, q[1], q[3]);
        c.Check(Graph(g => ("o", Heads(
            g, g.Add(new AttendOp(rule), Rows(g, P(g, c, "q")), Rows(g, P(g, c, "k")), Rows(g, P(g, c, "v"))), q[1]))));
    }

    private static AttentionRule Rule(int kind, int stride, int summary, int heads, int width) =>
        new(AttentionScore.Softmax, heads, heads, 1 / Math.Sqrt(width))
        {
            Causal = true,
            Pattern = new SparsePattern(kind, stride, kind == 2 ? summary : 0),
        };
}
