using System;
using System.Collections.Generic;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.Rewrites;

/// <summary>A named identity. It looks at one node and its inputs, and returns what computes the same, or
/// null.</summary>
/// <param name="Name">What dumps and tests call it.</param>
/// <param name="Apply">May add nodes to the graph; what ends up unused is removed. Must bring the graph nearer to a
/// form in
/// which no rule applies.</param>
internal sealed record RewriteRule(string Name, Func<RewriteSite, Node?> Apply);

/// <summary>Where a rule is tried.</summary>
internal sealed class RewriteSite
{
    private readonly IReadOnlyList<int> _uses;

    public RewriteSite(Graph graph, Node node, IReadOnlyList<int> uses)
    {
        Graph = graph;
        Node = node;
        _uses = uses;
    }

    /// <summary>The graph under construction.</summary>
    public Graph Graph { get; }

    /// <summary>The node in question, already in <see cref="Graph"/>, its inputs rewritten.</summary>
    public Node Node { get; }

    /// <summary>The first input.</summary>
    public Node X => Node.Inputs[0];

    /// <summary>Whether a value had one user when the pass began: moving work past it does not duplicate it.</summary>
    public bool IsUsedOnce(Node value) => value.Id < _uses.Count && _uses[value.Id] <= 1;
}
