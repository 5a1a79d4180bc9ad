using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Dsl.Generator.Graphs;
using Dsl.Generator.Lowering;
using Dsl.Generator.Tests.Graphs;
using Xunit;
using Xunit.Abstractions;

namespace Dsl.Generator.Tests.Layers;

/// <summary>What any state space must do, whatever its parameters.</summary>
public sealed class StateSpaceTests(ITestOutputHelper output)
{
    private const int Channels = 5, States = 40;

    [Theory]
    [InlineData(Discretization.ZeroOrderHold)]
    [InlineData(Discretization.Bilinear)]
    public void No_state_grows(object rule)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        foreach (Complex pole in Poles((Discretization)rule, new Random(seed), scale: 1).Pole)
        {
            Assert.True(Complex.Abs(pole) < 1, $"|{pole}| is {Complex.Abs(pole)}");
        }
    }

    /// <summary>A + A* is negative, and the trapezoidal rule keeps that: states without an input lose length.</summary>
    [Fact]
    public void No_coupled_states_grow()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var graph = new Graph();
        Value Of(string name, params Size[] dims) => new(graph, graph.Input(name, DType.Float, dims));
        ComplexValue Both(string name) => new(Of(name + "Re", Channels, States), Of(name + "Im", Channels, States));
        var a = new ComplexValue(-Of("decay", Channels, States).Apply("exp"), Of("frequency", Channels, States));
        graph.Output("modes", StateSpaces.Couple(a, Both("p"), Both("b"), Both("c"),
            Of("step", Channels).Apply("exp")));
        NdArray Random(double from, double to, params int[] extents) => Evaluation.Random(random, extents, from, to);
        var inputs = new Dictionary<string, NdArray>
        {
            ["step"] = Random(-9, 1, Channels),
            ["decay"] = Random(-6, 3, Channels, States),
            ["frequency"] = Random(-200, 200, Channels, States),
        };
        foreach (string name in new[] { "pRe", "pIm", "bRe", "bIm", "cRe", "cIm" })
        {
            inputs[name] = Random(-5, 5, Channels, States);
        }

        double[] modes = GraphInterpreter.Evaluate(
            graph, inputs, new Dictionary<string, NdArray>(), new Dictionary<string, int>())["modes"].Data;
        Complex Mode(int part, int mode) =>
            new(modes[(2 * part * Channels * States) + mode], modes[(((2 * part) + 1) * Channels * States) + mode]);
        for (int channel = 0; channel < Channels; channel++)
        {
            Complex[] x = [.. Enumerable.Range(0, States).Select(_ =>
                new Complex((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1))];
            for (int step = 0; step < 10; step++)
            {
                double r = x.Select((v, state) => (Mode(3, (channel * States) + state) * v).Real).Sum();
                Complex[] next = [.. x.Select((v, state) =>
                    (Mode(0, (channel * States) + state) * v) - (Mode(1, (channel * States) + state) * r))];
                Assert.True(Length(next) < Length(x));
                x = next;
            }
        }

        static double Length(Complex[] x) => x.Sum(static v => (v.Real * v.Real) + (v.Imaginary * v.Imaginary));
    }

    /// <summary>Twice the step is every second position.</summary>
    [Fact]
    public void Steps_of_zero_order_hold_add_up()
    {
        Complex[] once = Poles(Discretization.ZeroOrderHold, new Random(3), scale: 1).Pole;
        Complex[] twice = Poles(Discretization.ZeroOrderHold, new Random(3), scale: 2).Pole;
        for (int i = 0; i < once.Length; i++)
        {
            Assert.True(Complex.Abs(twice[i] - (once[i] * once[i])) < 1e-12);
        }
    }

    /// <summary>Both rules are the differential equation where steps are small.</summary>
    [Fact]
    public void Rules_agree_for_small_steps()
    {
        var hold = Poles(Discretization.ZeroOrderHold, new Random(4), scale: 1e-6);
        var trapezoid = Poles(Discretization.Bilinear, new Random(4), scale: 1e-6);
        for (int i = 0; i < hold.Pole.Length; i++)
        {
            Assert.True(Complex.Abs(hold.Pole[i] - trapezoid.Pole[i]) < 1e-9);
            Assert.True(Complex.Abs(hold.Gain[i] - trapezoid.Gain[i]) < 1e-6 * Complex.Abs(hold.Gain[i]) + 1e-12);
        }
    }

    /// <summary>Of random steps times a scale, decays and frequencies.</summary>
    private static (Complex[] Pole, Complex[] Gain) Poles(Discretization rule, Random random, double scale)
    {
        var graph = new Graph();
        Value Of(string name, params Size[] dims) => new(graph, graph.Input(name, DType.Float, dims));
        Value step = Of("step", Channels).Apply("exp") * scale;
        var a = new ComplexValue(-Of("decay", Channels, States).Apply("exp"), Of("frequency", Channels, States));
        (ComplexValue pole, ComplexValue gain) = StateSpaces.Discretize(a, step, rule);
        foreach ((string name, Value value) in new[]
        {
            ("poleRe", pole.Re), ("poleIm", pole.Im), ("gainRe", gain.Re), ("gainIm", gain.Im),
        })
        {
            graph.Output(name, value);
        }

        NdArray Random(double from, double to, params int[] extents) =>
            Evaluation.Random(random, extents, from, to);
        var results = GraphInterpreter.Evaluate(
            graph,
            new Dictionary<string, NdArray>
            {
                ["step"] = Random(-9, 1, Channels),
                ["decay"] = Random(-6, 3, Channels, States),
                ["frequency"] = Random(-200, 200, Channels, States),
            },
            new Dictionary<string, NdArray>(),
            new Dictionary<string, int>());
        Complex[] Both(string name) =>
            [.. results[name + "Re"].Data.Zip(results[name + "Im"].Data, static (re, im) => new Complex(re, im))];
        return (Both("pole"), Both("gain"));
    }
}
