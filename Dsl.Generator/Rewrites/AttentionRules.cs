using System.Collections.Generic;
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
    public static IReadOnlyList<RewriteRule> All { get; } = new[]
    {
        // attend[identity](q, k, v) = contract[bnhd,bhde->bnhe](scale·q, contract[bmhd,bmhe->bhde](k, v))
        new RewriteRule("attention without softmax", static s => Of(s, isCausal: false)),

        // attend[identity causal](q, k, v) = outerscan(scale·q, k, v)
        new RewriteRule("causal attention without softmax", static s => Of(s, isCausal: true)),
    };

    private static Node? Of(RewriteSite s, bool isCausal)
    {
        if (s.Node.Op is not AttendOp { Rule: var rule } || rule.Causal != isCausal || !IsProduct(rule)
            || !Pays(rule, s.Node.Inputs))
        {
            return null;
        }

        Node q = s.Node.Inputs[0];
        return LinearAttention.Products(
            s.Graph, rule.Scale == 1 ? q : s.Graph.Pointwise("mul", q, s.Graph.Constant(rule.Scale)),
            s.Node.Inputs[1], s.Node.Inputs[2], rule.Heads, isCausal);
    }

    /// <summary>Whether a score is nothing but scale·q·k, and all keys, or all up to a query's own, are seen.</summary>
    private static bool IsProduct(AttentionRule rule) => rule is
    {
        Score: AttentionScore.Identity, Window: 0, Chunk: 0, Bias: AttentionBias.None, Segments: false, Lengths: false,
        IsAtStart: true,
        Pattern.IsSparse: false,
    } && rule.KeyHeads == rule.Heads;

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
        long e = operands[2].Shape[2].Constant / rule.Heads;
        long pairs = rule.Causal ? queries.Constant * (keys.Constant + 1L) / 2 : (long)queries.Constant * keys.Constant;
        return pairs * (d + e) > (queries.Constant + (long)keys.Constant) * d * e;
    }
}
