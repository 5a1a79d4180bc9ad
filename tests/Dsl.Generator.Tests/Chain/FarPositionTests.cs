extern alias runtime;
using System;
using System.Linq;
using Dsl.Generator.Tests.Harness;
using Xunit;
using Xunit.Abstractions;
using Device = runtime::Dsl.Device;
using EntryPoint = runtime::Dsl.Sessions.EntryPoint;
using IModel = runtime::Dsl.IModel;
using ModelSession = runtime::Dsl.Sessions.ModelSession;
using SessionOptions = runtime::Dsl.Sessions.SessionOptions;

namespace Dsl.Generator.Tests.Chain;

/// <summary>Layers in linear time at position 100,000: step by step, at once, and in double.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class FarPositionTests(ITestOutputHelper output)
{
    private const int Width = 16, Positions = 100_100, From = 99_900;

    [Theory]
    [InlineData("LinearAttention(2, Causal = true)")]
    [InlineData("LinearAttention(2, Causal = true, FeatureMap = FeatureMap.Taylor)")]
    [InlineData("Performer(2, Causal = true)")]
    [InlineData("Flash(KeyWidth = 16, Chunk = 64, Causal = true)")]
    [InlineData("Attention(2, Causal = true, Window = 64, Rope = true)")]
    [InlineData("Attention(2, Causal = true, Window = 64, Rope = true, Buckets = 8, MaxDistance = 40)")]
    public void Steps_agree_with_all_positions_at_once(string layer)
    {
        (float[] whole, float[] steps, _, _) = Run($$"""
            [{{layer}}] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "n", 16)] Tensor x) => A(x);
            """, Random);
        float scale = whole.Max(MathF.Abs);
        float error = whole.Zip(steps, static (a, b) => MathF.Abs(a - b)).Max();
        output.WriteLine($"{layer}: {error / scale:e2} of {scale}");
        Assert.True(error <= 1e-5f * scale, $"{error / scale:e2} of {scale}");
    }

    [Theory]
    [InlineData("random")]
    [InlineData("alike")]
    public void Sums_of_all_positions_are_those_of_doubles(string inputs)
    {
        (float[] whole, float[] steps, float[] x, _) = Run("""
            public Tensor Forward([Shape("b", "n", 16)] Tensor x) => LinearAttend(x, x, x, 2, causal: true);
            """, inputs == "random" ? Random : Alike);
        double[] expected = Reference(x);
        double scale = expected.Max(Math.Abs);
        double atOnce = whole.Zip(expected, static (a, b) => Math.Abs(a - b)).Max() / scale;
        double stepped = steps.Zip(expected, static (a, b) => Math.Abs(a - b)).Max() / scale;
        double apart = whole.Zip(steps, static (a, b) => Math.Abs(a - b)).Max() / scale;
        output.WriteLine($"{inputs}: at once {atOnce:e2}, steps {stepped:e2}, apart {apart:e2}");
        Assert.True(apart <= 1e-5 && stepped <= 1e-5 && atOnce <= 1e-5, $"at once {atOnce:e2}, steps {stepped:e2}, apart {apart:e2}");
    }

    /// <summary>Sums that forget lose what sums of floats lose, most where all positions are alike.</summary>
    [Theory]
    [InlineData("random", 1e-5)]
    [InlineData("alike", 2e-3)]
    public void A_performer_is_near_to_one_in_doubles(string inputs, double tolerance)
    {
        (float[] whole, _, float[] x, IModel model) = Run("""
            [Performer(2, Causal = true)] private partial Tensor A(Tensor x);
            public Tensor Forward([Shape("b", "n", 16)] Tensor x) => A(x);
            """, inputs == "random" ? Random : Alike);
        float[] expected = runtime::Dsl.Eager.EagerLayers.Performer(
            new runtime::Dsl.Tensor(x, 1, Positions, Width), null, model.Parameters.Scope("A"),
            new runtime::Dsl.PerformerAttribute(2) { Causal = true }).ToArray()[(From * Width)..];
        float scale = expected.Max(MathF.Abs);
        float error = whole.Zip(expected, static (a, b) => MathF.Abs(a - b)).Max() / scale;
        output.WriteLine($"{inputs}: {error:e2} of {scale}");
        Assert.True(error <= tolerance, $"{error:e2}");
    }

    private static float Alike(Random random, int i) => 0.1f * ((i % 16) + 1) + (random.NextSingle() * 1e-3f);

    private static float Random(Random random, int i) => (2 * random.NextSingle()) - 1 + (0.1f * (i % 3));

    /// <summary>Linear attention of two heads in double (Katharopoulos et al. 2020, eq. 9 to 12), of the last positions.</summary>
    private static double[] Reference(float[] x)
    {
        const int Half = Width / 2;
        var state = new double[2, Half, Half];
        var sum = new double[Width];
        var result = new double[(Positions - From) * Width];
        static double Feature(float v) => v > 0 ? v + 1.0 : Math.Exp(v);
        for (int t = 0; t < Positions; t++)
        {
            ReadOnlySpan<float> row = x.AsSpan(t * Width, Width);
            for (int h = 0; h < 2; h++)
            {
                double weights = 1e-6;
                for (int i = 0; i < Half; i++)
                {
                    double key = Feature(row[(h * Half) + i]);
                    sum[(h * Half) + i] += key;
                    weights += key * sum[(h * Half) + i];
                    for (int c = 0; c < Half; c++)
                    {
                        state[h, i, c] += key * row[(h * Half) + c];
                    }
                }

                for (int c = 0; c < Half && t >= From; c++)
                {
                    double value = 0;
                    for (int i = 0; i < Half; i++)
                    {
                        value += Feature(row[(h * Half) + i]) * state[h, i, c];
                    }

                    result[((t - From) * Width) + (h * Half) + c] = value / weights;
                }
            }
        }

        return result;
    }

    /// <summary>The results at the last positions.</summary>
    private static (float[] AtOnce, float[] Steps, float[] X, IModel Model) Run(string body, Func<Random, int, float> input)
    {
        string source = TestModels.Class(body).Replace("[Model]", "[Model(Steps = \"n\")]", StringComparison.Ordinal);
        var model = CompiledCase.Of(new ChainCase(body, body) { Sources = [source] }).NewModel();
        model.Parameters.Initialize(3);
        using ModelSession session = model.NewSession(new SessionOptions
        {
            Device = Device.Host(1), Sizes = new runtime::Dsl.Sizes { ["b"] = 1, ["n"] = Positions },
        });
        var random = new Random(5);
        float[] x = [.. Enumerable.Range(0, Positions * Width).Select(i => input(random, i))];
        float[] whole = new float[x.Length];
        session.Begin(EntryPoint.Forward, ("n", Positions));
        session.Write(0, x);
        session.Run();
        session.Read(0, whole);
        float[] steps = new float[(Positions - From) * Width];
        for (int t = 0; t < Positions; t++)
        {
            session.Begin(EntryPoint.Step, ("b", 1));
            session.Write(0, x.AsSpan(t * Width, Width));
            session.Run();
            if (t >= From)
            {
                session.Read(0, steps.AsSpan((t - From) * Width, Width));
            }
        }

        return (whole[(From * Width)..], steps, x, model);
    }
}
