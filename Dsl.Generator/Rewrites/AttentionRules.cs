using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Rewrites;

/// <summary>
/// Attention whose scores weigh values as they are is a product of three matrices, (q kᵀ) v = q (kᵀ v): the other way round it
/// takes time linear in the positions (Katharopoulos et al. 2020, "Transformers are RNNs", equations 6 and 9).
/// </summary>
internal static class AttentionRules
{
    private static readonly int[] s_eachHead = { 0, 1, 2, 4 };

    public static IReadOnlyList<RewriteRule> All { get; } = new[]
    {
        // attend[identity](q, k, v) = contract[bnhd,bhde->bnhe](scale·q, contract[bmhd,bmhe->bhde](k, v))
        new RewriteRule("attention without softmax", static s => Of(s, isCausal: false, isGrouped: false)),

        // attend[identity causal](q, k, v) = outerscan(scale·q, k, v)
        new RewriteRule("causal attention without softmax", static s => Of(s, isCausal: true, isGrouped: false)),

        // The same where r query heads share a head of keys: contract[bngrd,bgde->bngre], or keys and values r times.
        new RewriteRule("attention of groups without softmax", static s => Of(s, isCausal: false, isGrouped: true)),
        new RewriteRule("causal attention of groups without softmax", static s => Of(s, isCausal: true, isGrouped: true)),
    };

    private static Node? Of(RewriteSite s, bool isCausal, bool isGrouped)
    {
        if (s.Node.Op is not AttendOp { Rule: var rule } || rule.Causal != isCausal || !IsProduct(rule)
            || isGrouped != rule.KeyHeads < rule.Heads || !Pays(rule, s.Node.Inputs))
        {
            return null;
        }

        Graph g = s.Graph;
        (Node q, Node k, Node v) = (s.Node.Inputs[0], s.Node.Inputs[1], s.Node.Inputs[2]);
        q = rule.Scale == 1 ? q : g.Pointwise("mul", q, g.Constant(rule.Scale));
        return isGrouped && !isCausal ? Grouped(g, rule, q, k, v) : LinearAttention.Products(
            g, q, Repeated(g, k, rule), Repeated(g, v, rule), rule.Heads, isCausal);
    }

    private static Node Grouped(Graph g, AttentionRule rule, Node q, Node k, Node v)
    {
        Node Of(Node x, params Size[] heads) => g.Reshape(
            x, new[] { x.Shape[0], x.Shape[1] }.Concat(heads).Append(x.Shape[2] / heads.Product()).ToArray());
        Node state = g.Contract("bmgd,bmge->bgde", Of(k, rule.KeyHeads), Of(v, rule.KeyHeads));
        Node result = g.Contract("bngrd,bgde->bngre", Of(q, rule.KeyHeads, rule.Heads / rule.KeyHeads), state);
        return g.Reshape(result, new[] { q.Shape[0], q.Shape[1], result.Shape[4] * rule.Heads });
    }

    /// <summary>[b, n, keyHeads·d] as [b, n, heads·d]: a head of its own for each query head.</summary>
    private static Node Repeated(Graph g, Node x, AttentionRule rule)
    {
        if (rule.KeyHeads == rule.Heads)
        {
            return x;
        }

        (Size b, Size n, Size keyHeads, Size d) = (x.Shape[0], x.Shape[1], rule.KeyHeads, x.Shape[2] / rule.KeyHeads);
        Node heads = g.Reshape(x, new[] { b, n, keyHeads, d });
        Node repeated = g.Broadcast(heads, new[] { b, n, keyHeads, rule.Heads / rule.KeyHeads, d }, s_eachHead);
        return g.Reshape(repeated, new[] { b, n, d * rule.Heads });
    }

    /// <summary>Whether a score is nothing but scale·q·k, and all keys, or all up to a query's own, are seen.</summary>
    private static bool IsProduct(AttentionRule rule) => rule is
    {
        Score: AttentionScore.Identity, Window: 0, Chunk: 0, Bias: AttentionBias.None, Segments: false, Lengths: false,
        IsAtStart: true,
        Pattern.IsSparse: false,
    };

    /// <summary>Whether states of d × e numbers take fewer products than pairs of positions: always where nobody knows how many
    /// positions there are.</summary>
    private static bool Pays(AttentionRule rule, IReadOnlyList<Node> operands)
    {
        Size queries = operands[0].Shape[1];
        Size keys = operands[1].Shape[1];
        if (!queries.IsConstant || !keys.IsConstant)
        {
            return true;
        }

        long d = operands[0].Shape[2].Constant / rule.Heads;
        long e = operands[2].Shape[2].Constant / rule.KeyHeads;
        long pairs = rule.Causal ? queries.Constant * (keys.Constant + 1L) / 2 : (long)queries.Constant * keys.Constant;
        return pairs * (d + e) > (queries.Constant + (long)keys.Constant) * d * e;
    }
}
