extern alias runtime;
using System;
using System.Linq;
using Dsl.Generator.Emitting;
using Dsl.Generator.Memory;
using Dsl.Generator.Tests.Chain;
using Xunit;
using Xunit.Abstractions;
using Device = runtime::Dsl.Device;

namespace Dsl.Generator.Tests.Differentiation;

/// <summary>Blocks whose operands follow from their results: nearly the same numbers, from memory that does not grow with
/// their number.</summary>
[Collection(ChainTestGroup.Name)]
public sealed class ReversibleTests(ITestOutputHelper output)
{
    private const int Seed = 7;

    private const string Perceptrons = """
        {{mark}}[Block] public sealed partial class Layer(int width)
        {
            [Perceptron("2*width", Activation = Activation.Silu)] private partial Tensor Expand(Tensor x);
            [Perceptron("width")] private partial Tensor Narrow(Tensor x);
            [RmsNorm] private partial Tensor Norm(Tensor x);
            [Perceptron("width", Activation = Activation.Tanh)] private partial Tensor Other(Tensor x);
            public (Tensor First, Tensor Second) Forward(Tensor first, Tensor second)
            {
                Tensor mixed = first + Dropout(Narrow(Expand(Norm(second))), 0.2f);
                return (mixed, second + Dropout(Other(mixed), 0.2f));
            }
        }
        """;

    private const string Hashed = """
        {{mark}}[Block] public sealed partial class Layer(int width)
        {
            [RmsNorm] private partial Tensor Norm(Tensor x);
            [Reformer(2, BucketSize = 8, Buckets = 6)] private partial Tensor Mix(Tensor x);
            [Perceptron("width", Activation = Activation.Tanh)] private partial Tensor Other(Tensor x);
            public (Tensor First, Tensor Second) Forward(Tensor first, Tensor second)
            {
                Tensor mixed = first + Mix(Norm(second));
                return (mixed, second + Other(mixed));
            }
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_the_plain_residual(bool hashed)
    {
        CompiledCase reversible = CompiledCase.Of(Model(hashed, true, 4));
        CompiledCase plain = CompiledCase.Of(Model(hashed, false, 4));
        string run = reversible.Case.Runs[0];
        var data = new CaseData(reversible, run, Seed);
        using var first = new CaseSession(reversible, Device.Host(2));
        using var second = new CaseSession(plain, Device.Host(2));
        CaseResult got = first.Run(data, run);
        CaseResult expected = second.Run(data, run);
        double largest = expected.Where(static p => p.Key.EndsWith(".Gradient", StringComparison.Ordinal))
            .SelectMany(static p => p.Value).Max(Math.Abs);
        double worst = 0;
        foreach (var (name, values) in expected)
        {
            bool gradient = name.EndsWith(".Gradient", StringComparison.Ordinal);
            double scale = gradient ? largest : values.Max(Math.Abs);
            double error = values.Zip(got[name], static (e, g) => Math.Abs(g - e)).Max() / scale;
            worst = gradient ? Math.Max(worst, error) : worst;
            Assert.True(error <= (gradient ? 1e-5 : 1e-6), $"seed {Seed}: {name} is off by {error:E2}");
        }

        output.WriteLine($"seed {Seed}: gradients within {worst:E2} of the largest");
        Assert.True(first.Session.ArenaBytes < second.Session.ArenaBytes * 0.7);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_blocks()
    {
        long[] reversible = [.. new[] { 2, 4, 8 }.Select(static depth => Bytes(Model(false, true, depth)))];
        long[] plain = [.. new[] { 2, 4, 8 }.Select(static depth => Bytes(Model(false, false, depth)))];
        output.WriteLine($"reversible {string.Join(", ", reversible)}; plain {string.Join(", ", plain)} bytes");
        Assert.Equal(reversible[0], reversible[1]);
        Assert.Equal(reversible[0], reversible[2]);
        Assert.True(plain[2] > 2.5 * plain[0]);
    }

    /// <summary>What is sorted is kept: a number for each round, head and position.</summary>
    [Fact]
    public void Orders_are_kept()
    {
        long[] bytes = [.. new[] { 2, 4, 8 }.Select(static depth => Bytes(Model(true, true, depth)))];
        output.WriteLine($"{string.Join(", ", bytes)} bytes");
        const int Order = 3 * 40 * 4 * 2 * sizeof(float);
        Assert.InRange(bytes[2] - bytes[1], 0, 2 * 4 * Order);
    }

    private static long Bytes(ChainCase model)
    {
        CompiledPlan plan = CompiledPlan.Make(CompiledCase.Of(model).Lowered);
        SizeValues sizes = new(plan.Example.Names);
        foreach (string name in sizes.Names)
        {
            sizes[name] = model.Largest[name];
        }

        return ArenaStatement.Of(plan.Programs[2], sizes).Bytes;
    }

    private static ChainCase Model(bool hashed, bool reversible, int depth) => ChainCase.Of(
        $"{(reversible ? "reversible" : "plain")} {(hashed ? "hashed" : "perceptrons")} {depth}",
        $$"""
        [Perceptron(24)] private partial Tensor Begin(Tensor x);
        [Use<Layer>(24, Repeat = {{depth}})]
        private partial (Tensor First, Tensor Second) Trunk(Tensor first, Tensor second);
        private Tensor Both(Tensor x)
        {
            (Tensor first, Tensor second) = Trunk(x, x);
            return first + second;
        }
        """,
        hashed ? "\"b\", \"n\", 24" : "\"b\", 24",
        "Both(Begin(x))") with
    {
        Runs = [hashed ? "b=3 n=40" : "b=200"],
        Classes = (hashed ? Hashed : Perceptrons).Replace(
            "{{mark}}", reversible ? "[Reversible] " : "", StringComparison.Ordinal),
    };
}
