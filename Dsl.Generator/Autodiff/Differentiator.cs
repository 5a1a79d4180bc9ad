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

        bool[] learns = LearningNodes(graph, forward.Length);
        var cotangents = new Node?[forward.Length];
        cotangents[loss.Outputs[0].Node.Id] = graph.Constant(1);

        // Every use of a node comes after it, so by the time the walk reaches it its cotangent is complete.
        for (int id = forward.Length - 1; id >= 0; id--)
        {
            Node node = forward[id];
            if (!learns[id] || cotangents[id] is not { } cotangent || node.Inputs.Length == 0)
            {
                continue;
            }

            if (node.Label.Length > 0)
            {
                Graph.Name(cotangent, "d" + node.Label);
            }

            IReadOnlyList<Node?> gradients = node.Op.Differentiate(graph, node, cotangent);
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                int input = node.Inputs[i].Id;
                if (learns[input] && gradients[i] is { } gradient)
                {
                    cotangents[input] = cotangents[input] is { } sum ? graph.Pointwise("add", sum, gradient) : gradient;
                }
            }
        }

        foreach (Node parameter in graph.Parameters.Where(static p => ((ParameterOp)p.Op).Learns).ToArray())
        {
            string name = ((ParameterOp)parameter.Op).Parameter + GradientSuffix;
            graph.Output(name, cotangents[parameter.Id] ?? graph.Fill(0, parameter.Shape));
        }

        // Rules state the gradient of every operand; those that nobody asked for end here.
        return GraphVerifier.Verify(graph.Pruned(), "differentiation");
    }

    /// <summary>What follows a parameter's name in the name of its gradient.</summary>
    public const string GradientSuffix = RegionOutputs.Gradient;

    /// <summary>The nodes that a parameter reaches, by id.</summary>
    public static bool[] LearningNodes(Graph graph, int count)
    {
        var learns = new bool[count];
        for (int id = 0; id < count; id++)
        {
            Node node = graph.Nodes[id];
            learns[id] = node.Op is ParameterOp { Learns: true } || node.Inputs.Any(input => learns[input.Id]);
        }

        return learns;
    }
}
