extern alias runtime;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Golden;
using Dsl.Generator.Tests.Layers;
using runtime::Dsl;
using Xunit;
using Checkpoint = runtime::Dsl.Checkpoints.Checkpoint;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using Graph = Dsl.Generator.Graphs.Graph;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Losses of distances between embeddings: rows without a direction, and centres that follow a batch.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class MetricLossTests
{
    private const int Samples = 12;
    private const int Classes = 5;

    private static ChainCase Model { get; } = new("a model with centres", $$"""
        [Perceptron(4)] private partial Tensor A(Tensor x);
        [CenterLoss({{Classes}})] private partial Tensor Center(Tensor x, IntTensor label);
        public Tensor Forward([Shape("b", 6)] Tensor x) => A(x);
        public Tensor Loss([Shape("b", 6)] Tensor x, [Shape("b")] IntTensor label) => Center(Forward(x), label);
        """);

    /// <summary>The first pair is equal and of one class, the second equal and of two, the third apart.</summary>
    [Fact]
    public void Equal_pairs_have_no_gradient()
    {
        var values = Run(
            "Contrastive", ("a", [1, 2, 0, 0, 1, 0]), ("b", [1, 2, 0, 0, 0, 0]), ("same", [1, 0, 1]));
        Assert.Equal((1 + 1) / 6.0, values["loss"][0], 1e-6);
        Same([0, 0, 0, 0, 1 / 3.0, 0], values["a.Gradient"]);
        Same([0, 0, 0, 0, -1 / 3.0, 0], values["b.Gradient"]);
    }

    /// <summary>A zero anchor is as far from both; a zero positive is 1 away from the anchor; all zeros.</summary>
    [Fact]
    public void Rows_of_zeros_have_no_gradient()
    {
        var values = Run(
            "Triplet", ("anchor", [0, 0, 2, 0, 0, 0]), ("positive", [1, 0, 0, 0, 0, 0]), ("negative", [0, 3, 0, 4, 0, 0]));

        // 0.2, and 1 - 2 + 0.2 below 0, and 0.2.
        Assert.Equal(0.4 / 3, values["loss"][0], 1e-6);
        Assert.Equal([0, 0], values["anchor.Gradient"][..2]);
        Assert.All(
            new[] { "anchor", "positive", "negative" }.SelectMany(n => values[n + ".Gradient"]),
            static v => Assert.True(Math.Abs(v) < 10));
        Assert.Equal([0, 0], values["positive.Gradient"][2..4]);
        Assert.Equal([0, 0], values["negative.Gradient"][4..]);
    }

    /// <summary>Embeddings stand still, centres go to them: the loss of every step is less than that of the one before.</summary>
    [Theory]
    [InlineData(0f)]
    [InlineData(0.02f)]
    public void The_loss_falls_as_centres_move(float rate)
    {
        IModel model = CompiledCase.Of(Model).NewModel();
        model.Parameters.Initialize(3);
        float[] losses = Train(model, rate, 15);
        Assert.All(losses.Zip(losses.Skip(1)), static p => Assert.True(p.Second < p.First, $"{p.Second} after {p.First}"));
        if (rate > 0)
        {
            Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[^1]} after {losses[0]}");
        }
    }

    [Fact]
    public void A_step_moves_centers_of_the_batch_alone()
    {
        IModel model = CompiledCase.Of(Model).NewModel();
        IModel eager = CompiledCase.Of(Model).NewModel();
        foreach (IModel each in new[] { model, eager })
        {
            each.Parameters.Initialize(3);
            each.Parameters["Center.Centers"].CopyFrom([.. Enumerable.Range(0, Classes * 4).Select(static i => i / 10f)]);
        }

        float loss = Train(model, 0f, 1)[0];
        using (TrainingMode.Enter(seed: 0))
        {
            Assert.Equal(Loss(eager), loss, 1e-5);
        }

        float[] moved = model.Parameters["Center.Centers"].ToTensor().ToArray();
        Assert.All(
            eager.Parameters["Center.Centers"].ToTensor().ToArray().Zip(moved),
            static p => Assert.Equal(p.First, p.Second, 1e-5));

        // The last class has no sample.
        Assert.Equal([1.6f, 1.7f, 1.8f, 1.9f], moved[16..]);
        Assert.NotEqual(0.1f, moved[1]);
    }

    [Fact]
    public void Centers_are_states_that_checkpoints_have()
    {
        IModel model = CompiledCase.Of(Model).NewModel();
        Parameter centers = model.Parameters["Center.Centers"];
        Assert.False(centers.Learns);
        Assert.Equal([Classes, 4], centers.Shape);
        Assert.All(centers.ToTensor().ToArray(), static v => Assert.Equal(0f, v));
        Train(model, 0.02f, 3);
        string path = Path.GetTempFileName();
        try
        {
            Checkpoint.Save(path, model.Parameters);
            IModel other = CompiledCase.Of(Model).NewModel();
            Checkpoint.Load(path, other.Parameters);
            Assert.Equal(centers.ToTensor().ToArray(), other.Parameters["Center.Centers"].ToTensor().ToArray());
            Assert.Contains(centers.ToTensor().ToArray(), static v => v != 0);
            Assert.Equal(Loss(model), Loss(other));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float Loss(IModel model) =>
        ((Tensor)model.GetType().GetMethod("Loss")!.Invoke(model, [X, Labels])!).Scalar;

    private static Tensor X => new(
        [.. Enumerable.Range(0, Samples * 6).Select(static i => (i * 37 % 101 / 50f) - 1)], Samples, 6);

    private static IntTensor Labels => new([.. Enumerable.Range(0, Samples).Select(static i => i * 7 % (Classes - 1))], Samples);

    private static float[] Train(IModel model, float rate, int steps)
    {
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new Sizes { ["b"] = Samples }, Optimizer = new Sgd(rate),
        });
        return [.. Enumerable.Range(0, steps).Select(_ =>
        {
            // What the generated Train does.
            session.Begin(EntryPoint.Train);
            session.Write(0, X.Values);
            session.Write(1, Labels.Values);
            session.Run();
            return (float)typeof(ModelSession).GetMethod("Learn", BindingFlags.Instance | BindingFlags.NonPublic)!
                .Invoke(session, BindingFlags.DoNotWrapExceptions, null, null, null)!;
        })];
    }

    /// <summary>A function of three rows of two, compiled: the loss and all gradients, which the interpreter agrees with.</summary>
    private static Dictionary<string, double[]> Run(string function, params (string Name, double[] Values)[] operands)
    {
        var inputs = operands.ToDictionary(
            static o => o.Name, static o => o.Values.Length == 3 ? new NdArray(o.Values, 3) : new NdArray(o.Values, 3, 2));
        LoweredModel model = ModelLowering.Lower(new ModelSource().Function("Forward", null, f => f.Call(
            function, [.. operands.Select(o => (o.Name, f.Input(o.Name, o.Values.Length == 3 ? "3" : "3, 2")))])).Build());
        Assert.Empty(model.Problems);
        var graph = new Graph();
        var copies = new List<Node>();
        foreach (Node node in model.Forward!.Nodes)
        {
            copies.Add(node.Op is InputOp input ? graph.Parameter(input.Tensor, input.Dims.Map(static d => d.Constant))
                : graph.Add(node.Op, node.Inputs.Map(i => copies[i.Id])));
        }

        graph.Output("loss", copies[model.Forward.Outputs[0].Node.Id]);
        var none = new Dictionary<string, NdArray>();
        Dictionary<string, double[]> actual = GoldenRun.Of(graph, graph).Run(Device.Host(1), none, inputs);
        foreach (var (name, value) in GraphInterpreter.Evaluate(
            Differentiator.Differentiate(graph), none, inputs, new Dictionary<string, int>()))
        {
            Same(value.Data, actual[name]);
        }

        return actual;
    }

    private static void Same(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-6));
}
