using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Harness;
using Xunit;

namespace Dsl.Generator.Tests.Graphs;

/// <summary>Gradients of inputs.</summary>
public class SensitivityTests
{
    [Fact]
    public void Gradients_of_inputs_match_central_differences()
    {
        var forward = new Graph();
        Node x = forward.Input("x", DType.Float, 2, 1, 6, 5);
        Node scale = forward.Input("weight", DType.Float, 2, 3, 3, 3);
        forward.Input("label", DType.Int, 2);
        forward.Input("unused", DType.Float, 4);
        Node features = forward.Add(
            new ConvolveOp(WindowGeometry.Square(3, 2, 1), 1), x, forward.Parameter("w", 3, 1, 3, 3));
        Node y = forward.Pointwise("tanh", forward.Pointwise("mul", features, scale));
        forward.Output("y", y);
        Graph graph = Differentiator.Sensitivity(forward);
        Assert.Equal(["x.Sensitivity", "weight.Sensitivity", "unused.Sensitivity"], graph.Outputs.Select(static o => o.Name));
        Assert.Equal("weights", ((InputOp)graph.Inputs[^1].Op).Tensor);

        var random = new Random(5);
        var sizes = new Dictionary<string, int>();
        var inputs = Evaluation.Values(graph.Inputs, random, sizes);
        var parameters = Evaluation.Values(graph.Parameters, random, sizes);
        var gradients = GraphInterpreter.Evaluate(graph, inputs, parameters, sizes);
        double Sum() => GraphInterpreter.Evaluate(forward, inputs, parameters, sizes)["y"].Data
            .Zip(inputs["weights"].Data, static (a, b) => a * b).Sum();
        foreach (string name in new[] { "x", "weight", "unused" })
        {
            double[] values = inputs[name].Data;
            for (int i = 0; i < values.Length; i++)
            {
                double at = values[i];
                values[i] = at + 1e-5;
                double up = Sum();
                values[i] = at - 1e-5;
                double down = Sum();
                values[i] = at;
                Assert.Equal((up - down) / 2e-5, gradients[name + Differentiator.SensitivitySuffix].Data[i], 1e-7);
            }
        }
    }

    [Fact]
    public void A_spec_keeps_the_wish_for_gradients_of_inputs()
    {
        ModelSpec spec = ModelSource.Of(TestModels.DigitNet.Replace("[Model(", "[Model(InputGradients = true, ", StringComparison.Ordinal));
        Assert.True(spec.InputGradients);
        Assert.Equal(spec, SpecReader.ParseModel(SpecText.Print(spec)));
    }
}
