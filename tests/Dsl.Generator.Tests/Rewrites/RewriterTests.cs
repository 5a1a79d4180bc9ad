using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Tests.Graphs;
using Xunit;

namespace Dsl.Generator.Tests.Rewrites;

public class RewriterTests
{
    private static readonly Dictionary<string, int> NoSizes = [];
    private static readonly Dictionary<string, NdArray> NoInputs = [];

    /// <summary>The same graphs every time, unless DSL_SEED says otherwise; a failure names its seed.</summary>
    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("DSL_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 1;

    public static TheoryData<string> Rules => [.. RewriteCases.All.Select(static c => c.Rule)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_applies_and_keeps_the_value(string name)
    {
        var (_, build, expected) = RewriteCases.All.Single(c => c.Rule == name);
        var graph = new Graph();
        graph.Output("y", build(graph, graph.Parameter("p", 2, 3), graph.Parameter("q", 2, 3), graph.Parameter("v", 3)));

        Graph alone = Rewriter.Simplify(graph, [.. Rewriter.Rules.Where(r => r.Name == name)]);
        Graph simple = Rewriter.Simplify(graph);
        Node y = simple.Outputs[0].Node;
        string text = GraphPrinter.Print(y);

        Assert.Equal(expected, y.Op is ParameterOp ? y.ToString() : text[(text.IndexOf('=', StringComparison.Ordinal) + 2)..]);
        SameValues(graph, simple, name);
        SameValues(graph, alone, name);
        Assert.NotEqual(graph.Pruned().ToString(), alone.ToString());
    }

    [Fact]
    public void Every_rule_has_a_case_and_a_name_of_its_own()
    {
        Assert.Equal(Rewriter.Rules.Select(static r => r.Name).Order(), RewriteCases.All.Select(static c => c.Rule).Order());
        Assert.Equal(Rewriter.Rules.Count, Rewriter.Rules.Select(static r => r.Name).Distinct().Count());
    }

    [Fact]
    public void Simplification_keeps_the_values_of_random_graphs()
    {
        int seed = Seed;
        for (int i = 0; i < 300; i++)
        {
            Graph graph = new RandomGraphs(seed + i).Next(12);
            try
            {
                Graph simple = Rewriter.Simplify(graph);
                SameValues(graph, simple, "random graph");
                Assert.Equal(simple.ToString(), Rewriter.Simplify(simple).ToString());
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed + i}: {e}\n{graph}");
            }
        }
    }

    [Fact]
    public void Random_graphs_meet_the_rules_that_move_work()
    {
        var met = new HashSet<string>();
        RewriteRule[] rules = [.. Rewriter.Rules.Select(rule => rule with
        {
            Apply = site =>
            {
                Node? result = rule.Apply(site);
                _ = result is not null && met.Add(rule.Name);
                return result;
            },
        })];
        for (int i = 0; i < 300; i++)
        {
            Rewriter.Simplify(new RandomGraphs(Seed + i).Next(12), rules);
        }

        string[] expected =
        [
            "contract absorbs reshape",
            "contract absorbs the reshape of its result",
            "sum of broadcast",
            "transpose of broadcast",
            "broadcast of broadcast",
            "reduction of reduction",
            "pointwise of broadcasts",
            "(x * constant) * constant",
            "x + -y",
        ];
        Assert.Empty(expected.Except(met));
    }

    [Fact]
    public void Gradients_of_random_graphs_do_not_depend_on_simplification()
    {
        int seed = Seed;
        for (int i = 0; i < 100; i++)
        {
            Graph graph = new RandomGraphs(seed + i).Next(10);
            var loss = new Graph();
            Node y = loss.Append(graph)[graph.Outputs[0].Node.Id];
            loss.Output("loss", loss.SumAll(loss.Pointwise("mul", y, y)));
            try
            {
                Graph plain = Autodiff.Differentiator.Differentiate(loss);
                SameValues(plain, Rewriter.Simplify(plain), "gradients");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed + i}: {e}\n{loss}");
            }
        }
    }

    [Fact]
    public void Equal_subexpressions_are_shared_and_the_first_label_stays()
    {
        var graph = new Graph();
        Node p = graph.Parameter("p", 2);
        Node first = graph.Add(new PointwiseOp("exp"), "first", p);
        Node second = graph.Add(new PointwiseOp("exp"), "second", p);
        graph.Output("y", graph.Pointwise("mul", first, second));

        Assert.Equal(
            """
            %0 p = parameter[p] : 2
            %1 first = exp(%0) : 2
            %2 = mul(%1, %1) : 2
            y = %2

            """,
            Rewriter.Simplify(graph).ToString());
    }

    [Fact]
    public void Dead_nodes_go_but_the_signature_stays()
    {
        var graph = new Graph();
        Node unused = graph.Input("unused", DType.Float, 2);
        graph.Pointwise("exp", unused);
        graph.Output("y", graph.Parameter("p", 2));

        Assert.Equal(["input", "parameter"], Rewriter.Simplify(graph).Nodes.Select(static n => n.Op.Name));
    }

    [Fact]
    public void A_reshape_of_a_parameter_stays_on_it()
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, "b", 2, 3);
        Node w = graph.Parameter("w", 4, 6);
        graph.Output("y", graph.Contract("bk,ok->bo", graph.Reshape(x, ["b", 6]), w));

        Assert.Equal(
            """
            %0 x = input[x] : b, 2, 3
            %1 w = parameter[w] : 4, 6
            %2 = reshape(%1) : 4, 2, 3
            %3 = contract[bcy,ocy->bo](%0, %2) : b, 4
            y = %3

            """,
            Rewriter.Simplify(graph).ToString());
    }

    [Fact]
    public void A_reshape_that_splits_an_axis_is_not_absorbed()
    {
        var graph = new Graph();
        Node x = graph.Input("x", DType.Float, "b", 6);
        graph.Output("y", graph.Contract("bik,ok->bio", graph.Reshape(x, ["b", 2, 3]), graph.Parameter("w", 4, 3)));

        Assert.Contains("reshape(%0) : b, 2, 3", Rewriter.Simplify(graph).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verification_names_the_stage_and_what_is_wrong()
    {
        var graph = new Graph();
        graph.Parameter("p", 2);
        graph.Add(new ParameterOp("p", new([3])), "again");

        string message = Assert.Throws<InvalidOperationException>(() => GraphVerifier.Verify(graph, "lowering")).Message;
        Assert.Contains("after lowering", message, StringComparison.Ordinal);
        Assert.Contains("two parameters are called 'p'", message, StringComparison.Ordinal);
        Assert.Contains("there is no output", message, StringComparison.Ordinal);
    }

    private static void SameValues(Graph expected, Graph actual, string what)
    {
        Evaluation.ShapesAreInferred(actual, what);
        Dictionary<string, NdArray> parameters = Evaluation.Values(expected.Parameters, new Random(3), NoSizes);
        var before = GraphInterpreter.Evaluate(expected, NoInputs, parameters, NoSizes);
        var after = GraphInterpreter.Evaluate(actual, NoInputs, parameters, NoSizes);
        Assert.Equal(before.Keys, after.Keys);
        foreach (var (name, value) in before)
        {
            Evaluation.Same(value, after[name], 1e-11, $"{what} {name}");
        }
    }
}
