using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Layers;
using Xunit;

namespace Dsl.Generator.Tests.Golden;

/// <summary>The interpreter, the derivatives and the rewrites against values of another framework.</summary>
public partial class GoldenTests
{
    private static readonly Dictionary<string, Func<Value, Value>> Activations = new()
    {
        ["relu"] = static x => x.Apply("relu"),
        ["leaky_relu_0.01"] = static x => Positive(x).Select(x, x * 0.01),
        ["elu"] = static x => Positive(x).Select(x, x.Apply("min", x.Constant(0)).Apply("expm1")),
        ["elu_plus_1"] = static x => Positive(x).Select(x + 1, x.Apply("min", x.Constant(0)).Apply("exp")),
        ["gelu_erf"] = static x => x * 0.5 * ((x * Math.Sqrt(0.5)).Apply("erf") + 1),
        ["gelu_tanh"] = static x => x * 0.5 * (((x + (x * x * x * 0.044715)) * Math.Sqrt(2 / Math.PI)).Apply("tanh") + 1),
        ["silu"] = static x => x * x.Apply("sigmoid"),
        ["sigmoid"] = static x => x.Apply("sigmoid"),
        ["tanh"] = static x => x.Apply("tanh"),
        ["softplus"] = static x => x.Apply("softplus"),
        ["relu_squared"] = static x => x.Apply("relu").Apply("square"),
        ["laplace"] = static x => (((x + -Math.Sqrt(0.5)) * Math.Sqrt(2 * Math.PI)).Apply("erf") + 1) * 0.5,
        ["hardswish"] = static x => x * (x + 3).Apply("relu").Apply("min", x.Constant(6)) * (1.0 / 6),
        ["softsign"] = static x => x / (x.Apply("abs") + 1),
        ["log_sigmoid"] = static x => -(-x).Apply("softplus"),
        ["exp_neg_exp"] = static x => (-x.Apply("min", x.Constant(5)).Apply("exp")).Apply("exp"),
    };

    public static TheoryData<string> ActivationNames => [.. Activations.Keys];

    [SkippableTheory]
    [MemberData(nameof(ActivationNames))]
    public void Activation(string name)
    {
        GoldenCase c = GoldenCase.Load("act_" + name);
        c.Check(Graph(g => ("y", Activations[name](new Value(g, P(g, c, "x"))))));
    }

    [SkippableFact]
    public void PRelu()
    {
        GoldenCase c = GoldenCase.Load("act_prelu_nchw");
        c.Check(Graph(g =>
        {
            var x = new Value(g, P(g, c, "x"));
            var slope = new Value(g, g.Broadcast(P(g, c, "a"), x.Node.Shape, [1]));
            return ("y", Positive(x).Select(x, slope * x));
        }));
    }

    [SkippableFact]
    public void Glu()
    {
        // Halves are picked by contraction with a unit vector: there is no slice yet.
        GoldenCase c = GoldenCase.Load("act_glu");
        Graph graph = Graph(g =>
        {
            Node halves = g.Reshape(P(g, c, "x"), [4, 2, 5]);
            Node a = g.Contract("bij,i->bj", halves, g.Input("first", DType.Float, 2));
            Node b = g.Contract("bij,i->bj", halves, g.Input("second", DType.Float, 2));
            return ("y", g.Pointwise("mul", a, g.Pointwise("sigmoid", b)));
        });
        c.Check(graph, true, ("first", new NdArray([1, 0], 2)), ("second", new NdArray([0, 1], 2)));
    }

    [SkippableFact]
    public void Linear()
    {
        GoldenCase c = GoldenCase.Load("linear_bias");
        c.Check(Graph(g =>
        {
            Node y = g.Contract("bk,ok->bo", P(g, c, "x"), P(g, c, "w"));
            return ("y", g.Pointwise("add", y, g.Broadcast(P(g, c, "b"), y.Shape, [1])));
        }));
    }

    [SkippableFact]
    public void Sigmoid_perceptron_with_cross_entropy()
    {
        GoldenCase c = GoldenCase.Load("perceptron_sigmoid_bce");
        c.Check(Graph(g =>
        {
            var t = new Value(g, g.Input("t", DType.Float, 9));
            var z = new Value(g, g.Pointwise("add", g.Contract("bk,k->b", P(g, c, "x"), P(g, c, "w")), P(g, c, "b")));
            Value losses = z.Apply("relu") - (z * t) + (-z.Apply("abs")).Apply("exp").Apply("log1p");
            return ("loss", g.Mean(losses, 0));
        }));
    }

