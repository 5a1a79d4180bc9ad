using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Host;
using Xunit;

namespace Dsl.Runtime.Tests.Training;

/// <summary>Parameters with a rate or a decay of their own, or that are frozen.</summary>
public sealed class ParameterGroupTests
{
    private const int Length = 20, Steps = 4;

    private static readonly Dictionary<string, Func<float, float, IReadOnlyList<ParameterGroup>, Optimizer>> s_optimizers = new()
    {
        ["sgd"] = static (rate, decay, groups) => new Sgd(rate) { WeightDecay = decay, Groups = groups },
        ["momentum"] = static (rate, decay, groups) => new Sgd(rate) { Momentum = 0.9f, WeightDecay = decay, Groups = groups },
        ["adam"] = static (rate, decay, groups) => new Adam(rate) { WeightDecay = decay, Groups = groups },
        ["adamw"] = static (rate, decay, groups) => new AdamW(rate) { WeightDecay = decay, Groups = groups },
        ["rmsprop"] = static (rate, decay, groups) => new RmsProp(rate) { Momentum = 0.5f, WeightDecay = decay, Groups = groups },
        ["slow"] = static (rate, decay, groups) => new AdamW(rate) { WeightDecay = decay, Groups = groups, SlowRate = 0.02f },
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    /// <summary>Every parameter goes its way as if an optimiser had its group's numbers for all.</summary>
    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_group_learns_as_under_an_optimiser_of_its_own(string name)
    {
        Func<float, float, IReadOnlyList<ParameterGroup>, Optimizer> make = s_optimizers[name];
        float[][] grouped = Run(make(0.1f, 0.03f,
        [
            new ParameterGroup("P1") { RateFactor = 0.5f },
            new ParameterGroup("P1", "P2") { RateFactor = 0.25f, WeightDecay = 0.125f },
            ParameterGroup.Frozen("P3", "P6"),
            new ParameterGroup("P5") { RateFactor = 4f, WeightDecay = 1f },
        ]));
        float[][] plain = Run(make(0.1f, 0.03f, []));
        Assert.Equal(plain[0], grouped[0]);
        Assert.Equal(Run(make(0.05f, 0.03f, []))[1], grouped[1]);
        Assert.Equal(Run(make(0.025f, 0.125f, []))[2], grouped[2]);
        Assert.Equal(Start(3), grouped[3]);
        Assert.Equal(plain[4], grouped[4]);
        Assert.Equal(Run(make(0.4f, 0.03f, []))[5], grouped[5]);
        Assert.Equal(Start(6), grouped[6]);
        Assert.NotEqual(plain[1], grouped[1]);
    }

    /// <summary>The last parameter learns slowly: at most at SlowRate, whatever its group's factor.</summary>
    [Theory]
    [InlineData(2f, 0.02f)]
    [InlineData(0.5f, 0.02f)]
    [InlineData(0.125f, 0.0125f)]
    public void A_group_does_not_lift_SlowRate(float factor, float rate)
    {
        float[][] grouped = Run(new AdamW(0.1f) { SlowRate = 0.02f, Groups = [new ParameterGroup("P6") { RateFactor = factor }] });
        float[][] plain = Run(new AdamW(rate) { SlowRate = 0.02f });
        Assert.All(plain[6].Zip(grouped[6]), static p => Assert.Equal(p.First, p.Second, 1e-6f));
        Assert.NotEqual(Start(6), grouped[6]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_average_of_what_is_frozen_is_that(bool accumulates)
    {
        var optimizer = new AdamW(0.1f)
        {
            AverageDecay = 0.999f, Accumulates = accumulates, Groups = [ParameterGroup.Frozen("P1", "P2", "P6")],
        };
        using FlatMemory memory = Memory(optimizer);
        optimizer.Bind(memory);
        for (int step = 0; step < 50; step++)
        {
            WriteGradients(memory, step);
            if (accumulates)
            {
                optimizer.Accumulate(1f);
            }

            optimizer.Update();
        }

        float[] learned = memory.Read(memory.ParameterBase, 0);
        optimizer.SwapAverage();
        Assert.NotEqual(learned, memory.Read(memory.ParameterBase, 0));
        Assert.All(new[] { 1, 2, 6 }, i => Assert.Equal(Start(i), memory.Read(memory.ParameterBase, i)));
    }

    /// <summary>Also when what lies in the place of its gradient is no number.</summary>
    [Fact]
    public void What_is_frozen_has_no_part_in_the_norm()
    {
        var optimizer = new Sgd(0.1f) { ClipNorm = 1f, Groups = [ParameterGroup.Frozen("P1", "P2", "P5", "P6")] };
        using FlatMemory memory = Memory(optimizer);
        optimizer.Bind(memory);
        WriteGradients(memory, 0);
        memory.Write(memory.GradientBase, 1, [.. Enumerable.Repeat(float.NaN, Length)]);
        Assert.True(optimizer.Update());
        double squares = new[] { 0, 3, 4 }.SelectMany(static p => Gradient(p, 0)).Sum(static g => (double)g * g);
        Assert.Equal(Math.Sqrt(squares), optimizer.GradientNorm, 1e-4);
        Assert.Equal(Start(1), memory.Read(memory.ParameterBase, 1));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var optimizer = new AdamW(0.1f) { Groups = [new ParameterGroup("P1") { RateFactor = 0.5f }, ParameterGroup.Frozen("P3")] };
        using FlatMemory memory = Memory(optimizer);
        optimizer.Bind(memory);
        optimizer.Update();
        long before = GC.GetAllocatedBytesForCurrentThread();
        optimizer.Update();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Groups_are_checked()
    {
        Assert.Throws<ArgumentException>(static () => new ParameterGroup());
        Assert.Throws<ArgumentException>(static () => new ParameterGroup(""));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ParameterGroup("A") { RateFactor = -1f });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ParameterGroup("A") { WeightDecay = float.NaN });
        Assert.True(new ParameterGroup("Trunk.3", "Stem").Has("Trunk.3.Conv.Weight"));
        Assert.False(new ParameterGroup("Trunk.3").Has("Trunk.30.Weight"));

        var parameters = new ParameterSet(
        [
            new ParameterInfo("Stem.Weight", [2], Initializer.Zeros(), decays: true),
            new ParameterInfo("Stem.Mean", [2], Initializer.Zeros(), decays: false) { Learns = false },
            new ParameterInfo("Head.Weight", [2], Initializer.Zeros(), decays: true),
        ]);
        string Refused(params string[] names) => Assert.Throws<ArgumentException>(
            () => new Sgd(0.1f) { Groups = [ParameterGroup.Frozen(names)] }.RequireGroups(parameters)).Message;
        Assert.Contains("'Stemm'", Refused("Stemm"), StringComparison.Ordinal);
        Assert.Contains("Did you mean Stem", Refused("Stemm"), StringComparison.Ordinal);
        Assert.Contains("'Stem.Mean'", Refused("Stem.Mean"), StringComparison.Ordinal);
        Assert.Contains("There are: Stem, Head", Refused("elsewhere"), StringComparison.Ordinal);
        Assert.Contains("Every parameter is frozen", Refused("Stem", "Head"), StringComparison.Ordinal);
    }

    private static FlatMemory Memory(Optimizer optimizer)
    {
        var memory = new FlatMemory(
            new HostEngine(1), optimizer.StateCount,
            [(Length, true), (Length, true), (Length, true), (Length, true), (Length, false), (Length, false), (Length, false)], slow: 1);
        for (int i = 0; i < 7; i++)
        {
            memory.Write(memory.ParameterBase, i, Start(i));
        }

        return memory;
    }

    private static float[][] Run(Optimizer optimizer)
    {
        using FlatMemory memory = Memory(optimizer);
        optimizer.Bind(memory);
        for (int step = 0; step < Steps; step++)
        {
            WriteGradients(memory, step);
            optimizer.Update();
        }

        return [.. Enumerable.Range(0, 7).Select(i => memory.Read(memory.ParameterBase, i))];
    }

    private static void WriteGradients(FlatMemory memory, int step)
    {
        for (int i = 0; i < 7; i++)
        {
            memory.Write(memory.GradientBase, i, Gradient(i, step));
        }
    }

    private static float[] Start(int parameter) => [.. Enumerable.Range(0, Length).Select(i => 0.1f * (((i + parameter) % 5) - 2.25f))];

    private static float[] Gradient(int parameter, int step) =>
        [.. Enumerable.Range(0, Length).Select(i => ((i + (3 * step) + parameter) % 7) - 2.5f)];
}
