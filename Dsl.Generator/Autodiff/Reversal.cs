using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Autodiff;

/// <summary>
/// Regions of a graph whose operands follow from their results: y1 = x1 + F(x2), y2 = x2 + G(y1), so x2 = y2 - G(y1) and
/// x1 = y1 - F(x2) (Gomez et al. 2017, "The Reversible Residual Network").
/// </summary>
internal sealed class Reversal
{
    private readonly HashSet<int> _regions = new();
    private readonly Dictionary<Node, (Node Sum, Node Addend)> _sums = new();
    private readonly HashSet<Node> _results = new();

    private Reversal()
    {
    }

    /// <summary>No region.</summary>
    public static Reversal None { get; } = new();

    /// <summary>For what a region was given the sum that it is a part of, and the other part.</summary>
    public IReadOnlyDictionary<Node, (Node Sum, Node Addend)> Sums => _sums;

    /// <summary>What the regions give.</summary>
    public IEnumerable<Node> Results => _results;

    /// <summary>Whether a region's operands follow from its results.</summary>
    public bool Covers(int region) => _regions.Contains(region);

    /// <summary>The reversible regions of a graph: those both of whose results are still there.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="forward">Which of its nodes are of the forward pass, by id.</param>
    public static Reversal Of(Graph graph, bool[] forward)
    {
        var reversal = new Reversal();
        foreach (IGrouping<int, Node> region in graph.Nodes.Where(static n => n.Op is ResidualOp)
            .GroupBy(static n => ((ResidualOp)n.Op).Region))
        {
            Node? first = region.FirstOrDefault(static n => ((ResidualOp)n.Op).Half == 1);
            Node? second = region.FirstOrDefault(static n => ((ResidualOp)n.Op).Half == 2);
            if (first is not null && second is not null)
            {
                reversal._regions.Add(region.Key);
                reversal._results.Add(first);
                reversal._results.Add(second);
            }
        }

        // What follows has other last bits. So what a chain begins with is kept, which may be exactly 0, and what is read beside the
        // chain, of which it may be the maximum: gradients ask for that.
        var inside = new HashSet<Node>(reversal._results);
        inside.ExceptWith(
            from user in graph.Nodes
            where forward[user.Id] && !Views.IsView(user) && !reversal.Covers(user.Region)
            from input in user.Inputs
            select Views.Base(input));

        // When both halves begin with one value, it comes from the second, which needs no first one.
        foreach (Node sum in graph.Nodes.Where(n => reversal._results.Contains(n) && inside.Contains(n.Inputs[0])))
        {
            reversal._sums[sum.Inputs[0]] = (sum, sum.Inputs[1]);
        }

        return reversal;
    }

    /// <summary>What keeps a block from being reversible, a clause; null for nothing.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="firstNode">The first node of the block.</param>
    /// <param name="given">What it was given.</param>
    /// <param name="results">Its results.</param>
    public static string? Obstacle(Graph graph, int firstNode, Node[] given, Node[] results)
    {
        if (given.Length < 2 || results.Length != 2)
        {
            return $"it makes {results.Length} results of {given.Length} inputs, not two of two";
        }

        for (int half = 0; half < 2; half++)
        {
            (Node y, Node x) = (results[half], given[half]);
            string which = half == 0 ? "first" : "second";
            if (y.Id < firstNode || y.Op is not PointwiseOp { Row: "add" } || !y.Inputs.Contains(x)
                || AddendOf(y, x).Id < firstNode)
            {
                return $"its {which} result is not its {which} input and something";
            }
        }

        (Node y1, Node y2) = (results[0], results[1]);
        bool same = given[0] == given[1];
        return !same && Reaches(AddendOf(y1, given[0]), null, given[0])
                ? "what is added to the first input depends on the first input"
            : Reaches(AddendOf(y2, given[1]), y1, given[0]) || Reaches(AddendOf(y2, given[1]), y1, given[1])
                ? "what is added to the second input depends on an input, not on the first result alone"
            : null;

        bool Reaches(Node from, Node? but, Node to)
        {
            var seen = new HashSet<Node>();
            bool Visit(Node node) => node == to
                || (node != but && node.Id >= firstNode && seen.Add(node) && node.Inputs.Any(Visit));
            return Visit(from);
        }
    }

    /// <summary>The graph with marked sums as residuals, which nothing rewrites; the same graph when there is
    /// none.</summary>
    public static Graph Couple(Graph source) => Replace(source, static n => n.Half > 0, static (graph, node, inputs) =>
    {
        // What a region was given is not in it.
        int given = node.Inputs[0].Region == node.Region ? 1 : 0;
        return graph.Add(new ResidualOp(node.Region, node.Half), inputs[given], inputs[1 - given]);
    });

    /// <summary>The graph with residuals as sums; the same graph when there is none.</summary>
    public static Graph Erase(Graph source) => Replace(
        source, static n => n.Op is ResidualOp, static (graph, _, inputs) => graph.Pointwise("add", inputs));

    private static Graph Replace(Graph source, Func<Node, bool> isMeant, Func<Graph, Node, Node[], Node> make)
    {
        if (!source.Nodes.Any(isMeant))
        {
            return source;
        }

        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        foreach (Node node in source.Nodes)
        {
            Node[] inputs = node.Inputs.Map(i => copies[i.Id]);
            if (isMeant(node))
            {
                Node made = copies[node.Id] = make(graph, node, inputs);
                (made.Region, made.IsReplay, made.Label) = (node.Region, node.IsReplay, node.Label);
            }
            else
            {
                copies[node.Id] = graph.Copy(node, inputs);
            }
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;
    }

    private static Node AddendOf(Node sum, Node x) => sum.Inputs[0] == x ? sum.Inputs[1] : sum.Inputs[0];
}
