using System.Linq;
using System.Text;

namespace Dsl.Generator.Graphs;

/// <summary>The text form of a graph, for people and for tests.</summary>
internal static class GraphPrinter
{
    /// <summary>
    /// One line per node, then one per output:
    /// <code>
    /// %7 hidden = contract[bcyx,ocyx->bo](%5, %6) : b, 128
    /// scores = %12
    /// </code>
    /// </summary>
    public static string Print(Graph graph)
    {
        var text = new StringBuilder();
        foreach (Node node in graph.Nodes)
        {
            text.Append(Print(node)).Append('\n');
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            text.Append(output.Name).Append(" = ").Append(output.Node).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The line of one node.</summary>
    public static string Print(Node node)
    {
        string label = node.Label.Length == 0 ? "" : " " + node.Label;
        string attributes = node.Op.Attributes.Length == 0 ? "" : $"[{node.Op.Attributes}]";
        string operands = string.Join(", ", node.Inputs.Select(static i => i.ToString()));
        string inputs = node.Inputs.Length == 0 ? "" : $"({operands})";
        string type = node.DType == DType.Int ? "int " : "";
        string again = node.IsReplay ? " again" : "";
        return $"{node}{label} = {node.Op.Name}{attributes}{inputs} : {type}{node.Shape.Text()}{again}";
    }
}
