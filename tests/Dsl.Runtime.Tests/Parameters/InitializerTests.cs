using System;
using System.Linq;
using Xunit;

namespace Dsl.Runtime.Tests.Parameters;

public class InitializerTests
{
    private const int Count = 100_000;

    [Fact]
    public void ConstantsFill()
    {
        Assert.All(Fill(Initializer.Zeros(), 10), v => Assert.Equal(0f, v));
        Assert.All(Fill(Initializer.Ones(), 10), v => Assert.Equal(1f, v));
        Assert.All(Fill(Initializer.Constant(-2.5f), 10), v => Assert.Equal(-2.5f, v));
    }

    [Fact]
    public void Step_biases_give_steps_between_their_ends_and_at_least_the_floor()
    {
        float[] steps = Array.ConvertAll(Fill(Initializer.StepBias(1e-5, 0.1), Count), static b => (float)Math.Log(1 + Math.Exp(b)));
        Assert.InRange(steps.Min(), 0.99e-4f, 1.01e-4f);
        Assert.InRange(steps.Max(), 0.099f, 0.1001f);
        Assert.InRange(steps.Count(static s => s < 1e-2f) / (double)Count, 0.74, 0.76);
    }

    [Fact]
    public void Rows_may_hold_the_logarithms_of_their_places() => Assert.Equal(
        [0f, MathF.Log(2), MathF.Log(3), 0f, MathF.Log(2), MathF.Log(3)], Fill(Initializer.LogOfIndex(3), 6));

    [Fact]
    public void UniformHasItsBoundMeanAndVariance() => AssertUniform(Initializer.Uniform(0.3), 0.3);

    [Fact]
    public void KaimingUniformIsBoundedByTheRootOfTheFanIn() => AssertUniform(Initializer.KaimingUniform(9), 1.0 / 3);

    [Fact]
    public void XavierUniformIsBoundedByBothFans() => AssertUniform(Initializer.XavierUniform(10, 14), 0.5);

    [Fact]
    public void NormalHasItsMomentsAndTails() => AssertNormal(Initializer.Normal(0.02), 0.02);

    [Fact]
    public void KaimingNormalScalesByTheGain() => AssertNormal(Initializer.KaimingNormal(8, Math.Sqrt(2)), 0.5);

    [Fact]
    public void XavierNormalScalesByBothFans() => AssertNormal(Initializer.XavierNormal(3, 5), 0.5);

