extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Graphs;
using Dsl.Generator.Tests.Layers;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Golden;

/// <summary>Layers that do something else in training, against values of another framework.</summary>
public class TrainingGoldenTests
{
    [SkippableFact]
    public void Batch_norm_in_training()
    {
        GoldenCase c = GoldenCase.Load("batchnorm2d_train");
        Graph train = Lowered("BatchNorm", c, ("Momentum", 0.1)).Train!;
        var graph = new Graph();
        Node[] copies = Replay(train, graph, node => node.Op switch
        {
            InputOp => Parameter(graph, c, "x"),
            ParameterOp { Parameter: "N.Gain" } => Parameter(graph, c, "g"),
            ParameterOp { Parameter: "N.Bias" } => Parameter(graph, c, "b"),
            ParameterOp { Parameter: "N.RunningMean" } => graph.Fill(0.1, node.Shape),
            ParameterOp => graph.Fill(0.9, node.Shape),
            _ => null,
        });

        // The loss is the sum of what the layer yields.
        graph.Output("y", copies[train.Outputs[0].Node.Inputs[0].Id]);
        foreach (var (state, output) in new[] { ("N.RunningMean", "running_mean"), ("N.RunningVariance", "running_var") })
        {
            graph.Output(output, copies[train.Outputs.Single(o => o.Name == state + RegionOutputs.Next).Node.Id]);
        }

        c.Check(graph);
    }

    [SkippableFact]
    public void Batch_norm_in_inference()
    {
        GoldenCase c = GoldenCase.Load("batchnorm2d_eval");
        Graph loss = Lowered("BatchNorm", c).Loss!;
        var graph = new Graph();
        Node[] copies = Replay(loss, graph, node => node.Op switch
        {
            InputOp => Parameter(graph, c, "x"),
            ParameterOp { Parameter: "N.Gain" } => Parameter(graph, c, "g"),
            ParameterOp { Parameter: "N.Bias" } => Parameter(graph, c, "b"),
            ParameterOp { Parameter: "N.RunningMean" } => graph.Input("rm", DType.Float, [.. node.Shape]),
            ParameterOp => graph.Input("rv", DType.Float, [.. node.Shape]),
            _ => null,
        });
        graph.Output("y", copies[loss.Outputs[0].Node.Inputs[0].Id]);
        c.Check(graph);
    }

    /// <summary>The random numbers replaced by a mask: 1 is kept whatever the rate, 0 is dropped.</summary>
    [SkippableFact]
    public void Dropout_with_a_given_mask()
    {
        GoldenCase c = GoldenCase.Load("dropout_with_mask");
        Graph train = Lowered("Dropout", c, ("rate", 0.3)).Train!;
        var graph = new Graph();
        Node[] copies = Replay(train, graph, node => node.Op switch
        {
            InputOp => Parameter(graph, c, "x"),
            RandomOp => graph.Input("m", DType.Float, [.. node.Shape]),
            _ => null,
        });
        graph.Output("y", copies[train.Outputs[0].Node.Inputs[0].Id]);
        c.Check(graph);
    }

    [SkippableFact]
    public void Center_loss()
    {
        GoldenCase c = GoldenCase.Load("center_loss");
        var graph = new Graph();
        (Node[] copies, Graph train) = Centers(c, graph, static (g, c) => Parameter(g, c, "x"));
        graph.Output("loss", copies[train.Outputs[0].Node.Id]);
        c.Check(graph);
    }

    /// <summary>The file has no gradient: what a step leaves of the centres has none.</summary>
    [SkippableFact]
    public void Center_update()
    {
        const string Moved = "c_new";
        GoldenCase c = GoldenCase.Load("center_update");
        var graph = new Graph();
        (Node[] copies, Graph train) = Centers(c, graph, static (g, c) => g.Input("x", DType.Float, c.Dims("aux.x")));
        graph.Output(Moved, copies[train.Outputs.Single(static o => o.Name == "N.Centers" + RegionOutputs.Next).Node.Id]);
        var inputs = new Dictionary<string, NdArray>
        {
            ["x"] = c["aux.x"], ["t"] = c["aux.t"], ["c"] = c["aux.c"], ["cot." + Moved] = c["aux.c"],
        };
        var none = new Dictionary<string, NdArray>();
        NdArray expected = c["out." + Moved];
        var values = GraphInterpreter.Evaluate(graph, inputs, none, new Dictionary<string, int>());
        Evaluation.Same(expected, values[Moved], 1e-9, Moved);

        var loss = new Graph();
        loss.Output("loss", loss.SumAll(loss.Append(graph)[graph.Outputs[0].Node.Id]));
        double[] actual = GoldenRun.Of(graph, loss).Run(Device.Host(1), inputs, none)[Moved];
        Assert.All(expected.Data.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-6));
    }

    /// <summary>A step of the layer of centres, with the file's centres c and labels t.</summary>
    private static (Node[] Copies, Graph Train) Centers(GoldenCase c, Graph graph, Func<Graph, GoldenCase, Node> embeddings)
    {
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("N", "CenterLoss", ("classes", c["aux.c"].Shape[0]))
            .Function("Loss", null, f => f.Add(
                StepKind.Layer, "N", "",
                [new OperandSpec("x", f.Input("x", "8, 6"), ""), new OperandSpec("t", f.Labels("t", "8"), "")]))
            .Build());
        Assert.Empty(model.Problems);
        return (Replay(model.Train!, graph, node => node.Op switch
        {
            InputOp { Type: DType.Int } => graph.Input("t", DType.Int, c.Dims("aux.t")),
            InputOp => embeddings(graph, c),
            ParameterOp => graph.Input("c", DType.Float, c.Dims("aux.c")),
            _ => null,
        }), model.Train!);
    }

    private static LoweredModel Lowered(string kind, GoldenCase c, params (string, object)[] arguments)
    {
        string dims = string.Join(", ", c["in.x"].Shape);
        LoweredModel model = ModelLowering.Lower(new ModelSource()
            .Layer("N", kind, arguments)
            .Function("Forward", null, f => f.Layer("N", f.Input("x", dims)))
            .Function("Loss", null, f => f.Call("Sum", f.Layer("N", f.Input("x", dims))))
            .Build());
        Assert.Empty(model.Problems);
        return model;
    }

    private static Node[] Replay(Graph source, Graph graph, Func<Node, Node?> replace)
    {
        var copies = new List<Node>();
        foreach (Node node in source.Nodes)
        {
            copies.Add(replace(node) ?? graph.Add(node.Op, [.. node.Inputs.Select(i => copies[i.Id])]));
        }

        return [.. copies];
    }

    private static Node Parameter(Graph graph, GoldenCase c, string name) => graph.Parameter(name, c["in." + name].Shape);
}
