using System;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Scheduling;
using Dsl.Generator.Specs;
using Dsl.Generator.Stepping;
using Dsl.Generator.Tests.Harness;
using Dsl.Kernels;
using Xunit;

namespace Dsl.Generator.Tests.Graphs;

/// <summary>The second mode of causal models; <c>Models.Tests</c> compares what both compute.</summary>
public class StepperTests
{
    [Fact]
    public void What_mixes_positions_gets_a_memory_and_everything_else_one_position()
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, "b", "n", 8);
        Node heads = graph.Reshape(x, ["b", "n", 2, 4]);
        Node scan = graph.Reshape(graph.Add(new OuterScanOp(Intra.Inclusive, false, 64), heads, heads, heads), x.Shape);
        Node sum = graph.Add(new CumSumOp(1, false, false), x);
        Node attention = graph.Add(
            new AttendOp(new AttentionRule(AttentionScore.Softmax, 2, 2, 1) { Causal = true }), x, x, x);
        graph.Output("y", graph.Pointwise("add", graph.Pointwise("add", scan, sum), attention));

        Graph step = Stepper.Step(graph, "n");

        Type[] expected = [typeof(ProductsSoFarOp), typeof(RowsSoFarOp), typeof(SumSoFarOp)];
        Assert.Equal(
            expected.Select(static t => t.Name),
            step.Nodes.Where(static n => n.Op is MemoryOp).Select(static n => n.Op.GetType().Name).Distinct().Order());
        Assert.Equal("b, 1, 8", step.Outputs[0].Node.Shape.Text());
        Node rows = step.Nodes.First(static n => n.Op is RowsSoFarOp);
        Assert.Equal("b, n, 8", rows.Shape.Text());
        Assert.Contains(step.Nodes, static n => n.Op is SliceOp slice && slice.Extent.ToString() == Stepper.Seen);
    }

    [Theory]
    [InlineData(0, "n", "softmax heads=2 segments from=seen-1")]
    [InlineData(5, "5", "softmax heads=2 causal segments from=seen-1")]
    public void A_window_becomes_a_ring(int window, string rows, string rule)
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, "b", "n", 8);
        Node ids = graph.Input("ids", DType.Int, "b", "n");
        var causal = new AttentionRule(AttentionScore.Softmax, 2, 2, 1) { Causal = true, Window = window, Segments = true };
        graph.Output("y", graph.Add(new AttendOp(causal), x, x, x, ids));

        Graph step = Stepper.Step(graph, "n");

        string[] expected = [$"b, {rows}, 8", $"b, {rows}, 8", $"b, {rows}"];
        Assert.Equal(expected, step.Nodes.Where(static n => n.Op is RowsSoFarOp).Select(static n => n.Shape.Text()));
        string attributes = step.Nodes.Single(static n => n.Op is AttendOp).Op.Attributes;
        Assert.Equal(rule, attributes.Replace(" - ", "-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shift_becomes_what_was_there_before()
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, "b", "n", 8);
        graph.Output("y", Lowering.PositionFunctions.Shift(graph, x, 3));

        Graph step = Stepper.Step(graph, "n");

        Assert.Single(step.Nodes, static n => n.Op is BeforeOp);
        Assert.Equal("b, 1, 8", step.Outputs[0].Node.Shape.Text());
    }

    [Theory]
    [InlineData("mean", "'sum': it cannot take positions one by one")]
    [InlineData("attention", "only causal attention")]
    [InlineData("window", "only causal attention")]
    [InlineData("dense bias", "without biases by position")]
    [InlineData("bias of inputs", "a bias of attention that depends on inputs")]
    [InlineData("reversed", "from the end")]
    [InlineData("product", "it sums over all positions")]
    [InlineData("order", "one more position may change the order of all")]
    public void What_looks_ahead_is_refused(string what, string expected)
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, "b", "n", 8);
        var rule = new AttentionRule(AttentionScore.Softmax, 2, 2, 1);
        graph.Output("y", what switch
        {
            "mean" => graph.Sum(x, 1),
            "attention" => graph.Add(new AttendOp(rule), x, x, x),
            "window" => graph.Add(new AttendOp(rule with { Window = 4 }), x, x, x),
            "dense bias" => graph.Add(
                new AttendOp(rule with { Causal = true, Bias = AttentionBias.Dense }), x, x, x,
                graph.Fill(1, ["n", "n"])),
            "bias of inputs" => graph.Add(
                new AttendOp(rule with { Causal = true, Window = 4, Bias = AttentionBias.Relative }), x, x, x,
                graph.Input("bias", DType.Float, "2*n-1")),
            "order" => graph.Add(new OrderOp(4), graph.Sum(x, 2)),
            "reversed" => graph.Add(new CumSumOp(1, false, true), x),
            _ => graph.Contract("bnc,bnd->bcd", x, x),
        });

        var error = Assert.Throws<UnsupportedException>(() => Stepper.Step(graph, "n"));

        Assert.Contains(expected, $"'{error.Where}': {error.What}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_keeps_the_wish_for_steps()
    {
        ModelSpec spec = ModelSource.Of(
            TestModels.DigitNet.Replace("[Model(", "[Model(Steps = \"b\", ", StringComparison.Ordinal));
        Assert.Equal("b", spec.Steps);
        Assert.Equal(spec, SpecReader.ParseModel(SpecText.Print(spec)));
    }
}
