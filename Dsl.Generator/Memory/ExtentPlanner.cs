using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;

namespace Dsl.Generator.Memory;

/// <summary>Which extents a run has to check. Sums of products of sizes are positive; differences and quotients may
/// not be.</summary>
internal static class ExtentPlanner
{
    private static readonly char[] s_shrinking = { '-', '/' };

    public static ImmutableArray<PlannedExtent> Plan(Schedule schedule)
    {
        var extents = new Dictionary<string, PlannedExtent>(StringComparer.Ordinal);
        foreach (Node node in schedule.Graph.Nodes)
        {
            // Constants beside a padded value may have nothing to fill.
            int minimum = Views.IsNumber(node) || IsFilling(node) ? 0 : 1;
            for (int axis = 0; axis < node.Rank; axis++)
            {
                Require(extents, schedule, node, axis, node.Shape[axis], minimum);
            }

            if (node.Op is SliceOp slice)
            {
                Require(extents, schedule, node, slice.Axis, slice.Start, 0);
                Require(extents, schedule, node, slice.Axis,
                    node.Inputs[0].Shape[slice.Axis] - slice.Start - slice.Extent, 0);
            }
        }

        return extents.Values.ToImmutableArray();
    }

    private static bool IsFilling(Node node) => Copies.IsCopy(node) && Views.IsNumber(node.Inputs[0]);

    private static void Require(
        Dictionary<string, PlannedExtent> extents, Schedule schedule, Node node, int axis, Size extent, int minimum)
    {
        string text = extent.ToString();
        if (extent.IsConstant || text.IndexOfAny(s_shrinking) < 0
            || (extents.TryGetValue(text, out PlannedExtent? have) && have.Minimum >= minimum))
        {
            return;
        }

        string name = (axis, node.Rank) switch
        {
            (2, 4) => "height",
            (3, 4) => "width",
            (2, 3) => "length",
            _ => "axis " + axis.ToString(CultureInfo.InvariantCulture),
        };
        extents[text] = new PlannedExtent(Schedule.NameOf(node), name, extent, minimum);
    }
}
