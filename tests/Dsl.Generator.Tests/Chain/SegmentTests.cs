extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Ops;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Chain.Cases;
using Dsl.Generator.Tests.Graphs;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A packed row means what each of its sequences means alone.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class SegmentTests
{
    private const int Width = 24;

    /// <summary>Sequences of a row: their numbers and lengths. They begin at multiples of 9, as parts of a pattern do.</summary>
    private static readonly (int Number, int Length)[] s_sequences = [(1, 27), (0, 9), (2, 34)];

    public static TheoryData<string> Layers => [.. AttentionCases.Segmented, .. DeltaCases.Segmented];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_packed_row_equals_its_sequences(string layer)
    {
        CompiledCase compiled = CompiledCase.Of(layer + " in segments");
        LoweredModel model = compiled.Lowered;
        int given = Given(compiled);
        var data = new CaseData(compiled, $"b=1 n={Positions}", 31);
        data.Inputs["segments"] = new NdArray(Numbers.Select(static n => (double)n).ToArray(), [1, Positions]);
        Dictionary<string, int> sizes = new() { ["b"] = 1, ["n"] = Positions };
        double[] packed = GraphInterpreter.Evaluate(model.Forward!, data.Inputs, data.Parameters, sizes)["Forward"].Data;
        var gradients = Gradients(model.Train!, data.Inputs, data.Parameters, sizes);
        var expected = gradients.ToDictionary(static g => g.Key, static g => new double[g.Value.Length]);
        foreach (var (start, length) in Parts)
        {
            var inputs = data.Inputs.ToDictionary(static i => i.Key, i => Part(i.Value, start, length));
            Dictionary<string, int> own = new() { ["b"] = 1, ["n"] = length };
            double[] alone = GraphInterpreter.Evaluate(model.Forward!, inputs, data.Parameters, own)["Forward"].Data;
            Close(alone, packed[(start * given)..((start + length) * given)], 1e-9, $"{layer} from {start}");

            // The loss is a mean over positions.
            foreach (var (name, gradient) in Gradients(model.Train!, inputs, data.Parameters, own))
            {
                for (int i = 0; i < gradient.Length; i++)
                {
                    expected[name][i] += gradient[i] * length / Positions;
                }
            }
        }

        foreach (var (name, gradient) in gradients)
        {
            Close(expected[name], gradient, 1e-9, $"{layer}, {name}");
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_packed_row_equals_its_sequences_as_compiled(string layer)
    {
        CompiledCase compiled = CompiledCase.Of(layer + " in segments");
        int given = Given(compiled);
        var model = compiled.NewModel();
        model.Parameters.Initialize(3);
        using var session = model.NewSession(new SessionOptions
        {
            Device = Device.Host(2), Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["n"] = Positions },
        });
        var random = new Random(7);
        float[] x = [.. Enumerable.Range(0, Positions * Width).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        double[] packed = Run(0, Positions);
        foreach (var (start, length) in Parts)
        {
            Close(
                Run(start, length), packed[(start * given)..((start + length) * given)], 1e-5, $"{layer} from {start}");
        }

        double[] Run(int start, int length)
        {
            session.Begin(EntryPoint.Forward, ("b", 1), ("n", length));
            session.Write(0, x.AsSpan(start * Width, length * Width));
            session.Write(1, Numbers.AsSpan(start, length));
            session.Run();
            float[] result = new float[length * given];
            session.Read(0, result);
            return [.. result.Select(static v => (double)v)];
        }
    }

    /// <summary>Channels of the result.</summary>
    private static int Given(CompiledCase compiled) => compiled.Lowered.Forward!.Outputs[0].Node.Shape[2].Constant;

    private static int Positions => s_sequences.Sum(static s => s.Length);

    private static int[] Numbers => [.. s_sequences.SelectMany(static s => Enumerable.Repeat(s.Number, s.Length))];

    private static IEnumerable<(int Start, int Length)> Parts =>
        s_sequences.Select(static (s, i) => (s_sequences.Take(i).Sum(static e => e.Length), s.Length));

    private static Dictionary<string, double[]> Gradients(
        Graph train, Dictionary<string, NdArray> inputs, Dictionary<string, NdArray> parameters, Dictionary<string, int> sizes) =>
        GraphInterpreter.Evaluate(Differentiator.Differentiate(train), inputs, parameters, sizes, (1, 2))
            .ToDictionary(static r => r.Key, static r => r.Value.Data);

    private static NdArray Part(NdArray row, int start, int length)
    {
        int inner = row.Data.Length / row.Shape[1];
        int[] shape = [.. row.Shape];
        shape[1] = length;
        return new NdArray(row.Data[(start * inner)..((start + length) * inner)], shape);
    }

    private static void Close(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.True(expected.Length == actual.Length, what);
        double scale = expected.Select(Math.Abs).DefaultIfEmpty(0).Max() + 1e-6;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * scale,
                $"{what}: element {i} is {actual[i]}, alone {expected[i]}");
        }
    }
}
