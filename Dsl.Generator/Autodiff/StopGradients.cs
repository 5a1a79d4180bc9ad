using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Autodiff;

/// <summary>What stops derivatives is the identity once they are taken: without it equal values are shared and nothing
/// stands between a value and its user.</summary>
internal static class StopGradients
{
    /// <summary>The same graph without them, for graphs that are not differentiated any more.</summary>
    public static Graph Erase(Graph source)
    {
        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        foreach (Node node in source.Nodes)
        {
            Node[] inputs = node.Inputs.Map(i => copies[i.Id]);
            copies[node.Id] = node.Op is StopGradientOp ? inputs[0] : graph.Copy(node, inputs);
        }

        foreach (GraphOutput output in source.Outputs)
        {
            graph.Output(output.Name, copies[output.Node.Id]);
        }

        return graph;
    }
}
