using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Chain.Cases;
using Dsl.Generator.Tests.Graphs;
using Dsl.Generator.Tests.Harness;
using Xunit;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A padded batch means what each of its sequences means alone.</summary>
public sealed class LengthTests
{
    private const double Tolerance = 1e-9;

    private static readonly int[] s_lengths = [70, 1, 33, 52];

    public static TheoryData<string> Names => [.. LengthCases.Alone.Select(static c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_padded_batch_equals_its_sequences(string name)
    {
        ChainCase chain = ChainCases.Find(name);
        LoweredModel padded = CompiledCase.Of(chain).Lowered;
        LoweredModel whole = CompiledCase.Lower(chain with
        {
            Name = name + ", whole", Body = chain.Body.Replace(LengthCases.Attribute, "", StringComparison.Ordinal),
        });
        const int Seed = 31;
        var data = new CaseData(CompiledCase.Of(chain), chain.Runs[0], Seed);
        var sizes = ChainCase.SizesOf(chain.Runs[0]);
        int[] lengths = [.. s_lengths.Select(l => Math.Max(1, Math.Min(l, sizes["n"])))];
        data.Inputs["lengths"] = new NdArray(lengths.Map(static l => (double)l), [lengths.Length]);
        Garble(data, lengths, sizes["n"]);
        string what = $"{name}, seed {Seed}";

        NdArray results = GraphInterpreter.Evaluate(padded.Forward!, data.Inputs, data.Parameters, sizes)["Forward"];
        var training = Steps(padded.Train!, data.Inputs, data.Parameters, sizes);
        var expected = new Dictionary<string, double[]>();
        double weights = 0;
        for (int sample = 0; sample < lengths.Length; sample++)
        {
            var own = new Dictionary<string, int> { ["b"] = 1, ["n"] = lengths[sample] };
            var inputs = data.Inputs.ToDictionary(static i => i.Key, i => Own(i.Value, sample, lengths[sample], sizes["n"]));
            NdArray alone = GraphInterpreter.Evaluate(whole.Forward!, inputs, data.Parameters, own)["Forward"];
            NdArray there = Own(results, sample, lengths[sample], sizes["n"]);
            Close(alone.Data, there.Data, $"{what}, sequence {sample}");

            // A mean over positions counts those that are there.
            double weight = padded.Forward!.Outputs[0].Node.Shape.Any(static d => d.Mentions("n")) ? lengths[sample] : 1;
            weights += weight;
            foreach (var (value, gradient) in Steps(whole.Train!, inputs, data.Parameters, own))
            {
                double[] sum = expected.TryGetValue(value, out double[]? known) ? known : expected[value] = new double[gradient.Data.Length];
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += weight * gradient.Data[i];
                }
            }
        }

        foreach (var (value, gradient) in training)
        {
            Close(expected[value].Map(g => g / weights), gradient.Data, $"{what}, {value}");
        }
    }

    [Fact]
    public void Batch_statistics_see_the_positions_that_are_there()
    {
        ChainCase chain = ChainCases.Find("lengths of batch norm");
        var data = new CaseData(CompiledCase.Of(chain), "b=3 n=9", 5);
        int[] lengths = [9, 2, 4];
        data.Inputs["lengths"] = new NdArray(lengths.Map(static l => (double)l), [3]);
        Garble(data, lengths, 9);
        var padded = Steps(
            CompiledCase.Of(chain).Lowered.Train!, data.Inputs, data.Parameters, new() { ["b"] = 3, ["n"] = 9 });
        var joined = new Dictionary<string, NdArray>(data.Inputs)
        {
            ["x"] = new NdArray(
                [.. lengths.SelectMany((l, i) => Own(data.Inputs["x"], i, l, 9).Data)], [1, lengths.Sum(), 24]),
            ["lengths"] = new NdArray([lengths.Sum()], [1]),
        };
        var whole = Steps(
            CompiledCase.Of(chain).Lowered.Train!, joined, data.Parameters, new() { ["b"] = 1, ["n"] = lengths.Sum() });
        Assert.Contains(whole.Keys, static k => k.EndsWith(RegionOutputs.Next, StringComparison.Ordinal));
        foreach (var (value, expected) in whole)
        {
            Close(expected.Data, padded[value].Data, value);
        }
    }

    [Fact]
    public void Padding_of_results_is_zero()
    {
        ChainCase chain = ChainCases.Find("lengths of layer norm");
        var data = new CaseData(CompiledCase.Of(chain), "b=2 n=5", 5);
        data.Inputs["lengths"] = new NdArray([3, 5], [2]);
        NdArray result = GraphInterpreter.Evaluate(
            CompiledCase.Of(chain).Lowered.Forward!, data.Inputs, data.Parameters, new Dictionary<string, int> { ["b"] = 2, ["n"] = 5 })["Forward"];
        Assert.All(result.Data[(3 * 24)..(5 * 24)], static v => Assert.Equal(0, v));
        Assert.All(result.Data[..(3 * 24)], static v => Assert.NotEqual(0, v));
    }

    private static Dictionary<string, NdArray> Steps(
        Graph train, Dictionary<string, NdArray> inputs, Dictionary<string, NdArray> parameters, Dictionary<string, int> sizes) =>
        GraphInterpreter.Evaluate(Differentiator.Differentiate(train), inputs, parameters, sizes, (1, 2))
            .ToDictionary(static r => r.Key, static r => r.Value);

    /// <summary>Padding is anything: not a number where floats are, a class where ints are.</summary>
    private static void Garble(CaseData data, int[] lengths, int positions)
    {
        foreach (NdArray x in data.Inputs.Values.Where(x => x.Shape.Skip(1).Contains(positions)))
        {
            int axis = Array.IndexOf(x.Shape, positions, 1);
            int inner = x.Shape.Skip(axis + 1).Aggregate(1, static (a, b) => a * b);
            bool ints = x.Shape.Length == 2;
            for (int i = 0; i < x.Data.Length; i++)
            {
                int sample = i / (x.Data.Length / x.Shape[0]);
                x.Data[i] = i / inner % positions < lengths[sample] ? x.Data[i] : ints ? 0 : double.NaN;
            }
        }
    }

    /// <summary>One sample, without its padding.</summary>
    private static NdArray Own(NdArray batch, int sample, int length, int positions)
    {
        int[] shape = [.. batch.Shape];
        int axis = shape.Length > 1 ? Array.IndexOf(shape, positions, 1) : -1;
        double[] values = batch.Data[(sample * (batch.Data.Length / shape[0]))..((sample + 1) * (batch.Data.Length / shape[0]))];
        shape[0] = 1;
        if (axis > 0)
        {
            int inner = shape.Skip(axis + 1).Aggregate(1, static (a, b) => a * b);
            values = [.. values.Where((_, i) => i / inner % positions < length)];
            shape[axis] = length;
        }

        return new NdArray(values, shape);
    }

    private static void Close(double[] expected, double[] actual, string what)
    {
        Assert.True(expected.Length == actual.Length, what);
        double scale = expected.Select(Math.Abs).DefaultIfEmpty(0).Max() + 1e-6;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= Tolerance * scale, $"{what}: element {i} is {actual[i]}, alone {expected[i]}");
        }
    }
}
