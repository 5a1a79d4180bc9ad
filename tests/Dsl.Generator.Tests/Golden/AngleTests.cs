extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Layers;
using Dsl.Tests;
using Xunit;
using Xunit.Abstractions;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Golden;

/// <summary>Sine and cosine of the angles of rotary embeddings in compiled floats, near and far.</summary>
public class AngleTests(ITestOutputHelper output)
{
    private const int Positions = 1000;
    private const double Allowed = 2e-7;

    [Theory]
    [InlineData(0, 64, 10000)]
    [InlineData(99_500, 64, 10000)]
    [InlineData(99_500, 3, 10000)]
    [InlineData(99_500, 1, 2)]
    [InlineData(1_000_000, 64, 500000)]
    [InlineData((1 << 24) - Positions, 100, 1.5)]
    [InlineData((1 << 24) - Positions, 8, 1)]
    public void Sine_and_cosine_of_compiled_angles_are_as_good_as_near_zero(int from, int pairs, double angleBase)
    {
        Size[] dims = [Positions, pairs];
        var forward = new Graph();
        Node angle = forward.Add(new AngleOp(dims.ToEquatable(), angleBase, from));
        Node weight = forward.Parameter("w");
        foreach (string row in new[] { "sin", "cos" })
        {
            forward.Output(row, forward.Pointwise("mul", forward.Pointwise(row, angle), weight));
        }

        var loss = new Graph();
        loss.Output("loss", loss.SumAll(loss.Append(forward)[forward.Outputs[0].Node.Id]));
        GoldenRun run = GoldenRun.Of(forward, loss);
        foreach (Device device in Devices())
        {
            var parameters = new Dictionary<string, NdArray> { ["w"] = NdArray.Scalar(1) };
            Dictionary<string, double[]> results = run.Run(device, new Dictionary<string, NdArray>(), parameters);
            double worst = 0;
            for (int i = 0; i < Positions * pairs; i++)
            {
                double exact = (from + (i / pairs)) * Math.Pow(angleBase, -(double)(i % pairs) / pairs);
                worst = Math.Max(worst, Math.Abs(results["sin"][i] - Math.Sin(exact)));
                worst = Math.Max(worst, Math.Abs(results["cos"][i] - Math.Cos(exact)));
            }

            output.WriteLine($"{device}: {worst:E2}");
            Assert.True(worst <= Allowed, $"{device}: {worst:E2}");
        }
    }

    /// <summary>A factor's error is that of an exponent, so it grows with the position.</summary>
    [Theory]
    [InlineData(0, false, 5e-7)]
    [InlineData(0, true, 5e-7)]
    [InlineData(30_000, true, 2e-5)]
    public void Compiled_factors_of_xpos_are_near_the_exact_ones(int from, bool inverse, double allowed)
    {
        const int Pairs = 32;
        const int Length = 512;
        var model = ModelLowering.Lower(new ModelSource().Function("Forward", null, f => f.Call(
            "XPos", f.Input("x", $"1, {Length}, {2 * Pairs}"), ("inverse", inverse), ("from", from))).Build());
        Assert.Empty(model.Problems);
        var forward = new Graph();
        var copies = new List<Node>();
        foreach (Node node in model.Forward!.Nodes)
        {
            copies.Add(node.Op is InputOp
                ? forward.Parameter("x", 1, Length, 2 * Pairs)
                : forward.Add(node.Op, node.Inputs.Map(i => copies[i.Id])));
        }

        forward.Output("y", copies[model.Forward.Outputs[0].Node.Id]);
        var loss = new Graph();
        loss.Output("loss", loss.SumAll(loss.Append(forward)[forward.Outputs[0].Node.Id]));
        NdArray x = NdArray.Zeros([1, Length, 2 * Pairs]);
        for (int i = 0; i < x.Data.Length; i += 2)
        {
            x.Data[i] = 1;
        }

        double[] y = GoldenRun.Of(forward, loss).Run(
            Device.Host(1), new Dictionary<string, NdArray>(), new Dictionary<string, NdArray> { ["x"] = x })["y"];
        double worst = 0;
        for (int i = 0; i < y.Length; i += 2)
        {
            int position = from + (i / (2 * Pairs));
            double pair = (double)(i % (2 * Pairs)) / (2 * Pairs);
            double angle = position * Math.Pow(10000, -pair);
            double factor = Math.Pow((pair + 0.4) / 1.4, (inverse ? -1 : 1) * position / 512.0);
            worst = Math.Max(worst, Math.Abs((y[i] / factor) - Math.Cos(angle)));
            worst = Math.Max(worst, Math.Abs((y[i + 1] / factor) - Math.Sin(angle)));
        }

        output.WriteLine($"{worst:E2}");
        Assert.True(worst <= allowed, $"{worst:E2}");
    }

    private static IEnumerable<Device> Devices() =>
        TestGpu.IsPresent
            ? [Device.Host(1), TestGpu.Device] : [Device.Host(1)];
}
