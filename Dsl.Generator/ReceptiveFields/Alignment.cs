using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Diagnostics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.ReceptiveFields;

/// <summary>Branches that meet without fitting, as diagnostics where they meet: rows and columns in one message when
/// they
/// differ alike.</summary>
internal static class Alignment
{
    /// <summary>The problems of a function.</summary>
    /// <param name="images">The fields in each of its images.</param>
    /// <param name="stepOf">The step that added a node.</param>
    public static IReadOnlyList<Problem> Problems(IReadOnlyList<ImageFields> images, Func<Node, LoweredStep?> stepOf) => (
        from fields in images
        let image = ((InputOp)fields.Image.Op).Tensor
        from found in fields.Misalignments
        let step = stepOf(found.Node)
        where step is not null
        group found by (image, step, found.First, found.Second, found.Offset) into alike
        select Problem(alike.Key.image, alike.Key.step, alike.First(), Axes(alike))).ToList();

    private static Problem Problem(string image, LoweredStep step, Misalignment found, string axes) =>
        found.First != found.Second
            ? new Problem(
                ProblemIds.StridesDiffer,
                step.Site,
                new[] { step.Target, axes, image, found.First.ToString(), found.Second.ToString() }.ToEquatable())
            : new Problem(
                ProblemIds.NotAligned,
                step.Site,
                new[] { step.Target, axes, image, found.Offset.ToString() }.ToEquatable());

    private static string Axes(IEnumerable<Misalignment> alike)
    {
        var axes = alike.Select(static m => m.Axis).Distinct().ToList();
        return axes.Count == 2 ? "rows and columns" : axes[0] == ImageFields.RowAxis ? "rows" : "columns";
    }
}