    [SkippableFact]
    public void Cross_entropy_of_logits_with_positive_weights()
    {
        GoldenCase c = GoldenCase.Load("bce_logits");
        c.Check(Graph(g =>
        {
            var z = new Value(g, P(g, c, "z"));
            var t = new Value(g, g.Input("t", DType.Float, 6, 3));
            var weight = new Value(g, g.Broadcast(g.Input("pw", DType.Float, 3), z.Node.Shape, [1]));
            Value losses = (z * (1 - t)) + ((((weight + -1) * t) + 1) * (-z).Apply("softplus"));
            return ("loss", g.Mean(losses, 0, 1));
        }));
    }

    [SkippableTheory]
    [InlineData("softmax_ce", "9, 7", "9")]
    [InlineData("softmax_ce_pixel", "2, 4, 3, 5", "2, 3, 5")]
    public void CrossEntropy(string name, string logits, string labels) => GoldenCase.Load(name).Check(Lowered(f =>
    {
        int z = f.Input("z", logits);
        f.Call("CrossEntropy", ("logits", z), ("labels", f.Labels("t", labels)));
    }));

    [SkippableTheory]
    [InlineData("softmax_ce_extreme", false)]
    [InlineData("softmax_ce_ignore", true)]
    public void CrossEntropy_by_sample(string name, bool mean)
    {
        GoldenCase c = GoldenCase.Load(name);

        // A session refuses labels that are no classes unless the loss ignores them; the layer tests have that.
        bool kernels = name != "softmax_ce_ignore";
        c.Check(Graph(g =>
        {
            // A label that is no class has no row in the one-hot, so its sample counts for nothing.
            Node z = P(g, c, "z");
            Node hot = g.Add(new OneHotOp(z.Shape[1].Constant), g.Input("t", DType.Int, z.Shape[0]));
            var counts = new Value(g, g.Sum(hot, 1));
            var chosen = new Value(g, g.Sum(g.Pointwise("select", hot, z, g.Constant(0)), 1));
            Value losses = counts * (new Value(g, g.Add(new LogSumExpOp(1), z)) - chosen);
            return ("loss", mean ? g.Pointwise("div", g.SumAll(losses), g.SumAll(counts)) : losses);
        }), kernels);
    }

    [SkippableFact]
    public void MeanSquaredError() => GoldenCase.Load("mse").Check(Lowered(f =>
    {
        int x = f.Input("x", "5, 4");
        f.Call("MeanSquaredError", ("x", x), ("target", f.Input("t", "5, 4")));
    }));

    [SkippableFact]
    public void LogSumExp()
    {
        GoldenCase c = GoldenCase.Load("logsumexp");
        c.Check(Graph(g => ("y", g.Add(new LogSumExpOp(1), P(g, c, "x")))));
    }

    [SkippableFact]
    public void CumSum()
    {
        GoldenCase c = GoldenCase.Load("cumsum");
        c.Check(Graph(g => ("y", g.Add(new CumSumOp(c.Int("axis"), false, false), P(g, c, "x")))));
    }

    [SkippableFact]
    public void Batched_product()
    {
        GoldenCase c = GoldenCase.Load("matmul_batched");
        c.Check(Graph(g => ("y", g.Contract("abij,abjk->abik", P(g, c, "a"), P(g, c, "b")))));
    }

    private static Value Positive(Value x) => x.Constant(0).Apply("less", x);

    private static Node P(Graph graph, GoldenCase c, string name) => graph.Parameter(name, c["in." + name].Shape);

    private static Graph Graph(Func<Graph, (string Output, Node Node)> build)
    {
        var graph = new Graph();
        var (output, node) = build(graph);
        graph.Output(output, node);
        return GraphVerifier.Verify(graph, "building");
    }

    /// <summary>Lowers a function and makes its inputs x and z parameters, so that they have gradients.</summary>
    private static Graph Lowered(Action<FunctionSource> write)
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource().Function("Forward", null, write).Build());
        Assert.Empty(model.Problems);
        return AsParameters(model);
    }

    /// <summary>The graph of <c>Forward</c> with inputs as parameters, and a layer's weight and bias called w and
    /// b.</summary>
    private static Graph AsParameters(LoweredModel model, string weight = "", string bias = "")
    {
        var graph = new Graph();
        var copies = new List<Node>();
        foreach (Node node in model.Forward!.Nodes)
        {
            copies.Add(node.Op switch
            {
                InputOp { Tensor: "x" or "z" or "v" } input =>
                    graph.Parameter(input.Tensor, input.Dims.Map(static d => d.Constant)),
                ParameterOp p when p.Parameter == weight => graph.Parameter("w", [.. p.Dims]),
                ParameterOp p when p.Parameter == bias => graph.Parameter("b", [.. p.Dims]),
                _ => graph.Add(node.Op, node.Inputs.Map(i => copies[i.Id])),
            });
        }

        Node result = copies[model.Forward.Outputs[0].Node.Id];
        graph.Output(result.Rank == 0 ? "loss" : "y", result);
        return graph;
    }
}
