using System;
using System.Collections.Generic;
using System.Linq;
using Dsl.Runtime.Tests.Eager;
using Models.Perceptrons;
using Xunit;

namespace Models.Tests.Perceptrons;

public class PerceptronRuleTests
{
    [SkippableTheory]
    [InlineData("perceptron_and")]
    [InlineData("perceptron_or")]
    [InlineData("perceptron_xor")]
    public void TheTrajectoryIsTheGoldenOne(string name)
    {
        GoldenCase golden = GoldenCase.Open(name);
        (double[] x, double[] targets) = (golden.Doubles("aux.x"), golden.Doubles("aux.t"));
        (double[] weights, double[] biases) = (golden.Doubles("out.w_traj"), golden.Doubles("out.b_traj"));
        double[][] samples = [.. x.Chunk(2)];
        var unit = new PerceptronRule(2);
        for (int step = 0; step < biases.Length; step++)
        {
            unit.Update(samples[step % samples.Length], (int)targets[step % samples.Length]);
            Assert.Equal(weights[(2 * step)..((2 * step) + 2)], unit.Weights.ToArray());
            Assert.Equal(biases[step], unit.Bias);
        }

        IReadOnlyList<int> mistakes = new PerceptronRule(2).Train(samples, [.. targets.Select(static t => (int)t)], 12);
        Assert.Equal(golden.Doubles("out.errors_per_epoch"), mistakes.Select(static m => (double)m));
        Assert.Equal(name != "perceptron_xor", mistakes[^1] == 0);
    }

    [Fact]
    public void PointsFarFromTheOriginNeedABias()
    {
        double[][] samples = [[1, 1], [2, 1], [1, 2], [4, 4], [5, 4], [4, 5]];
        int[] targets = [0, 0, 0, 1, 1, 1];
        Assert.Equal(0, new PerceptronRule(2).Train(samples, targets, 1000)[^1]);
        Assert.NotEqual(0, new PerceptronRule(2, learnsBias: false).Train(samples, targets, 1000)[^1]);
    }

    [Fact]
    public void ALearnedBiasEqualsAnInputThatIsAlwaysOne()
    {
        var random = new Random(4);
        double[][] samples =
            [.. Enumerable.Range(0, 40).Select(_ => new[] { random.NextDouble(), random.NextDouble() })];
        int[] targets = [.. samples.Select(static s => s[0] > 0.4 + s[1] ? 1 : 0)];
        var unit = new PerceptronRule(2);
        var extended = new PerceptronRule(3, learnsBias: false);
        Assert.Equal(
            unit.Train(samples, targets, 50),
            extended.Train([.. samples.Select(static s => new[] { s[0], s[1], 1 })], targets, 50));
        Assert.Equal([.. unit.Weights, unit.Bias], extended.Weights.ToArray());
    }

    [Fact]
    public void MistakesStayBelowNovikoffsBound()
    {
        var random = new Random(9);
        for (int trial = 0; trial < 50; trial++)
        {
            double angle = random.NextDouble() * Math.Tau;
            double[] normal = [0.6 * Math.Cos(angle), 0.6 * Math.Sin(angle), 0.8];
            double Coordinate() => (4 * random.NextDouble()) - 2;
            double[][] all = [.. Enumerable.Range(0, 200).Select(_ => new[] { Coordinate(), Coordinate() })];
            double[][] samples = [.. all.Where(s => Math.Abs(Side(normal, s)) > 0.05)];
            int[] targets = [.. samples.Select(s => Side(normal, s) > 0 ? 1 : 0)];
            double margin = samples.Min(s => Math.Abs(Side(normal, s)));
            double radius = samples.Max(static s => Math.Sqrt((s[0] * s[0]) + (s[1] * s[1]) + 1));
            IReadOnlyList<int> mistakes = new PerceptronRule(2).Train(samples, targets, 100_000);
            Assert.Equal(0, mistakes[^1]);
            Assert.True(mistakes.Sum() <= Math.Pow(radius / margin, 2), $"{mistakes.Sum()} mistakes");
        }
    }

    [Fact]
    public void InvalidSamplesAreRefusedBeforeAnythingChanges()
    {
        var unit = new PerceptronRule(2);
        double[][] good = [[1, 1], [2, 2]];
        AssertRefused("Sample 1 has NaN at position 0", () => unit.Train([[1, 1], [double.NaN, 1]], [1, 0], 5));
        AssertRefused("Target 1 is -1; 0 or 1 is expected", () => unit.Train(good, [1, -1], 5));
        AssertRefused("Sample 1 has 1 numbers; 2 are expected", () => unit.Train([[1, 1], [1]], [1, 0], 5));
        AssertRefused("2 samples and 1 targets", () => unit.Train(good, [1], 5));
        AssertRefused("expected finite numbers", () => unit.Update([double.PositiveInfinity, 0], 1));
        AssertRefused("expected finite numbers", () => unit.Predict([double.NaN, 0]));
        Assert.Equal([0, 0], unit.Weights.ToArray());
        Assert.Equal(0, unit.Bias);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerceptronRule(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerceptronRule(2, rate: 0));
    }

    private static double Side(double[] normal, double[] sample) =>
        (normal[0] * sample[0]) + (normal[1] * sample[1]) + normal[2];

    private static void AssertRefused(string expected, Func<object> action) =>
        Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
