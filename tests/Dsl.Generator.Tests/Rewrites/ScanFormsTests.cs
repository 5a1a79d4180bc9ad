using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Xunit;

namespace Dsl.Generator.Tests.Rewrites;

/// <summary>The choice between a recurrence and a convolution; chain cases compute both forms.</summary>
public class ScanFormsTests
{
    [Theory]
    [InlineData(false, "b=1, n=1024", false)]
    [InlineData(false, "b=8, n=1024", true)]
    [InlineData(false, "b=8", false)]
    [InlineData(false, "", false)]
    [InlineData(true, "b=1, n=1024", false)]
    [InlineData(true, "b=2, n=1024", true)]
    [InlineData(true, "n=1024", false)]
    public void The_cheaper_form_at_the_sizes_of_the_example_is_taken(bool isLowRank, string example, bool isConvolution)
    {
        var forms = new ScanForms(example, isTrained: true);
        Graph chosen = forms.Choose(Scan(isLowRank, StateSpaceForm.Cheapest, states: 32));

        Assert.Equal(isConvolution, chosen.Nodes.Any(static n => n.Op is LongConvolutionOp));
        Assert.StartsWith(isConvolution ? "Mix: convolution" : "Mix: recurrence", Assert.Single(forms.Reasons));
    }

    [Fact]
    public void Few_states_are_cheaper_one_by_one_than_any_transform() => Assert.DoesNotContain(
        new ScanForms("b=64, n=1024", isTrained: true).Choose(Scan(false, StateSpaceForm.Cheapest, states: 4)).Nodes,
        static n => n.Op is LongConvolutionOp);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_form_that_is_asked_for_needs_no_reason(bool isLowRank)
    {
        var forms = new ScanForms("b=8, n=1024", isTrained: true);

        Assert.Contains(
            forms.Choose(Scan(isLowRank, StateSpaceForm.Convolution, 2)).Nodes, static n => n.Op is LongConvolutionOp);
        Assert.DoesNotContain(
            forms.Choose(Scan(isLowRank, StateSpaceForm.Recurrence, 32)).Nodes, static n => n.Op is LongConvolutionOp);
        Assert.Empty(forms.Reasons);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_begins_anew_inside_rows_stays_a_recurrence(bool isLowRank)
    {
        var forms = new ScanForms("b=8, n=1024", isTrained: true);
        Graph chosen = forms.Choose(Scan(isLowRank, StateSpaceForm.Cheapest, states: 32, interrupted: true));

        Assert.DoesNotContain(chosen.Nodes, static n => n.Op is LongConvolutionOp);
        Assert.Equal("Mix: recurrence, which begins anew inside rows", Assert.Single(forms.Reasons));
    }

    private static Graph Scan(bool isLowRank, StateSpaceForm form, int states, bool interrupted = false)
    {
        var graph = new Graph();
        Node u = graph.Input("u", DType.Float, "b", "n", 4);
        Node[] modes = isLowRank ? [graph.Parameter("Mix.Modes", 10, 4, states)]
            : [.. Enumerable.Range(0, 4).Select(i => graph.Parameter($"Mix.Modes{i}", 4, states))];
        Node[] operands = [u, .. modes, .. interrupted ? new[] { graph.Input("goesOn", DType.Float, "b", "n") } : []];
        graph.Output("y", graph.Add(isLowRank ? new LowRankScanOp(false, form) : new DiagonalScanOp(false, form), operands));
        return graph;
    }
}
