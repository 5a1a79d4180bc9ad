using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Rewrites;

/// <summary>
/// Reshapes that merge whole axes disappear into contractions, which then run over the axes as they are: a planner is
/// free to
/// lay out the image behind a Flatten channel-last.
/// </summary>
internal static class ContractionRules
{
    private const string Alphabet = "cyxhwuvtsdefgijklmnpqrzaboABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Result = 2;

    public static IReadOnlyList<RewriteRule> All { get; } = new[]
    {
        // contract[bk,ok->bo](reshape(x), w) = contract[bcyx,ocyx->bo](x, reshape(w))
        new RewriteRule("contract absorbs reshape", static s =>
            s.Node.Op is ContractOp ? AbsorbOperand(s, 0) ?? AbsorbOperand(s, 1) : null),

        // reshape(contract[bo,ok->bk](dy, w)) to b, c, y, x = contract[bo,ocyx->bcyx](dy, reshape(w))
        new RewriteRule("contract absorbs the reshape of its result", static s => AbsorbResult(s)),
    };

    private static Node? AbsorbOperand(RewriteSite s, int operand)
    {
        Node reshape = s.Node.Inputs[operand];
        if (reshape.Op is not ReshapeOp || reshape.Inputs[0].Op is ParameterOp)
        {
            // A reshape of a parameter is free: it stays on the parameter, where packing weights sees it.
            return null;
        }

        var (a, b, result) = ((ContractOp)s.Node.Op).Letters;
        Node x = reshape.Inputs[0];
        return AxisGroups(x, reshape) is { } groups
            ? Split(s.Graph, s.Node, new[] { a, b, result }, operand, groups, x)
            : null;
    }

    private static Node? AbsorbResult(RewriteSite s)
    {
        if (s.Node.Op is not ReshapeOp || s.X.Op is not ContractOp contract || !s.IsUsedOnce(s.X))
        {
            return null;
        }

        var (a, b, result) = contract.Letters;
        return AxisGroups(s.Node, s.X) is { } groups
            ? Split(s.Graph, s.X, new[] { a, b, result }, Result, groups, s.Node)
            : null;
    }

    /// <summary>
    /// Gives each letter of one part of the equation (operand 0, operand 1 or <see cref="Result"/>) as many letters as
    /// its group
    /// of axes of <paramref name="split"/> has, in all parts. The other operands are reshaped accordingly, and the
    /// result back to
    /// what it was, unless it is the part that <paramref name="split"/> replaces.
    /// </summary>
    private static Node Split(
        Graph graph, Node contract, string[] parts, int at, int[] groups, Node split)
    {
        string letters = parts[at];
        var free = new Queue<char>(Alphabet.Except(string.Concat(parts)));
        var names = new Dictionary<char, string>();
        var dims = new Dictionary<char, Size[]>();
        int axis = 0;
        for (int i = 0; i < letters.Length; i++)
        {
            var own = split.Shape.Skip(axis).Take(groups[i]).ToArray();
            axis += groups[i];
            names[letters[i]] = own.Length == 1 ? letters[i].ToString() : new string(own.Select(_ => free.Dequeue()).ToArray());
            dims[letters[i]] = own;
        }

        string Rename(string text) => string.Concat(text.Select(c => names.TryGetValue(c, out string? name) ? name : c.ToString()));
        Node Reshaped(Node node, string text) => graph.Reshape(
            node, text.SelectMany((c, i) => dims.TryGetValue(c, out Size[]? own) ? own : new[] { node.Shape[i] }));

        Node first = at == 0 ? split : Reshaped(contract.Inputs[0], parts[0]);
        Node second = at == 1 ? split : Reshaped(contract.Inputs[1], parts[1]);
        Node product = graph.Contract($"{Rename(parts[0])},{Rename(parts[1])}->{Rename(parts[Result])}", first, second);
        return at == Result ? product : graph.Reshape(product, contract.Shape);
    }

    /// <summary>
    /// How many axes of <paramref name="fine"/> make each axis of <paramref name="coarse"/>, when each of these is a
    /// product of
    /// whole neighbouring axes; else null.
    /// </summary>
    private static int[]? AxisGroups(Node fine, Node coarse)
    {
        var groups = new int[coarse.Rank];
        int axis = 0;
        for (int i = 0; i < coarse.Rank; i++)
        {
            Size product = Size.One;
            do
            {
                if (axis == fine.Rank)
                {
                    return null;
                }

                product *= fine.Shape[axis++];
                groups[i]++;
            }
            while (!product.Equals(coarse.Shape[i]));
        }

        return axis == fine.Rank ? groups : null;
    }
}
