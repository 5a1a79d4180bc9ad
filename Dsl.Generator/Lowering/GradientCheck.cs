using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Lowering;

/// <summary>
/// Finds parameters that could never learn: the loss depends on them, but on every path lies an operand whose
/// derivative is
/// zero everywhere.
/// </summary>
internal static class GradientCheck
{
    /// <summary>The nodes from which a gradient that need not be zero leads to the loss, by id.</summary>
    private static bool[] Learns(Graph graph, Node loss)
    {
        var learns = new bool[graph.Nodes.Count];
        learns[loss.Id] = true;
        for (int id = loss.Id; id >= 0; id--)
        {
            Node node = graph.Nodes[id];
            for (int i = 0; learns[id] && node.Op is not StopGradientOp && i < node.Inputs.Length; i++)
            {
                learns[node.Inputs[i].Id] |= node.Op is not PointwiseOp op || op.Definition.Passes(i);
            }
        }

        return learns;
    }

    /// <exception cref="ProblemException">There is such a parameter; the site is the step where its gradient stops
    /// first.</exception>
    public static void Check(Graph graph, Node loss, Func<Node, LoweredStep?> stepOf)
    {
        bool[] learns = Learns(graph, loss);
        foreach (Node parameter in graph.Parameters.Where(p => ((ParameterOp)p.Op).Learns && !learns[p.Id]))
        {
            var depends = new HashSet<Node> { parameter };
            var live = new HashSet<Node> { parameter };
            (Node Node, string Row)? stop = null;
            bool stopped = false;
            foreach (Node node in graph.Nodes.Skip(parameter.Id + 1))
            {
                for (int i = 0; i < node.Inputs.Length; i++)
                {
                    if (depends.Contains(node.Inputs[i]))
                    {
                        depends.Add(node);
                    }

                    if (!live.Contains(node.Inputs[i]))
                    {
                        continue;
                    }

                    if (node.Op is StopGradientOp)
                    {
                        stopped = true;
                    }
                    else if (node.Op is PointwiseOp op && !op.Definition.Passes(i))
                    {
                        stop ??= (node, op.Row);
                    }
                    else
                    {
                        live.Add(node);
                    }
                }
            }

            bool lost = depends.Contains(loss) && !live.Contains(loss) && !stopped;
            if (lost && stop is { } found && stepOf(found.Node) is { } step)
            {
                string name = ((ParameterOp)parameter.Op).Parameter;
                throw new ProblemException(
                    ProblemIds.NotDifferentiable,
                    step.Site,
                    step.Target,
                    $"the derivative of '{found.Row}' is zero everywhere, so '{name}' would never learn");
            }
        }
    }
}
