using System;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>Attention to sums of positions (Wang et al. 2020, "Linformer", eq. 7). Operands are [b, n, heads·width],
/// sums [length, rank] or [heads, length, rank].</summary>
internal static class LowRankAttention
{
    /// <summary>softmax(Q(EᵀK)ᵀ/√d)(FᵀV).</summary>
    public static Node Mix(Graph g, Node q, Node k, Node v, int heads, Node keySums, Node valueSums)
    {
        var rule = new AttentionRule(
            AttentionScore.Softmax, heads, heads, 1 / Math.Sqrt(q.Shape[2].Constant / heads));
        return g.Add(new AttendOp(rule), q, Sums(g, k, heads, keySums), Sums(g, v, heads, valueSums));
    }

    /// <summary>[b, rank, heads·width]: a shorter sequence uses the first rows.</summary>
    private static Node Sums(Graph g, Node x, int heads, Node weights)
    {
        bool shared = weights.Rank == 2;
        Node rows = g.Slice(weights, shared ? 0 : 1, Dsl.Size.Zero, x.Shape[1]);
        if (shared)
        {
            return g.Contract("nk,bnc->bkc", rows, x);
        }

        Node byHead = g.Reshape(x, new[] { x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads });
        Node sums = g.Contract("hnk,bnhd->bkhd", rows, byHead);
        return g.Reshape(sums, new[] { x.Shape[0], sums.Shape[1], x.Shape[2] });
    }
}
