using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Layers;
using Xunit;

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
