using System.Linq;
using Dsl.Generator.Ops;

namespace Dsl.Generator.Graphs;

/// <summary>Which layer a value belongs to.</summary>
internal static class LayerNames
{
    /// <summary>The layer whose parameter is nearest among what a value is made of, or null.</summary>
    public static string? Of(Node node)
    {
        Node[] nodes = { node };
        while (nodes.Length > 0)
        {
            if (nodes.Select(static n => n.Op).OfType<ParameterOp>().FirstOrDefault() is { } parameter)
            {
                int end = parameter.Parameter.LastIndexOf('.');
                return end < 0 ? null : parameter.Parameter.Substring(0, end);
            }

            nodes = nodes.SelectMany(static n => n.Inputs).Distinct().ToArray();
        }

        return null;
    }
}
