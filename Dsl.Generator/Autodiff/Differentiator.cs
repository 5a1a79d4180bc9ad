using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Autodiff;

/// <summary>Reverse-mode differentiation over nodes: the rules are the ops' own.</summary>
internal static class Differentiator
{
    /// <summary>
    /// A graph that computes what <paramref name="loss"/> computes and, for every parameter P, the gradient of its
    /// first output
    /// under the name <c>P.Gradient</c> (zeros when the output does not depend on P).
    /// </summary>
    /// <remarks>Only nodes between a parameter and the loss get a cotangent: nothing is spent on the gradient of an
    /// input.</remarks>
    /// <param name="loss">A graph whose first output is a scalar.</param>
    public static Graph Differentiate(Graph loss)
    {
        var graph = new Graph();
        Node[] forward = graph.Append(loss);
        foreach (GraphOutput output in loss.Outputs)
        {
            graph.Output(output.Name, forward[output.Node.Id]);
        }

        Node?[] cotangents = Cotangents(
            graph, forward, loss.Outputs[0].Node.Id, graph.Constant(1), IsLearned);
        foreach (Node parameter in graph.Parameters.Where(IsLearned).ToArray())
        {
            string name = ((ParameterOp)parameter.Op).Parameter + GradientSuffix;
            graph.Output(name, cotangents[parameter.Id] ?? graph.Fill(0, parameter.Shape));
        }

        // Rules state the gradient of every operand; those that nobody asked for end here.
        return GraphVerifier.Verify(graph.Pruned(), "differentiation");
    }

    /// <summary>
    /// A graph that computes, for every input x of floats, the gradient of Σ weight·y under the name
    /// <c>x.Sensitivity</c>, where y is the first output of <paramref name="forward"/>. The weight is one more input, the
    /// last one.
    /// </summary>
    /// <param name="forward">A graph with an output.</param>
    public static Graph Sensitivity(Graph forward)
    {
        var graph = new Graph();
        Node[] copies = graph.Append(forward);
        Node result = copies[forward.Outputs[0].Node.Id];
        string name = "weight";
        while (graph.Inputs.Any(i => ((InputOp)i.Op).Tensor == name))
        {
            name += "s";
        }

        static bool IsSource(Node node) => node.Op is InputOp { Type: DType.Float };
        Node[] sources = graph.Inputs.Where(IsSource).ToArray();
        Node weight = graph.Input(name, DType.Float, result.Shape.ToArray());
        Node?[] cotangents = Cotangents(graph, copies, result.Id, weight, IsSource);
        foreach (Node source in sources)
        {
            graph.Output(
                ((InputOp)source.Op).Tensor + SensitivitySuffix, cotangents[source.Id] ?? graph.Fill(0, source.Shape));
        }

        return GraphVerifier.Verify(graph.Pruned(), "differentiation");
    }

    /// <summary>What follows a parameter's name in the name of its gradient.</summary>
    public const string GradientSuffix = RegionOutputs.Gradient;

    /// <summary>What follows an input's name in the name of its gradient.</summary>
    public const string SensitivitySuffix = ".Sensitivity";

    /// <summary>The derivative of Σ seed·result with respect to every node that a source reaches, by id.</summary>
    private static Node?[] Cotangents(Graph graph, Node[] forward, int result, Node seed, Func<Node, bool> isSource)
    {
        bool[] depends = Reached(graph, forward.Length, isSource);
        bool[] poles = Branches.Poles(forward);
        var cotangents = new Node?[forward.Length];
        cotangents[result] = seed;

        // Every use of a node comes after it, so by the time the walk reaches it its cotangent is complete.
        for (int id = forward.Length - 1; id >= 0; id--)
        {
            Node node = forward[id];
            if (!depends[id] || cotangents[id] is not { } cotangent || node.Inputs.Length == 0)
            {
                continue;
            }

            if (node.Label.Length > 0)
            {
                Graph.Name(cotangent, "d" + node.Label);
            }

            IReadOnlyList<Node?> gradients = poles[id]
                ? Branches.Differentiate(graph, node, cotangent)
                : node.Op.Differentiate(graph, node, cotangent);
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                int input = node.Inputs[i].Id;
                if (depends[input] && gradients[i] is { } gradient)
                {
                    cotangents[input] = cotangents[input] is not { } sum ? gradient
                        : poles[input] ? Branches.Sum(graph, sum, gradient)
                        : graph.Pointwise("add", sum, gradient);
                }
            }
        }

        return cotangents;
    }

    /// <summary>The nodes that a parameter reaches, by id.</summary>
    public static bool[] LearningNodes(Graph graph, int count) =>
        Reached(graph, count, IsLearned);

    private static bool IsLearned(Node node) => node.Op is ParameterOp { Learns: true };

    private static bool[] Reached(Graph graph, int count, Func<Node, bool> isSource)
    {
        var reached = new bool[count];
        for (int id = 0; id < count; id++)
        {
            Node node = graph.Nodes[id];
            reached[id] = isSource(node) || node.Inputs.Any(input => reached[input.Id]);
        }

        return reached;
    }
}
