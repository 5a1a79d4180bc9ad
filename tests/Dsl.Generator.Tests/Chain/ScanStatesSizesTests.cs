extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Golden;
using Dsl.Generator.Tests.Graphs;
using Dsl.Tests;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Chain;

/// <summary>All scans that take or give states in one program, of sizes that a run says, on the host and on a
/// GPU.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class ScanStatesSizesTests : IClassFixture<OpenGpu>
{
    private const int Channels = 19, States = 6;

    private static readonly Lazy<(GoldenRun Run, Graph Training)> s_program = new(Compile);

    public static TheoryData<int, int> Extents => new() { { 1, 1 }, { 2, 40 }, { 3, 32 }, { 2, 65 } };

    [Theory]
    [MemberData(nameof(Extents))]
    public void Sizes_may_be_those_of_a_run(int batch, int positions) => Check(Device.Host(2), batch, positions, 2e-5);

    [SkippableTheory]
    [MemberData(nameof(Extents))]
    public void So_they_may_on_a_gpu(int batch, int positions)
    {
        TestGpu.Require();
        Check(TestGpu.Device, batch, positions, 5e-5);
    }

    private static (GoldenRun Run, Graph Training) Compile()
    {
        var forward = new Graph();
        forward.Output("y", Forward(forward));
        var scored = new Graph();
        Node y = scored.Append(forward)[forward.Outputs[0].Node.Id];
        Node cotangent = scored.Input("cot.y", DType.Float, [.. y.Shape]);
        scored.Output("loss", scored.SumAll(scored.Pointwise("mul", y, cotangent)));
        Graph training = Differentiator.Differentiate(scored);
        training.Output("y", training.Append(forward)[forward.Outputs[0].Node.Id]);
        return (GoldenRun.Of(forward, scored), training);
    }

    /// <summary>Both kinds of states go around: the last ones give.</summary>
    private static Node Forward(Graph g)
    {
        Node u = g.Pointwise("tanh", g.Input("u", DType.Float, "b", "n", Channels));
        Node start = g.Input("z", DType.Float, "b", 2, Channels, States);
        Node goesOn = g.Pointwise("less", g.Constant(-0.9), g.Input("on", DType.Float, "b", "n"));
        Node modes = g.Pointwise("mul", g.Parameter("modes", 10, Channels, States), g.Constant(0.25));
        Node Pole(string name) => g.Pointwise("mul", g.Parameter(name, Channels, States), g.Constant(0.6));
        Node[] poles = [Pole("re"), Pole("im")];
        Node coupled = g.Add(new LowRankFinalStateOp(false), u, modes, start, goesOn);
        Node diagonal = g.Pointwise("add", start, g.Add(new DiagonalFinalStateOp(true), [u, .. poles, goesOn]));
        Node given = g.Pointwise(
            "add", g.Add(new LowRankZeroInputOp(true, "n"), coupled, modes, goesOn),
            g.Add(new DiagonalZeroInputOp(false, "n"), [diagonal, .. poles, goesOn]));

        // Once more, to samples of their own lengths: 1, 8, 15 … positions, but not more than there are.
        Node sample = g.Add(new IotaOp(new Size[] { "b" }.ToEquatable(), 0));
        Node own = g.Pointwise(
            "min", g.Pointwise("add", g.Pointwise("mul", sample, g.Constant(7)), g.Constant(1)),
            g.Fill(g.SizeValue("n"), new Size[] { "b" }));
        coupled = g.Add(new LowRankFinalStateOp(true, true), given, modes, coupled, goesOn, own);
        diagonal = g.Add(new DiagonalFinalStateOp(false, true), [given, .. poles, own]);
        return g.Pointwise(
            "add", g.Add(new LowRankZeroInputOp(false, "n", true), coupled, modes, own),
            g.Add(new DiagonalZeroInputOp(true, "n", true), [diagonal, .. poles, goesOn, own]));
    }

    private static void Check(Device device, int batch, int positions, double tolerance)
    {
        (GoldenRun run, Graph training) = s_program.Value;
        var random = new Random(batch + positions);
        var sizes = new Dictionary<string, int> { ["b"] = batch, ["n"] = positions };
        NdArray Some(Node node) =>
            Evaluation.Random(random, [.. node.Shape.Select(d => (int)d.Evaluate(name => sizes[name]))], -1, 1);
        var inputs = training.Inputs.DistinctBy(static i => ((InputOp)i.Op).Tensor)
            .ToDictionary(static i => ((InputOp)i.Op).Tensor, Some);
        var parameters = training.Parameters.DistinctBy(static p => ((ParameterOp)p.Op).Parameter)
            .ToDictionary(static p => ((ParameterOp)p.Op).Parameter, Some);
        var expected = GraphInterpreter.Evaluate(training, inputs, parameters, sizes);
        lock (run)
        {
            Dictionary<string, double[]> actual = run.Run(device, inputs, parameters, ("b", batch), ("n", positions));
            foreach (string name in parameters.Keys.Select(static p => p + Differentiator.GradientSuffix).Append("y"))
            {
                double scale = Math.Max(1, expected[name].Data.Max(Math.Abs));
                Assert.All(expected[name].Data.Zip(actual[name]), pair => Assert.True(
                    Math.Abs(pair.First - pair.Second) <= tolerance * scale, $"{name}: {pair}"));
            }
        }
    }
}
