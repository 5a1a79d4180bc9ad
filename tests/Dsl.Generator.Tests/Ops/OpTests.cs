using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Tests.Graphs;
using Xunit;

namespace Dsl.Generator.Tests.Ops;

public class OpTests
{
    private static readonly Dictionary<string, int> NoSizes = [];

    public static TheoryData<string> Cases => [.. OpCases.All.Select(static c => c.Name)];

    public static TheoryData<string> MacroCases => [.. OpCases.Macros().Select(static c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_match_central_differences(string name)
    {
        OpCase c = OpCases.All.Single(c => c.Name == name);
        var random = new Random(7);
        Graph graph = Weighted(OpCases.GraphOf(c));
        Dictionary<string, NdArray> inputs = Evaluation.Values(graph.Inputs, random, NoSizes);

        Evaluation.CheckGradients(graph, inputs, OpCases.Arguments(c, random), NoSizes, name);
    }

    [Theory]
    [MemberData(nameof(MacroCases))]
    public void Macros_equal_their_expansions(string name)
    {
        OpCase c = OpCases.Macros().Single(c => c.Name == name);
        Graph macro = OpCases.GraphOf(c);
        Graph expanded = Expand(macro);
        var arguments = OpCases.Arguments(c, new Random(7));

        Assert.DoesNotContain(expanded.Nodes, static n => n.Op is MacroOp);
        Evaluation.Same(
            GraphInterpreter.Evaluate(macro, NoArrays, arguments, NoSizes)["y"],
            GraphInterpreter.Evaluate(expanded, NoArrays, arguments, NoSizes)["y"],
            1e-13,
            name);
    }

    [Fact]
    public void Every_op_has_a_case()
    {
        var covered = OpCases.All.SelectMany(static c => OpCases.GraphOf(c).Nodes).Select(static n => n.Op.GetType()).ToHashSet();
        Type[] leaves = [typeof(InputOp), typeof(SizeOp), typeof(OneHotOp), typeof(DiffersOp), typeof(FloatsOp), typeof(RandomOp)];
        var missing = typeof(Op).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract && !covered.Contains(t))
            .Except(leaves)

            // Parts of a gradient, with none of their own.
            .Except([
                typeof(AttendLogSumOp), typeof(AttendGradientOp), typeof(MarginLogSumOp), typeof(MarginChoiceOp),
                typeof(MarginLossGradientOp),
                typeof(DiagonalScanSumsOp), typeof(SelectiveScanGradientOp), typeof(LongConvolutionTapsOp),
                typeof(LowRankGradientOp), typeof(DeltaScanGradientOp),
            ])

            // Their results depend on earlier runs; Models.Tests compares whole sequences.
            .Where(static t => !t.IsSubclassOf(typeof(MemoryOp)))
            .Select(static t => t.Name);

        Assert.Empty(missing);
    }

    [Fact]
    public void Max_and_min_give_ties_to_the_first_operand_and_relu_is_flat_at_zero()
    {
        foreach (var (row, expected) in new[] { ("max", new[] { 1.0, 0 }), ("min", new[] { 1.0, 0 }), ("relu", new[] { 0.0 }) })
        {
            var graph = new Graph();
            Node[] operands = [.. expected.Select((_, i) => graph.Parameter($"p{i}"))];
            graph.Output("y", graph.Pointwise(row, operands));
            var zeros = operands.ToDictionary(static o => o.Label, static _ => NdArray.Scalar(0));
            var results = GraphInterpreter.Evaluate(Autodiff.Differentiator.Differentiate(graph), NoArrays, zeros, NoSizes);

            Assert.Equal(expected, operands.Select(o => results[o.Label + ".Gradient"].Data[0]));
        }
    }

    [Fact]
    public void One_hot_is_zero_outside_its_classes()
    {
        var graph = new Graph();
        graph.Output("y", graph.Add(new OneHotOp(2), graph.Input("x", DType.Int, 4)));
        var x = new Dictionary<string, NdArray> { ["x"] = new([-1, 0, 1, 2], 4) };

        Assert.Equal([0, 0, 1, 0, 0, 1, 0, 0], GraphInterpreter.Evaluate(graph, x, NoArrays, NoSizes)["y"].Data);
    }

    [Fact]
    public void Differs_is_zero_at_its_number_alone()
    {
        var graph = new Graph();
        graph.Output("y", graph.Add(new DiffersOp(1), graph.Input("x", DType.Int, 4)));
        var x = new Dictionary<string, NdArray> { ["x"] = new([-1, 0, 1, 2], 4) };

        Assert.Equal([1, 1, 0, 1], GraphInterpreter.Evaluate(graph, x, NoArrays, NoSizes)["y"].Data);
    }

    [Theory]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(2.5, 0.9995930479825550)]
    [InlineData(-3.5, -0.9999992569016276)]
    [InlineData(7, 1)]
    public void Erf_is_exact_to_rounding(double x, double expected) => Assert.Equal(expected, ScalarFunctions.Erf(x), 1e-15);

    [Fact]
    public void Shape_errors_say_what_is_expected()
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, 2, 3);
        Node labels = graph.Input("labels", DType.Int, 2);

        Assert.Contains("'k' differs", Message(() => graph.Contract("bk,ok->bo", x, graph.Transpose(x, 1, 0))), StringComparison.Ordinal);
        Assert.Contains("numbers of elements differ", Message(() => graph.Reshape(x, [5])), StringComparison.Ordinal);
        Assert.Contains("holds ints", Message(() => graph.Pointwise("exp", labels)), StringComparison.Ordinal);
        Assert.Contains("expects rank 4", Message(() => graph.Add(new MaxPoolOp(OpCases.Windows[0]), x)), StringComparison.Ordinal);
    }

    private static Dictionary<string, NdArray> NoArrays { get; } = [];

    private static string Message(Action build) => Assert.Throws<ShapeException>(build).Message;

    /// <summary>Makes a scalar of the output: its inner product with an input <c>cotangent</c>.</summary>
    private static Graph Weighted(Graph source)
    {
        var graph = new Graph();
        Node y = graph.Append(source)[source.Outputs[0].Node.Id];
        Node cotangent = graph.Input("cotangent", DType.Float, [.. y.Shape]);
        graph.Output("loss", graph.SumAll(graph.Pointwise("mul", y, cotangent)));
        return graph;
    }

    private static Graph Expand(Graph source)
    {
        var graph = new Graph();
        var copies = new Node[source.Nodes.Count];
        foreach (Node node in source.Nodes)
        {
            Node[] inputs = node.Inputs.Map(i => copies[i.Id]);
            copies[node.Id] = node.Op is MacroOp macro ? macro.Expand(graph, inputs) : graph.Add(node.Op, node.Label, inputs);
        }

        graph.Output("y", copies[source.Outputs[0].Node.Id]);
        return GraphVerifier.Verify(graph, "expansion");
    }
}
