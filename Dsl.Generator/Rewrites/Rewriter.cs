using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Rewrites;

/// <summary>Applies tables of identities until none applies: the same outputs from fewer and simpler nodes.</summary>
internal static class Rewriter
{
    /// <summary>A rule that undoes another would not end; this many passes are far more than any graph needs.</summary>
    private const int MostPasses = 100;

    /// <summary>All rules, in the order they are tried.</summary>
    public static IReadOnlyList<RewriteRule> Rules { get; } =
        ShapeRules.All.Concat(JoinRules.All).Concat(ArithmeticRules.All).Concat(ContractionRules.All)
            .Concat(AttentionRules.All).ToArray();

    /// <summary>Simplifies with all rules.</summary>
    public static Graph Simplify(Graph graph) => Simplify(graph, Rules);

    /// <summary>Simplifies with some rules, with common subexpressions shared and dead nodes removed.</summary>
    public static Graph Simplify(Graph graph, IReadOnlyList<RewriteRule> rules)
    {
        Graph current = graph.Pruned();
        for (int pass = 0; pass < MostPasses; pass++)
        {
            Graph next = Pass(current, rules, out bool changed).Pruned();
            if (!changed && next.Nodes.Count == current.Nodes.Count)
            {
                return GraphVerifier.Verify(next, "simplification");
            }

            current = next;
        }

        throw new InvalidOperationException($"Rewriting does not end:\n{current}");
    }

    private static Graph Pass(Graph source, IReadOnlyList<RewriteRule> rules, out bool changed)
    {
        changed = false;
        var graph = new Graph();
        var replacements = new Node[source.Nodes.Count];
        var have = new Dictionary<NodeKey, Node>();
        int[] sourceUses = UsesOf(source);
        var uses = new List<int>();
        foreach (Node node in source.Nodes)
        {
            var inputs = node.Inputs.Map(i => replacements[i.Id]);
            var key = new NodeKey(node.Op, inputs);
            if (have.TryGetValue(key, out Node? same))
            {
                replacements[node.Id] = Graph.Name(same, node.Label);
                uses[same.Id] += sourceUses[node.Id];
                continue;
            }

            Node copy = graph.Copy(node, inputs);
            uses.Add(sourceUses[node.Id]);
            have[key] = copy;
            Node result = Rewrite(graph, copy, rules, uses);
            while (uses.Count < graph.Nodes.Count)
            {
                // What a rule added takes the place of what it replaced.
                graph.Nodes[uses.Count].Region = node.Region;
                uses.Add(sourceUses[node.Id]);
            }

            if (!ReferenceEquals(result, copy))
            {
                changed = true;
                have[key] = Graph.Name(result, node.Label);
            }

            replacements[node.Id] = result;
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, replacements[output.Node.Id]);
        }

        return graph;
    }

    private static Node Rewrite(Graph graph, Node node, IReadOnlyList<RewriteRule> rules, List<int> uses)
    {
        var site = new RewriteSite(graph, node, uses);
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Apply(site) is { } replacement && !ReferenceEquals(replacement, node))
            {
                return replacement;
            }
        }

        return node;
    }

    private static int[] UsesOf(Graph graph)
    {
        var uses = new int[graph.Nodes.Count];
        foreach (Node node in graph.Nodes)
        {
            foreach (Node input in node.Inputs)
            {
                uses[input.Id]++;
            }
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            uses[output.Node.Id]++;
        }

        return uses;
    }

    /// <summary>Two nodes with equal keys compute the same.</summary>
    private readonly struct NodeKey : IEquatable<NodeKey>
    {
        private readonly Op _op;
        private readonly Node[] _inputs;

        public NodeKey(Op op, Node[] inputs)
        {
            _op = op;
            _inputs = inputs;
        }

        public bool Equals(NodeKey other)
        {
            bool same = _inputs.Length == other._inputs.Length;
            for (int i = 0; same && i < _inputs.Length; i++)
            {
                same = _inputs[i] == other._inputs[i];
            }

            return same && _op.Equals(other._op);
        }

        public override bool Equals(object? obj) => obj is NodeKey other && Equals(other);

        public override int GetHashCode()
        {
            int hash = _op.GetHashCode();
            foreach (Node input in _inputs)
            {
                hash = unchecked((hash * 31) + input.Id);
            }

            return hash;
        }
    }
}
