using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <content>Attention among positions that hash alike against values of another framework.</content>
public partial class GoldenTests
{
    [SkippableTheory]
    [InlineData("reformer_lsh_full", false)]
    [InlineData("reformer_lsh_causal", true)]
    public void Reformer(string name, bool causal)
    {
        GoldenCase c = GoldenCase.Load(name);
        Assert.Equal(c["aux.R"].Shape[2] * 2, c.Int("n_buckets"));
        var rule = new LshAttention(1, c.Int("bucket_size"), causal);
        var g = new Graph();
        (Node qk, Node v, Node rotations) = (P(g, c, "qk"), P(g, c, "v"), Aux(g, c, "R"));
        g.Output("o", rule.Mix(g, qk, v, rotations));

        // [b, rounds, 1, n] as [rounds, b, n].
        Node buckets = rule.Buckets(g, qk, rotations);
        Node byRound = g.Transpose(buckets, 1, 0, 2, 3);
        g.Output("buckets", g.Reshape(byRound, [.. c.Dims("out.buckets")]));
        c.Check(g);
    }
}
