using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;

namespace Dsl.Generator.Rewrites;

/// <summary>
/// A recurrence that is the same at all positions is a convolution with its response to an impulse (Gu et al. 2021,
/// arXiv:2111.00396, section 2.4): one response serves all samples, and transforms do the rest in n·log n for any number of states. Of
/// both forms the one is taken that a layer asks for, or that takes less time at the sizes of
/// <c>[Model(Example = …)]</c>.
/// </summary>
/// <remarks>Before anything is differentiated: then gradients are those of the form. The recurrent program of single positions has
/// no use for it.</remarks>
/// <param name="example">The sizes.</param>
/// <param name="isTrained">Whether gradients count, too.</param>
internal sealed class ScanForms(string example, bool isTrained)
{
    private readonly IReadOnlyDictionary<string, int> _sizes = ExampleText.Parse(example);
    private readonly List<string> _reasons = new();

    /// <summary>Of each recurrence that has both forms, which was taken and why.</summary>
    public IEnumerable<string> Reasons => _reasons.Distinct();

    /// <summary>The same computation in the chosen forms.</summary>
    public Graph Choose(Graph graph) => graph.Nodes.Any(static n => FormOf(n.Op) is not null)
        ? Rewriter.Simplify(graph, new[] { new RewriteRule("recurrence or convolution", Convolved) })
        : graph;

    /// <summary>What is printed behind the name of an op that has both forms.</summary>
    public static string Attributes(bool reverse, StateSpaceForm form) => string.Join(" ", new[]
    {
        reverse ? "reverse" : "", form == StateSpaceForm.Cheapest ? "" : form.ToString().ToLowerInvariant(),
    }.Where(static s => s.Length > 0));

    private static StateSpaceForm? FormOf(Op op) => op switch
    {
        DiagonalScanOp scan => scan.Form,
        LowRankScanOp scan => scan.Form,
        _ => null,
    };

    private Node? Convolved(RewriteSite site)
    {
        (Graph g, Node scan) = (site.Graph, site.Node);
        bool isLowRank = scan.Op is LowRankScanOp;
        if (FormOf(scan.Op) is not { } form || form == StateSpaceForm.Recurrence
            || !(form == StateSpaceForm.Convolution || Pays(scan, isLowRank)))
        {
            return null;
        }

        Node u = scan.Inputs[0];
        Node response = isLowRank ? g.Add(new LowRankResponseOp(u.Shape[1]), scan.Inputs[1]) : Response(g, scan);
        bool reverse = scan.Op is LowRankScanOp { Reverse: true } or DiagonalScanOp { Reverse: true };
        return g.Add(new LongConvolutionOp(reverse), u, response);
    }

    /// <summary>The scan of an impulse.</summary>
    private static Node Response(Graph g, Node scan)
    {
        (Size n, Size h) = (scan.Shape[1], scan.Shape[2]);
        Node position = g.Add(new IotaOp(new[] { 1, n, h }.ToEquatable(), 1));
        Node[] operands = scan.Inputs.ToArray();
        operands[0] = g.Pointwise("equal", position, g.Fill(0, position.Shape));
        return g.Reshape(g.Add(new DiagonalScanOp(false, StateSpaceForm.Recurrence), operands), new[] { n, h });
    }

    private bool Pays(Node scan, bool isLowRank)
    {
        Node u = scan.Inputs[0];
        string layer = LayerNames.Of(scan.Inputs[1]) ?? scan.Op.Name;
        bool isInterrupted = scan.Inputs.Length > (isLowRank ? 2 : 5);
        string[] unknown = u.Shape[0].Symbols.Concat(u.Shape[1].Symbols).Where(s => !_sizes.ContainsKey(s)).Distinct().ToArray();
        if (isInterrupted || unknown.Length > 0)
        {
            _reasons.Add($"{layer}: recurrence, " + (isInterrupted ? "which begins anew inside rows"
                : $"since [Model(Example = …)] does not say what {string.Join(" and ", unknown)} may be"));
            return false;
        }

        (long samples, long positions) = (ValueOf(u.Shape[0]), ValueOf(u.Shape[1]));
        var cost = new ScanCost(isLowRank, scan.Inputs[1].Shape.Last().Constant, samples, positions, isTrained);
        bool pays = cost.Convolution < cost.Recurrence;
        string costs = FormattableString.Invariant($"{cost.Recurrence / 1e3:0.0} us, by convolution {cost.Convolution / 1e3:0.0}");
        _reasons.Add($"{layer}: {(pays ? "convolution" : "recurrence")}, since {samples} x {positions} positions of a channel take {costs}");
        return pays;
    }

    private long ValueOf(Size size) => size.Evaluate(name => _sizes[name]);
}
