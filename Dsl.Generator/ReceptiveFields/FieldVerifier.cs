using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Dsl.Generator.Graphs;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>Checks that the recursion from the image upwards, the one from a unit downwards and the closed form say the
/// same.</summary>
internal static class FieldVerifier
{
    /// <summary>Checks every node that has a name and every output; in debug builds of the compiler only.</summary>
    /// <exception cref="InvalidOperationException">Two formulas differ; the message says where.</exception>
    [Conditional("DEBUG")]
    public static void Verify(ImageFields fields)
    {
        var nodes = fields.Graph.Outputs.Select(static o => o.Node)
            .Concat(fields.Graph.Nodes.Where(static n => n.Label.Length > 0)).Distinct();
        var errors = nodes.SelectMany(n => Errors(fields, n)).ToList();
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(
                $"Receptive fields differ: {string.Join("; ", errors)}\n{fields.Graph}");
        }
    }

    /// <summary>Where the formulas differ for one node, in words.</summary>
    public static IEnumerable<string> Errors(ImageFields fields, Node node)
    {
        foreach (int axis in new[] { ImageFields.RowAxis, ImageFields.ColumnAxis })
        {
            if (fields.Seen(node, axis) is not { Reach: { } reach } seen)
            {
                continue;
            }

            // One position more than there are phases: the step of a period shows, too.
            for (long at = 0; at <= reach.Period; at++)
            {
                PixelSet? down = TopDown.Pixels(
                    fields.Graph, fields.Image, axis, node, new Dictionary<int, long> { [seen.Axis] = at });
                if (!reach.At(at).Equals(down))
                {
                    yield return $"{node} sees {reach.At(at)} from {at} bottom-up and "
                        + $"{down?.ToString() ?? "everything"} top-down along axis {axis}";
                }
            }

            if (ClosedForm.Of(fields, axis, node) is { } form
                && (form.Size != reach.At(0).Span || form.Stride != reach.Step || form.Padding != -reach.At(0).First))
            {
                yield return $"{node} sees {reach} and not {form} along axis {axis}";
            }
        }
    }
}
