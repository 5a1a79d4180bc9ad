extern alias runtime;
using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Generator.Autodiff;
using Dsl.Generator.Graphs;
using Dsl.Generator.Rewrites;
using Dsl.Generator.Tests.Graphs;
using Dsl.Generator.Tests.Harness;
using Xunit;
using Xunit.Abstractions;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using IModel = runtime::Dsl.IModel;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>A causal Performer of keys whose weights e^-|k|²/2√d are far below the smallest float, beside the formula in
/// doubles. The input is queries, keys and values as they are.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class LongKeyTests(ITestOutputHelper output)
{
    private const int Width = 64, Features = 128, Positions = 48, Half = 24, Channels = 3 * Width;

    private static readonly Dictionary<string, int> s_sizes = new() { ["b"] = 1, ["n"] = Positions };

    /// <summary>The largest error, of the largest result. |k̃|²/2 of a key of length 150 is 1406, of which a float's last bit
    /// is 1.2e-4.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Lengths of queries, of the first half of the keys and of the second one.</summary>
    public static TheoryData<int, int, int> Lengths => new()
    {
        { 8, 8, 8 }, { 8, 32, 32 }, { 8, 36, 36 }, { 8, 40, 40 }, { 8, 80, 80 }, { 8, 150, 150 },
        { 8, 8, 150 }, { 8, 150, 8 }, { 80, 80, 80 }, { 150, 150, 150 },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Keys_of_any_length_have_weights(int query, int first, int second)
    {
        CompiledCase compiled = Compiled(segmented: false);
        IModel model = Model(compiled);
        float[] x = Input(query, first, second);
        double[] expected = Expected(model, x, _ => 0);
        double[] results = GraphInterpreter.Evaluate(
            compiled.Lowered.Forward!, Inputs(x, null), Parameters(model), s_sizes)["Forward"].Data;
        (double inDoubles, _) = Error(expected, results);
        (float[] whole, float[] steps) = Run(model, x, null);
        (double error, int zeros) = Error(expected, whole);
        (double stepped, _) = Error(expected, steps);
        output.WriteLine(
            $"queries {query}, keys {first}, {second}: {error:e1} at once, {stepped:e1} step by step, {zeros} rows of zeros");
        Assert.Equal(0, zeros);
        Assert.InRange(inDoubles, 0, 1e-9);
        Assert.InRange(error, 0, Tolerance);
        Assert.InRange(stepped, 0, Tolerance);
    }

    [Theory]
    [InlineData(150, 8, Tolerance)]
    [InlineData(8, 150, Tolerance)]
    [InlineData(8, 300, 4 * Tolerance)]
    public void A_segment_does_not_see_how_long_the_keys_before_it_are(int first, int second, double tolerance)
    {
        CompiledCase compiled = Compiled(segmented: true);
        IModel model = Model(compiled);
        float[] x = Input(8, first, second);
        int[] segments = [.. Enumerable.Range(0, Positions).Select(static i => i < Half ? 0 : 1)];
        double[] expected = Expected(model, x, static t => t < Half ? 0 : Half);
        double[] results = GraphInterpreter.Evaluate(
            compiled.Lowered.Forward!, Inputs(x, segments), Parameters(model), s_sizes)["Forward"].Data;
        (float[] whole, float[] steps) = Run(model, x, segments);
        (double inDoubles, double error, double stepped) =
            (Error(expected, results).Of, Error(expected, whole).Of, Error(expected, steps).Of);
        output.WriteLine($"keys {first}, {second}: {error:e1} at once, {stepped:e1} step by step");
        Assert.InRange(inDoubles, 0, 1e-9);
        Assert.InRange(error, 0, tolerance);
        Assert.InRange(stepped, 0, tolerance);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(80)]
    public void Gradients_are_those_of_differences(int length)
    {
        CompiledCase compiled = Compiled(segmented: false);
        IModel model = Model(compiled);
        var parameters = Parameters(model);
        var inputs = Inputs(Input(8, length, length), null);
        var gradients = GraphInterpreter.Evaluate(
            Differentiator.Differentiate(compiled.Lowered.Train!), inputs, parameters, s_sizes, (1, 2));
        foreach (string name in new[] { "A.Query", "A.Key", "A.Value" })
        {
            double[] gradient = gradients[name + RegionOutputs.Gradient].Data;
            double largest = gradient.Max(Math.Abs);
            Assert.True(largest > 0);
            double[] values = parameters[name].Data;
            foreach (int at in Enumerable.Range(0, 4).Select(i => (i * 977) % values.Length)
                .Append(Array.FindIndex(gradient, g => Math.Abs(g) == largest)))
            {
                double difference = (Loss(at, 1e-6) - Loss(at, -1e-6)) / 2e-6;
                Assert.True(
                    Math.Abs(difference - gradient[at]) <= 1e-5 * largest, $"{name}[{at}]: {gradient[at]} for {difference}");
            }

            double Loss(int at, double by)
            {
                double before = values[at];
                values[at] += by;
                double loss = GraphInterpreter.Evaluate(compiled.Lowered.Loss!, inputs, parameters, s_sizes)["Loss"].Data[0];
                values[at] = before;
                return loss;
            }
        }
    }

    private static CompiledCase Compiled(bool segmented)
    {
        (string parameter, string argument) = segmented ? (", IntTensor segments", ", segments") : ("", "");
        string input = segmented ? ", [Shape(\"b\", \"n\")] IntTensor segments" : "";
        string body = $$"""
            [Performer(1, Width = {{Width}}, Features = {{Features}}, Causal = true)]
            private partial Tensor A(Tensor x{{parameter}});
            public Tensor Forward([Shape("b", "n", {{Channels}})] Tensor x{{input}}) => A(x{{argument}});
            public Tensor Loss([Shape("b", "n", {{Channels}})] Tensor x{{input}}) => Mean(Square(Forward(x{{argument}})));
            """;
        return CompiledCase.Of(new ChainCase(segmented ? "long keys in segments" : "long keys", body)
        {
            Sources = [TestModels.Class(body).Replace("[Model]", "[Model(Steps = \"n\")]", StringComparison.Ordinal)],
        });
    }

    /// <summary>Projections pick a third of the input each; the output is the mixed values and zeros.</summary>
    private static IModel Model(CompiledCase compiled)
    {
        IModel model = compiled.NewModel();
        model.Parameters.Initialize(3);
        foreach (var (name, third) in new[] { ("A.Query", 0), ("A.Key", 1), ("A.Value", 2), ("A.Output", 0) })
        {
            Span<float> weight = model.Parameters[name].Values;
            int columns = model.Parameters[name].Shape[1];
            for (int i = 0; i < weight.Length; i++)
            {
                weight[i] = i % columns == (i / columns) + (third * Width) ? 1 : 0;
            }
        }

        return model;
    }

    private static Dictionary<string, NdArray> Parameters(IModel model) => model.Parameters.ToDictionary(
        static p => p.Name,
        static p => new NdArray([.. p.ReadOnlyValues.ToArray().Select(static v => (double)v)], [.. p.Shape]));

    private static Dictionary<string, NdArray> Inputs(float[] x, int[]? segments)
    {
        Dictionary<string, NdArray> inputs = new()
        {
            ["x"] = new NdArray([.. x.Select(static v => (double)v)], [1, Positions, Channels]),
        };
        if (segments is not null)
        {
            inputs["segments"] = new NdArray([.. segments.Select(static v => (double)v)], [1, Positions]);
        }

        return inputs;
    }

    private static float[] Input(int query, int first, int second)
    {
        var random = new Random(5);
        var x = new float[Positions * Channels];
        for (int row = 0; row < 3 * Positions; row++)
        {
            Span<float> part = x.AsSpan(row * Width, Width);
            double squares = 0;
            for (int c = 0; c < Width; c++)
            {
                part[c] = (float)Normal(random);
                squares += part[c] * part[c];
            }

            double length = (row % 3) switch { 0 => query, 1 => row / 3 < Half ? first : second, _ => Math.Sqrt(squares) };
            for (int c = 0; c < Width; c++)
            {
                part[c] *= (float)(length / Math.Sqrt(squares));
            }
        }

        return x;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Σ_s Σ_m e^(w_m·q̃_t + w_m·k̃_s - |k̃_s|²/2) v_s over the same without v, in doubles: exponents of each row
    /// from its largest.</summary>
    private static double[] Expected(IModel model, float[] x, Func<int, int> firstOf)
    {
        float[] directions = model.Parameters["A.Directions"].ReadOnlyValues.ToArray();
        double scale = Math.Pow(Width, -0.25);
        double Along(int position, int third, int feature)
        {
            double sum = 0;
            for (int c = 0; c < Width; c++)
            {
                sum += scale * x[(position * Channels) + (third * Width) + c] * directions[(feature * Width) + c];
            }

            return sum;
        }

        double Exponent(int position, int feature)
        {
            ReadOnlySpan<float> key = x.AsSpan((position * Channels) + Width, Width);
            double squares = 0;
            foreach (float value in key)
            {
                squares += (double)value * value;
            }

            return Along(position, 1, feature) - (scale * scale * squares / 2);
        }

        double[][] Of(Func<int, int, double> exponent) =>
            [.. Enumerable.Range(0, Positions).Select(i => Enumerable.Range(0, Features).Select(m => exponent(i, m)).ToArray())];
        (double[][] queries, double[][] keys) = (Of((i, m) => Along(i, 0, m)), Of(Exponent));
        var result = new double[Positions * Channels];
        for (int t = 0; t < Positions; t++)
        {
            int first = firstOf(t);
            double[] exponents = [.. Enumerable.Range(first, t - first + 1)
                .SelectMany(s => Enumerable.Range(0, Features).Select(m => queries[t][m] + keys[s][m]))];
            double largest = exponents.Max();
            double total = exponents.Sum(e => Math.Exp(e - largest));
            for (int i = 0; i < exponents.Length; i++)
            {
                double weight = Math.Exp(exponents[i] - largest) / total;
                for (int c = 0; c < Width; c++)
                {
                    result[(t * Channels) + c] += weight * x[((first + (i / Features)) * Channels) + (2 * Width) + c];
                }
            }
        }

        return result;
    }

    private static (float[] Whole, float[] Steps) Run(IModel model, float[] x, int[]? segments)
    {
        using var session = model.NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["n"] = Positions },
        });
        (float[] whole, float[] steps) = (new float[x.Length], new float[x.Length]);
        session.Begin(EntryPoint.Forward, ("b", 1), ("n", Positions));
        session.Write(0, x);
        if (segments is not null)
        {
            session.Write(1, segments);
        }

        session.Run();
        session.Read(0, whole);
        for (int t = 0; t < Positions; t++)
        {
            session.Begin(EntryPoint.Step, ("b", 1));
            session.Write(0, x.AsSpan(t * Channels, Channels));
            if (segments is not null)
            {
                session.Write(1, segments.AsSpan(t, 1));
            }

            session.Run();
            session.Read(0, steps.AsSpan(t * Channels, Channels));
        }

        return (whole, steps);
    }

    private static (double Of, int Zeros) Error(double[] expected, float[] actual) =>
        Error(expected, [.. actual.Select(static v => (double)v)]);

    private static (double Of, int Zeros) Error(double[] expected, double[] actual)
    {
        double error = expected.Zip(actual, static (e, a) => Math.Abs(e - a)).Max();
        int zeros = Enumerable.Range(0, Positions).Count(t => actual.Skip(t * Channels).Take(Channels).All(static v => v == 0));
        return (error / expected.Max(Math.Abs), zeros);
    }
}
