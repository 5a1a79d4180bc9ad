using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Graphs;

/// <summary>Checks the invariants that every stage relies on. Runs after every stage: a broken graph names the guilty
/// stage. Shapes cannot be wrong, since every node that is added infers its own.</summary>
internal static class GraphVerifier
{
    /// <summary>Returns the graph when it is sound.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="stage">Who made it, for the message.</param>
    /// <exception cref="InvalidOperationException">An invariant does not hold; the message lists all.</exception>
    public static Graph Verify(Graph graph, string stage)
    {
        var errors = Errors(graph).ToList();
        return errors.Count == 0
            ? graph
            : throw new InvalidOperationException(
                $"The graph after {stage} is broken: {string.Join("; ", errors)}\n{graph}");
    }

    /// <summary>What is wrong, in words; empty when the graph is sound.</summary>
    public static IEnumerable<string> Errors(Graph graph)
    {
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            if (node.Id != i)
            {
                yield return $"{node} is at position {i}";
            }

            if (node.Inputs.Any(input => input.Id >= node.Id || !graph.Contains(input)))
            {
                yield return $"{node} uses a node that is not before it in the graph";
            }
        }

        foreach (string name in Repeated(graph.Inputs.Select(static n => ((InputOp)n.Op).Tensor)))
        {
            yield return $"two inputs are called '{name}'";
        }

        foreach (string name in Repeated(graph.Parameters.Select(static n => ((ParameterOp)n.Op).Parameter)))
        {
            yield return $"two parameters are called '{name}'";
        }

        foreach (string name in Repeated(graph.Outputs.Select(static o => o.Name)))
        {
            yield return $"two outputs are called '{name}'";
        }

        if (graph.Outputs.Count == 0)
        {
            yield return "there is no output";
        }

        foreach (GraphOutput output in graph.Outputs.Where(o => !graph.Contains(o.Node)))
        {
            yield return $"output '{output.Name}' is not in the graph";
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(static n => n, StringComparer.Ordinal).Where(static g => g.Count() > 1).Select(static g => g.Key);
}
