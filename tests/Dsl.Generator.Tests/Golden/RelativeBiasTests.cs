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
using Dsl.Kernels;
using Dsl.Tests;
using Xunit;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Golden;

/// <summary>Biases by relative position: from a table, for any number of positions, and back to the table.</summary>
public class RelativeBiasTests
{
    private const int Heads = 3;
    private static readonly int[] s_lengths = [1, 2, 9, 200];

    [Theory]
    [InlineData(32, 128, true)]
    [InlineData(32, 128, false)]
    [InlineData(6, 7, false)]
    [InlineData(2, 2, true)]
    public void Compiled_and_interpreted_biases_are_rows_of_the_table(int count, int maxDistance, bool causal)
    {
        var buckets = new RelativeBucket(count, maxDistance, causal);
        var forward = new Graph();
        forward.Output("y", RelativeBias.Of(forward, forward.Parameter("w", count, Heads), "n", buckets));

        // A size belongs to an input.
        forward.Output("t", forward.Sum(forward.Add(new DiffersOp(0), forward.Input("tokens", DType.Int, "n")), 0));
        var loss = new Graph();
        Node[] copies = loss.Append(forward);
        Node y = copies[forward.Outputs[0].Node.Id];
        Node cotangent = loss.Input("cot.y", DType.Float, [.. y.Shape]);
        loss.Output("loss", loss.Pointwise(
            "add", loss.SumAll(loss.Pointwise("mul", y, cotangent)), copies[forward.Outputs[1].Node.Id]));
        GoldenRun run = GoldenRun.Of(forward, loss);

        int seed = Environment.TickCount;
        var random = new Random(seed);
        NdArray table = Evaluation.Random(random, [count, Heads], -1, 1);
        foreach (int n in s_lengths)
        {
            int offsets = (2 * n) - 1;
            NdArray given = Evaluation.Random(random, [Heads, offsets], -1, 1);
            var expected = new double[Heads * offsets];
            var gradient = new double[count * Heads];
            for (int i = 0; i < expected.Length; i++)
            {
                int row = (buckets.Of((i % offsets) - n + 1) * Heads) + (i / offsets);
                expected[i] = table.Data[row];
                gradient[row] += given.Data[i];
            }

            var parameters = new Dictionary<string, NdArray> { ["w"] = table };
            var inputs = new Dictionary<string, NdArray> { ["cot.y"] = given, ["tokens"] = NdArray.Zeros([n]) };
            var interpreted = GraphInterpreter.Evaluate(
                Differentiator.Differentiate(loss), inputs, parameters, new Dictionary<string, int> { ["n"] = n });
            string what = $"{buckets}, n = {n}, seed {seed}";
            Near(gradient, interpreted["w" + Differentiator.GradientSuffix].Data, 1e-12, what);
            foreach (Device device in Devices())
            {
                Dictionary<string, double[]> results = run.Run(device, inputs, parameters, ("n", n));
                Near(expected, results["y"], 1e-7, $"{what} on {device}");
                Near(gradient, results["w" + Differentiator.GradientSuffix], 1e-4, $"gradient, {what} on {device}");
            }
        }
    }

    [Theory]
    [InlineData(1, 128, true)]
    [InlineData(5, 128, false)]
    [InlineData(2, 128, false)]
    [InlineData(32, 16, true)]
    [InlineData(32, 8, false)]
    public void Buckets_that_cannot_be_are_refused(int count, int maxDistance, bool causal) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RelativeBucket(count, maxDistance, causal));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Buckets_never_shrink_with_the_distance_and_all_are_used(bool causal)
    {
        var buckets = new RelativeBucket(32, 128, causal);
        int[] before = [.. Enumerable.Range(0, 200).Select(d => buckets.Of(-d))];

        Assert.Equal(before.Order(), before);
        Assert.Equal(Enumerable.Range(0, buckets.OneWay), before.Distinct());
        Assert.Equal(buckets.OneWay - 1, before[128]);
        Assert.Equal(causal ? 0 : 31, buckets.Of(128));
    }

    private static IEnumerable<Device> Devices() =>
        TestGpu.IsPresent
            ? [Device.Host(1), Device.Host(3), TestGpu.Device] : [Device.Host(1), Device.Host(3)];

    private static void Near(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
        }
    }
}
