using System;
using System.Collections.Generic;
using Dsl.Vectors;
using Xunit;

namespace Dsl.Runtime.Tests.Host;

/// <summary>Functions of vectors against double precision, on every vector type this machine has; and their bits,
/// which are the
/// same at every width.</summary>
[Collection(HostTests.Name)]
public sealed unsafe class VectorTests
{
    private const int Points = 160_000;

    /// <summary>Name, function, reference, domain, limit in ulp, limit of the absolute error (either
    /// suffices).</summary>
    public static TheoryData<string, double, double, double, double> Functions => new()
    {
        { "Exp", -87.3, 88.7, 2, 0 },
        { "Exp", -105, -87, 2, 1.18e-38 },
        { "Exp", -1, 1, 2, 0 },
        { "Log", 1e-6, 4, 2, 0 },
        { "Log", 1e-45, 1e-37, 2, 0 },
        { "Log", 1, 1e38, 2, 0 },
        { "Expm1", -20, 88, 3, 0 },
        { "Expm1", -0.6, 0.6, 3, 0 },
        { "Expm1", -1e-4, 1e-4, 3, 0 },
        { "Log1p", -0.9999, 3, 3, 0 },
        { "Log1p", -1e-4, 1e-4, 3, 0 },
        { "Log1p", 1, 1e30, 3, 0 },
        { "Tanh", -12, 12, 4, 0 },
        { "Tanh", -1e-3, 1e-3, 4, 0 },
        { "Sigmoid", -87, 87, 4, 0 },
        { "Softplus", -80, 80, 4, 0 },
        { "EluPlusOne", -80, 80, 2, 0 },
        { "Erf", -5, 5, 4, 0 },
        { "Erf", -0.01, 0.01, 4, 0 },
        { "Sin", -10, 10, 2, 2e-7 },
        { "Sin", -8192, 8192, 2, 2e-7 },
        { "Sin", -131072, 131072, 0, 2e-7 },
        { "Sin", 99000, 101000, 0, 2e-7 },
        { "Cos", -10, 10, 2, 2e-7 },
        { "Cos", -8192, 8192, 2, 2e-7 },
        { "Cos", -131072, 131072, 0, 2e-7 },
        { "Cos", 99000, 101000, 0, 2e-7 },
        { "Rsqrt", 1e-30, 1e3, 1.5, 0 },
        { "Reciprocal", -7, 9, 0.5, 0 },
        { "Square", -7, 9, 0.5, 0 },
        { "Pow2.5", 0.01, 50, 24, 0 },
        { "Pow-3", -3, -0.1, 12, 0 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Function_StaysWithinItsError(string name, double from, double to, double ulps, double absolute)
    {
        float[] x = new float[Points];
        for (int i = 0; i < Points; i++)
        {
            x[i] = (float)(from + ((to - from) * i / (Points - 1)));
        }

        float[] first = Apply(1, name, x);
        double worst = 0;
        for (int i = 0; i < Points; i++)
        {
            double expected = Reference(name, x[i]);
            double error = Math.Abs(first[i] - expected);
            double ulp = Math.Max(BitConverter.Int32BitsToSingle(1), Math.ScaleB(1, Math.ILogB(expected) - 23));
            worst = Math.Max(worst, error <= absolute || expected == 0 ? 0 : error / ulp);
            Assert.True(
                error <= absolute || error <= (ulps + 0.01) * ulp,
                $"{name}({x[i]:R}) = {first[i]:R}, expected {expected:R}: {error / ulp:F2} ulp, {error:E2}");
        }

        foreach (int lanes in HostRun.Widths)
        {
            float[] other = Apply(lanes, name, x);
            for (int i = 0; i < Points; i++)
            {
                Assert.True(
                    BitConverter.SingleToInt32Bits(first[i]) == BitConverter.SingleToInt32Bits(other[i]),
                    $"{name}({x[i]:R}): {first[i]:R} as a scalar, {other[i]:R} with {lanes} lanes");
            }
        }
    }

    [Theory]
    [InlineData("Exp", float.NegativeInfinity, 0f)]
    [InlineData("Exp", -200f, 0f)]
    [InlineData("Exp", -87.33655f, 0f)]
    [InlineData("Exp", 89f, float.PositiveInfinity)]
    [InlineData("Exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Log", 0f, float.NegativeInfinity)]
    [InlineData("Log", -1f, float.NaN)]
    [InlineData("Log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Expm1", float.NegativeInfinity, -1f)]
    [InlineData("Expm1", 100f, float.PositiveInfinity)]
    [InlineData("Log1p", -1f, float.NegativeInfinity)]
    [InlineData("Log1p", -2f, float.NaN)]
    [InlineData("Log1p", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Tanh", float.PositiveInfinity, 1f)]
    [InlineData("Tanh", float.NegativeInfinity, -1f)]
    [InlineData("Sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("Sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("Softplus", float.NegativeInfinity, 0f)]
    [InlineData("EluPlusOne", float.NegativeInfinity, 0f)]
    [InlineData("EluPlusOne", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Softplus", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("Erf", float.PositiveInfinity, 1f)]
    [InlineData("Erf", float.NegativeInfinity, -1f)]
    [InlineData("Sign", -3f, -1f)]
    [InlineData("Sign", 0f, 0f)]
    [InlineData("Sign", float.PositiveInfinity, 1f)]
    [InlineData("Pow2.5", 0f, 0f)]
    [InlineData("Pow2.5", -1f, float.NaN)]
    [InlineData("Pow-3", -2f, -0.125f)]
    public void Function_AtTheEdges(string name, float x, float expected)
    {
        foreach (int lanes in HostRun.Widths)
        {
            float[] result = Apply(lanes, name, [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x]);
            Assert.All(result, v => Assert.True(
                v.Equals(expected) || Math.Abs(v - expected) < 1e-6f * Math.Abs(expected), $"{lanes} lanes: {v}"));
        }
    }

    [Fact]
    public void Function_KeepsNaN()
    {
        foreach (string name in new[]
            { "Exp", "Log", "Expm1", "Log1p", "Tanh", "Sigmoid", "Softplus", "EluPlusOne", "Erf", "Sin", "Cos", "Sign", "Rsqrt", "Pow2.5" })
        {
            foreach (int lanes in HostRun.Widths)
            {
                float[] x = HostRun.Missing(16);
                Assert.All(Apply(lanes, name, x), v => Assert.True(float.IsNaN(v), $"{name}, {lanes} lanes: {v}"));
            }
        }
    }

    [Fact]
    public void Operations_EqualScalarOnes()
    {
        int seed = Environment.TickCount;
        foreach (int lanes in HostRun.Widths)
        {
            string failure = lanes switch
            {
                16 => VectorChecks.Run<Floats16, Ints16, Mask16>(seed),
                8 => VectorChecks.Run<Floats8, Ints8, Mask8>(seed),
                4 => VectorChecks.Run<Floats4, Ints4, Mask4>(seed),
                _ => VectorChecks.Run<Floats1, Ints1, Mask1>(seed),
            };
            Assert.True(failure.Length == 0, $"seed {seed}, {lanes} lanes: {failure}");
        }
    }

    private static double Reference(string name, double x) => name switch
    {
        "Exp" => Math.Exp(x),
        "Log" => Math.Log(x),
        "Expm1" => Math.Abs(x) < 1e-2 ? x + (x * x / 2) + (x * x * x / 6) + (x * x * x * x / 24) : Math.Exp(x) - 1,
        "Log1p" => Log1p(x),
        "Tanh" => Math.Tanh(x),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "EluPlusOne" => x > 0 ? x + 1 : Math.Exp(x),
        "Softplus" => x > 0 ? x + Log1p(Math.Exp(-x)) : Log1p(Math.Exp(x)),
        "Erf" => Erf(x),
        "Sin" => Math.Sin(x),
        "Cos" => Math.Cos(x),
        "Rsqrt" => 1 / Math.Sqrt(x),
        "Reciprocal" => 1 / x,
        "Square" => x * x,
        "Pow2.5" => Math.Pow(x, 2.5),
        "Pow-3" => Math.Pow(x, -3),
        _ => throw new ArgumentException(name),
    };

    private static double Log1p(double x)
    {
        if (Math.Abs(x) > 1e-2)
        {
            return Math.Log(1 + x);
        }

        double sum = 0;
        double power = x;
        for (int n = 1; n < 12; n++, power *= -x)
        {
            sum += power / n;
        }

        return sum;
    }

    /// <summary>The Taylor series, with as many terms as its range needs.</summary>
    private static double Erf(double x)
    {
        double sum = 0;
        double term = x;
        for (int n = 0; n < 120; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return Math.Abs(x) > 4.5 ? Math.Sign(x) * (1 - 1.5e-10) : sum * 2 / Math.Sqrt(Math.PI);
    }

    private static float[] Apply(int lanes, string name, float[] x) => lanes switch
    {
        16 => Apply<Floats16, Ints16, Mask16>(name, x),
        8 => Apply<Floats8, Ints8, Mask8>(name, x),
        4 => Apply<Floats4, Ints4, Mask4>(name, x),
        _ => Apply<Floats1, Ints1, Mask1>(name, x),
    };

    private static float[] Apply<F, I, M>(string name, float[] x)
        where F : struct, IFloats<F, I, M>
        where I : struct, IInts<F, I, M>
        where M : struct, IMask<M>
    {
        var result = new float[x.Length];
        fixed (float* from = x, to = result)
        {
            for (int i = 0; i < x.Length; i += F.Lanes)
            {
                F v = F.Load(from + i);
                F.Store(to + i, name switch
                {
                    "Exp" => F.Exp(v),
                    "Log" => F.Log(v),
                    "Expm1" => Lanes.Expm1<F, I, M>(v),
                    "Log1p" => Lanes.Log1p<F, I, M>(v),
                    "Tanh" => Lanes.Tanh<F, I, M>(v),
                    "Sigmoid" => Lanes.Sigmoid<F, I, M>(v),
                    "EluPlusOne" => Lanes.EluPlusOne<F, I, M>(v),
                    "Softplus" => Lanes.Softplus<F, I, M>(v),
                    "Erf" => Lanes.Erf<F, I, M>(v),
                    "Sin" => Lanes.Sin<F, I, M>(v),
                    "Cos" => Lanes.Cos<F, I, M>(v),
                    "Sign" => Lanes.Sign<F, I, M>(v),
                    "Rsqrt" => Lanes.Rsqrt<F, I, M>(v),
                    "Reciprocal" => Lanes.Reciprocal<F, I, M>(v),
                    "Square" => Lanes.Square<F, I, M>(v),
                    "Pow2.5" => Lanes.Pow<F, I, M>(v, 2.5f),
                    "Pow-3" => Lanes.Pow<F, I, M>(v, -3f),
                    _ => throw new ArgumentException(name),
                });
            }
        }

        return result;
    }
}
