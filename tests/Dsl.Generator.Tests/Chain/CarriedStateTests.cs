extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Specs;
using Dsl.Generator.Tests.Chain.Cases;
using Xunit;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Two halves with the state carried equal the whole: results, the last state, and gradients.</summary>
public sealed class CarriedStateTests
{
    private const int Seed = 61;

    public static TheoryData<string, bool, int, int> Layers
    {
        get
        {
            var data = new TheoryData<string, bool, int, int>();
            foreach (string layer in CarriedCases.Layers.Keys)
            {
                data.Add(layer, false, 40, 9);
                data.Add(layer, false, 1, 2);
                if (layer != "RwkvChannelMix" && !CarriedCases.IsOfRows(layer))
                {
                    data.Add(layer, true, 20, 31);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Two_halves_equal_the_whole(string layer, bool segments, int n, int m)
    {
        LoweredModel parts = CompiledCase.Lower(CarriedCases.InParts(layer, segments));
        LoweredModel whole = CompiledCase.Lower(CarriedCases.Whole(layer, segments));
        CaseData data = Data(layer, segments, n, m);
        var sizes = new Dictionary<string, int> { ["b"] = 2, ["n"] = n, ["m"] = m };
        string what = $"{layer}, {n} and {m} positions, seed {Seed}";
        Agree(Results(whole.Forward!), Results(parts.Forward!), what);
        Agree(
            Results(Differentiator.Differentiate(whole.Train!)), Results(Differentiator.Differentiate(parts.Train!)), what);

        Dictionary<string, double[]> Results(Graph graph) =>
            GraphInterpreter.Evaluate(graph, data.Inputs, data.Parameters, sizes, (1, 2))
                .ToDictionary(static r => r.Key, static r => r.Value.Data);
    }

    /// <summary>Of both halves, and where there are segments, of the whole.</summary>
    private static CaseData Data(string layer, bool segments, int n, int m)
    {
        var data = new CaseData(CompiledCase.Of(CarriedCases.InParts(layer, segments)), $"b=2 n={n} m={m}", Seed);
        if (segments)
        {
            // The first segment of the second half goes on with the last of the first half.
            double[] numbers = [.. Enumerable.Range(0, 2 * (n + m)).Select(i =>
                i < n + m ? (double)(i < 13 ? 4 : i < 22 ? 7 : i < 40 ? 1 : i < 44 ? -1 : 1) : i - (n + m) < 30 ? 2 : 3)];
            data.Inputs["ofX"] = new NdArray([.. numbers[..n], .. numbers[(n + m)..(n + m + n)]], [2, n]);
            data.Inputs["ofY"] = new NdArray([.. numbers[n..(n + m)], .. numbers[(n + m + n)..]], [2, m]);
            data.Inputs["both"] = new NdArray(numbers, [2, n + m]);
        }

        return data;
    }

    /// <summary>Without a state, and with one of zeros, a layer begins anew.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void Zeros_are_no_state(string layer, bool segments, int n, int m)
    {
        ChainCase whole = CarriedCases.Whole(layer, segments);
        string body = whole.Body.Replace("S(state)", "S(state) * 0f", StringComparison.Ordinal);
        string alone = whole.Body.Replace(", S(state))", ")", StringComparison.Ordinal)
            .Replace(", Tensor state);", ");", StringComparison.Ordinal)
            .Replace("[Perceptron(" + CarriedCases.Layers[layer] + ")] private partial Tensor S(Tensor state);", "", StringComparison.Ordinal);
        LoweredModel zeros = CompiledCase.Lower(whole with { Name = whole.Name + " from zeros", Body = body });
        LoweredModel anew = CompiledCase.Lower(whole with { Name = whole.Name + " anew", Body = alone });
        CaseData data = Data(layer, segments, n, m);
        var sizes = new Dictionary<string, int> { ["b"] = 2, ["n"] = n, ["m"] = m };
        Agree(Results(anew), Results(zeros), $"{layer}, seed {Seed}");

        Dictionary<string, double[]> Results(LoweredModel model) =>
            GraphInterpreter.Evaluate(model.Forward!, data.Inputs, data.Parameters, sizes)
                .ToDictionary(static r => r.Key, static r => r.Value.Data);
    }

    public static TheoryData<string> WithLengths => [.. CarriedCases.Layers.Keys];

    /// <summary>Each sequence of a padded batch leaves the state that it leaves alone.</summary>
    [Theory]
    [MemberData(nameof(WithLengths))]
    public void Padding_does_not_reach_states(string layer)
    {
        const int Positions = 37;
        ChainCase chain = CarriedCases.Padded(layer);
        CompiledCase padded = CompiledCase.Of(chain);
        LoweredModel whole = CompiledCase.Lower(chain with
        {
            Name = chain.Name + ", whole", Body = chain.Body.Replace(LengthCases.Attribute, "", StringComparison.Ordinal),
        });
        var data = new CaseData(padded, chain.Runs[0], Seed);
        int[] lengths = [Positions, 1, 2, 20];
        data.Inputs["lengths"] = new NdArray(lengths.Map(static l => (double)l), [lengths.Length]);
        double[] x = data.Inputs["x"].Data;
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = i / CarriedCases.Width % Positions < lengths[i / (CarriedCases.Width * Positions)] ? x[i] : double.NaN;
        }

        NdArray state = data.Inputs["state"];
        int kept = state.Shape[1];
        var there = GraphInterpreter.Evaluate(
            padded.Lowered.Forward!, data.Inputs, data.Parameters, new Dictionary<string, int> { ["b"] = 4, ["n"] = Positions });
        for (int sample = 0; sample < lengths.Length; sample++)
        {
            var inputs = new Dictionary<string, NdArray>
            {
                ["x"] = new NdArray(Rows(x, CarriedCases.Width), [1, lengths[sample], CarriedCases.Width]),
                ["state"] = new NdArray(state.Data[(sample * kept)..((sample + 1) * kept)], [1, kept]),
                ["lengths"] = new NdArray([lengths[sample]], [1]),
            };
            var alone = GraphInterpreter.Evaluate(
                whole.Forward!, inputs, data.Parameters, new Dictionary<string, int> { ["b"] = 1, ["n"] = lengths[sample] });
            string[] names = [.. alone.Keys];
            var own = new Dictionary<string, double[]>
            {
                [names[0]] = Rows(there[names[0]].Data, there[names[0]].Shape[2]),
                [names[1]] = there[names[1]].Data[(sample * kept)..((sample + 1) * kept)],
            };
            Agree(alone.ToDictionary(static r => r.Key, static r => r.Value.Data), own, $"{layer}, sequence {sample}, seed {Seed}");

            double[] Rows(double[] all, int width) =>
                all[(sample * Positions * width)..(((sample * Positions) + lengths[sample]) * width)];
        }
    }

    /// <summary>What is trained on parts of sequences reads where the next part begins from the step itself.</summary>
    [Fact]
    public void A_loss_gives_the_state_too()
    {
        CompiledCase compiled = CompiledCase.Of(new ChainCase("loss with a state", """
            [Lru(10)] private partial (Tensor Result, Tensor State) A(Tensor x, Tensor state);
            public (Tensor Result, Tensor State) Forward([Shape("b", "n", 24)] Tensor x, [Shape("b", 20)] Tensor state) => A(x, state);
            public (Tensor Value, Tensor State) Loss([Shape("b", "n", 24)] Tensor x, [Shape("b", 20)] Tensor state)
            {
                (Tensor result, Tensor last) = A(x, state);
                return (Mean(Square(result)), last);
            }
            """));
        string surface = string.Concat(compiled.Files.Select(static f => f.SourceText.ToString()));
        foreach (string method in new[] { "float Train", "float Loss", "void Forward" })
        {
            string line = surface.Split('\n').Single(l => l.Contains($"public {method}(", StringComparison.Ordinal));
            Assert.Contains("global::System.Span<float> stateResult", line, StringComparison.Ordinal);
        }

        using var session = compiled.NewModel().NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = 2, ["n"] = 9 }, Optimizer = new runtime::Dsl.Sgd(0.1f),
        });
        var random = new Random(Seed);
        float[] x = [.. Enumerable.Range(0, 2 * 9 * 24).Select(_ => random.NextSingle() - 0.5f)];
        float[] state = [.. Enumerable.Range(0, 40).Select(_ => random.NextSingle() - 0.5f)];
        float[] expected = Last(EntryPoint.Forward);
        Assert.Contains(expected, static v => Math.Abs(v) > 0.01f);
        Assert.Equal(expected, Last(EntryPoint.Loss));
        Assert.Equal(expected, Last(EntryPoint.Train));

        float[] Last(EntryPoint entry)
        {
            session.Begin(entry, ("b", 2), ("n", 9));
            session.Write(0, x);
            session.Write(1, state);
            session.Run();
            float[] last = new float[40];
            session.Read(1, last);
            return last;
        }
    }

    private static void Agree(Dictionary<string, double[]> expected, Dictionary<string, double[]> actual, string what)
    {
        foreach (var (name, values) in actual)
        {
            double scale = expected[name].Select(Math.Abs).DefaultIfEmpty(0).Max() + 1e-6;
            Assert.True(expected[name].Length == values.Length, $"{what}, {name}");
            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(
                    Math.Abs(expected[name][i] - values[i]) <= 1e-9 * scale,
                    $"{what}, {name}: element {i} is {values[i]}, of the whole {expected[name][i]}");
            }
        }
    }
}