    [Fact]
    public void RangesAreUniform()
    {
        float[] values = Fill(Initializer.Uniform(-7, -2), Count, 1);
        Assert.InRange(values.Min(), -7f, -6.999f);
        Assert.InRange(values.Max(), -2.001f, -2f);
        Assert.InRange(values.Average(), -4.52, -4.48);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Uniform(2, 1));
        float[] logs = Fill(Initializer.LogOfUniform(0, 3), Count, 1);
        Assert.InRange(logs.Average(static v => Math.Exp(v)), 1.49, 1.51);
    }

    [Fact]
    public void RadiiAreUniformByArea()
    {
        // A third of the area of the ring from 0.5 to 1 lies inside the radius √(1/2).
        double[] radii = [.. Fill(Initializer.RingDecay(0.5, 1), Count, 1, 3).Select(static v => Math.Exp(-Math.Exp(v)))];
        Assert.InRange(radii.Min(), 0.4999, 0.51);
        Assert.InRange(radii.Max(), 0.999, 1);
        Assert.InRange(radii.Count(static r => r < Math.Sqrt(0.5)) / (double)Count, 0.328, 0.338);

        // The scale two parameters later is that of the same radii.
        float[] scales = Fill(Initializer.RingScale(0.5, 1), Count, 1, 5);
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(Math.Sqrt(1 - (radii[i] * radii[i])), Math.Exp(scales[i]), 1e-5);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.RingDecay(0.5, 1.1));
    }

    [Fact]
    public void FrequenciesRepeatInEachRow()
    {
        float pi = MathF.PI;
        Assert.Equal([0, pi, 2 * pi, 0, pi, 2 * pi], Fill(Initializer.Frequencies(StateSpectrum.Linear, 3), 6));

        // N/π·(N/(2n + 1) - 1) with N = 4.
        Assert.Equal([12 / pi, 4 / (3 * pi)], Fill(Initializer.Frequencies(StateSpectrum.Inverse, 2), 2));

        // The skew part of two states has √3/2 beside its diagonal; of four the characteristic polynomial of S is
        // ω⁴ - ω²·Σs² + (s01·s23 - s02·s13 + s03·s12)².
        Assert.Equal([MathF.Sqrt(3) / 2], Fill(Initializer.Frequencies(StateSpectrum.LegS, 1), 1));
        double Skew(int n, int k) => Math.Sqrt(((2 * n) + 1) * ((2 * k) + 1)) / 2;
        double squares = 0;
        for (int n = 0; n < 4; n++)
        {
            for (int k = 0; k < n; k++)
            {
                squares += Skew(n, k) * Skew(n, k);
            }
        }

        double pfaffian = (Skew(0, 1) * Skew(2, 3)) - (Skew(0, 2) * Skew(1, 3)) + (Skew(0, 3) * Skew(1, 2));
        double root = Math.Sqrt((squares * squares / 4) - (pfaffian * pfaffian));
        float[] two = Fill(Initializer.Frequencies(StateSpectrum.LegS, 2), 2);
        Assert.Equal(Math.Sqrt((squares / 2) - root), two[0], 1e-5);
        Assert.Equal(Math.Sqrt((squares / 2) + root), two[1], 1e-5);
    }

    /// <summary>BᵀAᵏB is the same in every basis: of HiPPO-LegS as it is defined, and of what layers begin
    /// with.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public void LegSIsTheSameInTheBasisOfItsNormalPart(int pairs)
    {
        int states = 2 * pairs;
        float[] frequencies = Fill(Initializer.Frequencies(StateSpectrum.LegS, pairs), pairs);
        float[] b = Fill(Initializer.LegSInput(pairs), pairs);
        float[] p = Fill(Initializer.LegSLowRank(pairs), pairs);
        double[] dense = [.. Enumerable.Range(0, states).Select(static n => Math.Sqrt((2 * n) + 1))];
        double[] input = dense;
        System.Numerics.Complex[] low = [.. b.Select(static v => new System.Numerics.Complex(v, 0))];
        for (int power = 0; power < 4; power++)
        {
            double expected = dense.Zip(input, static (x, y) => x * y).Sum();
            Assert.Equal(expected, 2 * low.Zip(b, static (x, y) => x.Real * y).Sum(), 1e-4 * Math.Abs(expected));
            double coupled = 2 * low.Zip(p, static (x, y) => x.Real * y).Sum();
            low = [.. low.Select((x, n) => (new System.Numerics.Complex(-0.5, frequencies[n]) * x) - (p[n] * coupled))];
            double[] last = dense;
            dense = [.. Enumerable.Range(0, states).Select(n => (-(n + 1) * last[n])
                - Enumerable.Range(0, n).Sum(k => Math.Sqrt(((2.0 * n) + 1) * ((2 * k) + 1)) * last[k]))];
        }
    }

    [Fact]
    public void BilinearInterpolatesEachChannelByItself()
    {
        // Two groups of two inputs and two outputs, a window of 2x3: rows ½, ½, columns ½, 1, ½.
        float[] weights = Fill(Initializer.Bilinear(2, 2, 2, 3), 4 * 2 * 6);
        float[] tent = [0.25f, 0.5f, 0.25f, 0.25f, 0.5f, 0.25f];
        for (int filter = 0; filter < 8; filter++)
        {
            bool same = filter / 2 % 2 == filter % 2;
            Assert.Equal(same ? tent : new float[6], weights[(filter * 6)..((filter + 1) * 6)]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Bilinear(1, 1, 0, 2));
    }

    [Fact]
    public void FirstNumbersAreThoseOfTheGenerator()
    {
        // Words 6627e8d5 e169c58d bc57ac4c 9b00dbd8 are the published ones of key 0 and counter 0; u = (word +
        // 1/2)/2³².
        float[] values = Fill(Initializer.Uniform(1), 4);
        uint[] words = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
        Assert.Equal(words.Select(w => (float)((2 * ((w + 0.5) / 4294967296.0)) - 1)), values);
    }

    [Fact]
    public void NumbersDependOnSeedAndParameterOnly()
    {
        float[] whole = Fill(Initializer.Normal(1), 1001, 5, 2);
        Assert.Equal(whole, Fill(Initializer.Normal(1), 1001, 5, 2));
        Assert.Equal(whole[..7], Fill(Initializer.Normal(1), 7, 5, 2));
        Assert.NotEqual(whole, Fill(Initializer.Normal(1), 1001, 6, 2));
        Assert.NotEqual(whole, Fill(Initializer.Normal(1), 1001, 5, 3));
    }

    [Fact]
    public void NonsenseIsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.KaimingUniform(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Uniform(double.NaN));
    }

    private static float[] Fill(Initializer initializer, int count, ulong seed = 0, int parameter = 0)
    {
        float[] values = new float[count];
        initializer.Fill(values, seed, parameter);
        return values;
    }

    private static void AssertUniform(Initializer initializer, double bound)
    {
        float[] values = Fill(initializer, Count, 1);
        Assert.InRange(values.Max(), bound * 0.999, bound * 1.0000001);
        Assert.InRange(values.Min(), -bound * 1.0000001, -bound * 0.999);
        Assert.InRange(values.Average() / bound, -0.01, 0.01);
        Assert.InRange(values.Average(static v => (double)v * v) / (bound * bound), (1.0 / 3) - 0.006,
            (1.0 / 3) + 0.006);
    }

    private static void AssertNormal(Initializer initializer, double deviation)
    {
        double[] values = [.. Fill(initializer, Count, 1).Select(v => v / deviation)];
        Assert.InRange(values.Average(), -0.015, 0.015);
        Assert.InRange(values.Average(static v => v * v), 0.98, 1.02);
        Assert.InRange(values.Average(static v => v * v * v * v), 2.85, 3.15);
        Assert.InRange(values.Count(static v => Math.Abs(v) < 1) / (double)Count, 0.6827 - 0.007, 0.6827 + 0.007);
    }
}
